"""How the site is put together: hooks that mkdocs calls, as mkdocs.yml says.

Pages beside `docs` (README and its like) become pages of the site, the README its first one. docs/index.md is about the index
of kept paragraphs, so it is moved from where the first page goes.
"""

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]
BESIDE = "README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"
_LINK = re.compile(r"(\]\()(\.\./|docs/)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages beside `docs`, with links as they are within it, and move the page on the index."""
    index = files.get_file_from_path("index.md")
    if index is not None:
        files.remove(index)
        directory = config.use_directory_urls
        place = "the-index/index.html" if directory else "the-index.html"
        files.append(File("index.md", config.docs_dir, config.site_dir, directory, dest_uri=place))
    for name in BESIDE:
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, name, content=_within(text)))
    return files


def on_page_markdown(markdown: str, **_: object) -> str:
    """Make links to the pages beside `docs` links within it."""
    return _within(markdown)


def _within(markdown: str) -> str:
    return _LINK.sub(r"\1", markdown)
