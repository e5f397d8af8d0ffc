#!/bin/sh
# A filter for JSON Lines in a pipe, here before a count of words:  sh examples/filter.sh
set -eu
here=$(dirname "$0")

words() { python3 -c 'import json, sys; print(sum(len(json.loads(line)["body"].split()) for line in sys.stdin), "words")'; }

words < "$here/teasers.jsonl"
dedup clean - --field body < "$here/teasers.jsonl" | words
dedup clean - --field body --annotate --quiet < "$here/teasers.jsonl" | tail -n 1
