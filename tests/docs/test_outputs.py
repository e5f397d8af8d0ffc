"""The code and the commands of the pages run, and print what stands below them."""

import warnings

import pytest
from helpers import script

import dedup

outputs = script("docs/outputs.py")


@pytest.mark.parametrize("page", outputs.pages(), ids=lambda page: page.name)
def test_a_page_prints_what_it_says(page, tmp_path, monkeypatch):
    monkeypatch.setenv("DEDUP_ENGINE", "numpy")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=DeprecationWarning)  # of other packages, as they are imported
        try:
            found = outputs.refreshed(page, tmp_path)
        except ModuleNotFoundError as error:
            pytest.skip(f"{error.name} is not installed: pip install --group examples")
    assert found == page.read_text(encoding="utf-8"), "run docs/outputs.py"


def test_the_pages_for_a_beginning_are_among_them():
    assert {"README.md", "quickstart.md", "options.md", "runs.md", "index.md"} <= {
        page.name for page in outputs.pages()
    }


def test_outputs_are_put_below_what_prints_them(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n\n```python\n1\n```\n\n"
        "```console\n$ echo a; echo b >&2\nold\n$ dedup --version\n$ ls\n```\n"
    )
    assert outputs.refreshed(page, tmp_path) == (
        "```python\nprint(1 + 1)\n```\n\n```text\n2\n```\n\n```python\n1\n```\n\n"
        "```console\n$ echo a; echo b >&2\na\nb\n"
        f"$ dedup --version\ndedup, version {dedup.__version__}\n$ ls\nbin\nexamples\npage.md\n```\n"
    )
