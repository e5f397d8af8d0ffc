"""Pages that open from disk, without network: template, style, script and data in one file.

What stands on them comes from anywhere, so three things hold of each. The data are JSON that no HTML parser can leave, the
scripts put texts on the page as text alone, and a policy lets nothing run or load but what the package wrote, and no text
become markup.
"""

import json
from base64 import b64encode
from collections.abc import Sequence
from importlib.resources import files
from string import Template
from typing import Any

from .diff import Stretch, plain


def page(name: str, data: Any) -> str:
    """Return the page `name` of the folder `assets`, on `data`, which its script finds parsed."""
    style, script = (_source(f"common.{kind}") + _source(f"{name}.{kind}") for kind in ("css", "js"))
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'; "
        "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    embedded = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", r"\u003c")
    return Template(_source(f"{name}.html")).substitute(policy=policy, style=style, script=script, data=embedded)


def lengths(diff: Sequence[Stretch]) -> tuple[str, list[int | str]]:
    """Return the first text of a diff, and the diff as a page's script reads it.

    Above 0 so many units of UTF-16 of that text are in both, below 0 so many in it alone; a string is in the other alone.
    """
    shown = [(stretch.side, plain(stretch.text)) for stretch in diff]
    text = "".join(part for side, part in shown if side != "b")
    return text, [part if side == "b" else (1 if side == "both" else -1) * _units(part) for side, part in shown]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _source(name: str) -> str:
    return files(__package__).joinpath("assets", name).read_text(encoding="utf-8")


def _hash(source: str) -> str:
    """Return what a content security policy calls an inline script or style."""
    from hashlib import sha256

    return f"sha256-{b64encode(sha256(source.encode()).digest()).decode()}"
