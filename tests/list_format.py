"""A format of its own, the command with it, and its page of reference: python tests/list_format.py (reference | ARGUMENTS...)

It stands for the module of a format that is added; the line that follows it, for the one in the tuple of formats.
"""

import runpy
import sys
from contextlib import closing
from pathlib import Path

from dedup.io import formats
from dedup.io.formats import Format, Reader, Row
from dedup.io.formats.text import TextWriter


class ListReader(Reader):
    """A file each of whose lines is a document."""

    def __init__(self, source):
        self.source = source

    def rows(self):
        with closing(self.source):
            for number, line in enumerate(self.source.content, 1):
                yield Row(number, line.decode().removesuffix("\n"), line, size=len(line))

    def spelling(self, row):
        return row.raw.decode()

    def writer(self, target, *, notes):
        return TextWriter(target)


LIST = Format("list", "a list", (".lst",), "each line is a document", ListReader)
formats.FORMATS += (LIST,)

if __name__ == "__main__":
    if sys.argv[1:] == ["reference"]:
        command = runpy.run_path(str(Path(__file__).resolve().parents[1] / "docs" / "command.py"))
        print(command["reference"]())
    else:
        from dedup.cli.main import main

        main()
