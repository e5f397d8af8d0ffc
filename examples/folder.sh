#!/bin/sh
# A folder run with every removal on record, and the way back:  sh examples/folder.sh
set -eu
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

dedup clean "$here/corpus" -o "$work/cleaned" --removed "$work/removed.jsonl"
head -n 1 "$work/removed.jsonl"
dedup find "$here/corpus" --clusters --table --quiet | head -n 7

dedup restore "$work/cleaned" --removed "$work/removed.jsonl" -o "$work/restored"
diff -r "$here/corpus" "$work/restored" && echo "restored: as it was, byte for byte"
