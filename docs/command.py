"""The reference of the command, from the command itself: python docs/command.py > docs/command.md"""

import sys

import click

from dedup.cli.main import main
from dedup.io.formats import DEFAULT, DEFAULT_WITH_FIELD, FORMATS, compression

_PACKINGS = " ".join(f"`{suffix}`" for suffix in compression.SUFFIXES)


def _format_rows() -> str:
    """The rows of the table of formats."""
    rows = []
    for format in FORMATS:
        names = ", ".join(f"`{suffix}`" for suffix in format.suffixes) + ", any other" * (format is DEFAULT)
        extra = f" (extra `{format.extra}`)" if format.extra else ""
        compressed = f"{_PACKINGS} behind it" if format.compressible else "within"
        stdin, notes = ("yes" if has else "no" for has in (format.stdin, format.annotations))
        cells = names, f"`{format.name}`", f"{format.title}{extra}: {format.read_as}", compressed, stdin, notes
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


BEFORE = f"""# The command `dedup`

Written by `docs/command.py` from what `dedup --help` says. Data goes to standard output, everything else to standard
error; `-` is standard input. `python -m dedup` is the same command.

## Formats

| name | `--format` | read as | compressed | standard input | `--annotate` |
|---|---|---|---|---|---|
{_format_rows()}

`--format` overrules the names. A file whose name says nothing, and standard input, is read as it begins, otherwise as
{DEFAULT.title}, with `--field` as {DEFAULT_WITH_FIELD.title}; what goes to standard output is not compressed. `.zst` needs the extra `zstd`.
What each format can, where in a row the text is, and other encodings: [formats.md](formats.md).

All but text and Markdown is streamed: a few megabytes are in memory, of Parquet a row group. A row in which nothing is
removed stays byte for byte; in any other only what is removed goes, and the order, spelling and number format of everything
else stay. A row whose document is emptied stays, with an empty text or list. In Parquet schema, metadata, row groups and other
columns stay. Rows are called by file and number, from 1: `pages.jsonl:17`; records of WARC by their address.

| what is wrong | what happens; the exit code is then 2 |
|---|---|
| a compressed file that is damaged or cut short; one that expands to more than 200 times its size (and 256 MB); a damaged Parquet file or WARC, JSON that is none; one without the column | it is found before anything of it is decided (such files are read twice); named and skipped |
| HTML, XML, subtitles, PDF, office documents, archives and the like, by name or first bytes | named with what to do instead, and skipped; `--format txt` insists |
| text that is not UTF-8, or not of the `--encoding`, holds NUL bytes, is larger than 256 MB, or has more paragraphs than are compared | named with the line of `iconv` that helps, and skipped |
| a row that is no JSON object, no whole record or not UTF-8, lacks the fields or has no text there, or is longer than 64 MB | it stays as it is, is counted, and the first of a file is named; `null` and empty lines are nothing wrong |
| a link to a folder, which could lead in a circle | named and skipped |
| a file that fails after rows of it were decided: it changed meanwhile, or the disk fails | the run ends; files written before are whole, that one is not there |

A skipped file is not in the destination. Every output is written under another name and takes its place when it is whole;
a link in the destination that leads out of it is refused. Hidden files of a folder, and its pipes and devices, are not read.

## Exit codes

0 fine, 1 repeats found (`find --check` only), 2 usage or input error, or something was skipped, left unchanged or changed
since, 130 interrupted.

## Records

A line of `--removed` and of `find` is an object:

| member | |
|---|---|
| `document`, `paragraph` | where it stood: the document's id, and which of its paragraphs, from 0 |
| `start`, `end`, `text` | its place in the document, in characters, and the paragraph itself; of lists and several fields the document is their paragraphs, joined by blank lines |
| `relation`, `reason` | why it was removed: `exact`, `near`, `contained` or `boilerplate`, and a sentence |
| `duplicate_of` | the original, which is kept: `document` and `paragraph`; null for boilerplate |
| `jaccard`, `containment` | how similar the two are |

Of `--removed` it also has what `restore` needs: `file`, `row` (0 where the file is the document), `cut` (the paragraph with the
white space that was removed with it, as it is spelled there) and `at`, the character of the text, or of a row the row, at which
it stood, and a `checksum` of that text or row (XXH3, 64 bits). With `--annotate` each row has a member, column or header `dedup`,
a list of objects with `paragraph`, `start`, `end`, `relation`, `duplicate_of`, `jaccard`, `containment` and `reason`.

`jaccard` is the similarity of the sets of three-word runs, `containment` the share of the smaller set that the other has. By
the rules neither decides anything.

## Report

The page of `--report` opens from disk: how much is removed and why, how alike it is to what is kept, and every kept
paragraph with all its duplicates, word by word, between what stood before and after it, to be searched and filtered. At its
end stand version, date, command and sources. “A word of its own” lists the removals to doubt first.
Beyond 200,000 removals the rest is counted only. Whatever a scraped text says, it is shown as text: the page's policy lets
nothing run or load but its own script.

## Boilerplate

`dedup find --boilerplate 20 SRC` lists the paragraphs that stand in 20 documents or more, with their number. `dedup clean
--boilerplate 20` removes *all* their occurrences, the first one too, and puts each on record in the file of `--removed`, or
on standard error unless that is a terminal. Numbers alone, such as those of pages and cells, are no boilerplate. On the rest
the rules decide as if the boilerplate had not been there. Documents are counted in the files of the run, which are read
twice, so not from standard input.

## Configuration

Options that are the same in every call may stand in the current folder, in `dedup.toml` or, where there is none, in the table
`[tool.dedup]` of `pyproject.toml`; options of one command in a table of its name:

```toml
[tool.dedup]
scope = "document"

[tool.dedup.clean]
index = "kept.index"
```

In `dedup.toml` the tables are called without `tool.dedup`. The environment wins over the file (`DEDUP_SCOPE`, and for one command
`DEDUP_CLEAN_INDEX`), and the command line over both. A name that is no option is refused.

## Completion

| shell | once |
|---|---|
| bash | `echo 'eval "$(_DEDUP_COMPLETE=bash_source dedup)"' >> ~/.bashrc` |
| zsh | `echo 'eval "$(_DEDUP_COMPLETE=zsh_source dedup)"' >> ~/.zshrc` |
| fish | `echo '_DEDUP_COMPLETE=fish_source dedup \\| source' > ~/.config/fish/completions/dedup.fish` |

`NO_COLOR` in the environment switches colours off.
"""


def reference() -> str:
    """The page."""
    pieces = [BEFORE]
    settings = {"terminal_width": 100, "max_content_width": 100}
    with main.make_context("dedup", [], resilient_parsing=True, **settings) as parent:
        for name, command in main.commands.items():
            with click.Context(command, parent=parent, info_name=name) as context:
                pieces.append(f"\n## dedup {name}\n\n```\n{command.get_help(context)}\n```\n")
    return "".join(pieces)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(reference())
