"""The outputs on the pages, from the code and commands above them: `python docs/outputs.py` puts them there anew.

A block of `console` holds commands behind `$` and what they print; a block of `text` right behind one of `python` what
that prints. They run in a temporary folder that holds `examples`. Recipes that need web pages or other packages are run
by `tests/docs` instead.
"""

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import chdir, redirect_stdout
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_RECIPES = {"pipelines.md", "spark.md"}
_BLOCK = re.compile(
    r"(?m)^```(?P<kind>python|console)\n(?P<body>.*?)^```\n(?:\n```text\n(?P<printed>.*?)^```\n)?", re.DOTALL
)


def pages() -> list[Path]:
    """Return the pages whose code and commands run as they stand."""
    written = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
    return [page for page in written if page.name not in _RECIPES and _BLOCK.search(page.read_text(encoding="utf-8"))]


def refreshed(page: Path, folder: Path) -> str:
    """Return a page with the outputs that its blocks have today, run one after the other in `folder`."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    (folder / "bin").mkdir()
    command = folder / "bin" / "dedup"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dedup "$@"\n')
    command.chmod(0o755)

    def run(block: re.Match[str]) -> str:
        if block["kind"] == "console":
            return f"```console\n{_console(block['body'], folder)}```\n"
        printed = _python(block["body"], page.name, folder)
        return block[0] if block["printed"] is None else f"```python\n{block['body']}```\n\n```text\n{printed}```\n"

    return _BLOCK.sub(run, page.read_text(encoding="utf-8"))


def _console(body: str, folder: Path) -> str:
    """Return the commands of a block, each with what it prints to a pipe as wide as a page."""
    environment = {
        **os.environ,
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
        "COLUMNS": "100",
        "DEDUP_ENGINE": "numpy",
    }
    shown = []
    for line in body.splitlines():
        if line.startswith("$ "):
            done = subprocess.run(
                ["sh", "-c", f"exec 2>&1; {line[2:]}"], capture_output=True, text=True, cwd=folder, env=environment
            )
            shown.append(f"{line}\n{done.stdout}")
    return "".join(shown)


def _python(code: str, name: str, folder: Path) -> str:
    printed = io.StringIO()
    with chdir(folder), redirect_stdout(printed):
        exec(compile(code, name, "exec"), {})
    return printed.getvalue()


if __name__ == "__main__":
    for page in pages():
        with tempfile.TemporaryDirectory() as folder:
            page.write_text(refreshed(page, Path(folder)), encoding="utf-8")
