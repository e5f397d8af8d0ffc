"""Docstrings as Markdown: mkdocstrings loads this, as mkdocs.yml says."""

import re
from typing import Any

import griffe

_FIELD = re.compile(r"^(\w+(?:, \w+)*): (?=\S)", re.MULTILINE)


class Fields(griffe.Extension):
    """Make a list of lines that explain a parameter or a field: `name: what it is`."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite the docstring of an object, as soon as it is read."""
        if obj.docstring is not None:
            obj.docstring.value = listed(obj.docstring.value)

    def on_function(self, *, func: griffe.Function, **_: Any) -> None:
        """Leave out parameters that are not public."""
        for parameter in [*func.parameters]:
            if parameter.name.startswith("_"):
                del func.parameters[parameter.name]


def listed(text: str) -> str:
    """Return a docstring with list items where it has fields; lines that are indented go on with theirs."""
    blocks = []
    for block in text.split("\n\n"):
        if _FIELD.match(block):
            block = _FIELD.sub(lambda match: f"- `{match[1].replace(', ', '`, `')}`: ", block)
        blocks.append(block)
    return "\n\n".join(blocks)
