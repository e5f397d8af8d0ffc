"""The site is built without a warning, has every page, and every public name."""

import importlib.util
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest
from helpers import ROOT, script

import dedup


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    for module in ("mkdocs", "material", "mkdocstrings"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed: pip install --group docs")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment)
    assert done.returncode == 0 and "WARNING" not in done.stderr, done.stderr[-3000:]
    return folder


def test_the_site_has_every_page(site):
    pages = {page.stem for page in (ROOT / "docs").glob("*.md")} - {"index"}
    for name in [*pages, "the-index", "CONTRIBUTING", "SECURITY", "CHANGELOG"]:
        assert (site / name / "index.html").is_file(), name
    assert "An index that outlives the process" in (site / "the-index" / "index.html").read_text(encoding="utf-8")
    assert "The guarantee: a paragraph" in (site / "index.html").read_text(encoding="utf-8")


def test_links_of_the_pages_beside_the_site_lead_somewhere_in_it(site):
    for page in (
        site / "index.html",
        *(site / name / "index.html" for name in ("CONTRIBUTING", "SECURITY", "CHANGELOG")),
    ):
        article = re.search(r"<article.*?</article>", page.read_text(encoding="utf-8"), re.DOTALL)[0]
        links = re.findall(r'(?:href|src)="(?!https?:|#)([^"#]+)', article)
        assert links or page.parent.name == "SECURITY"
        for link in links:
            target = page.parent / link
            assert (target / "index.html" if link.endswith("/") else target).is_file(), (page, link)


def test_examples_are_lists(site):
    assert (site / "rules" / "index.html").read_text(encoding="utf-8").count("<li>\n") < 3
    assert (site / "rules" / "index.html").read_text(encoding="utf-8").count("<li><code>") > 60


def test_public_names_are_in_the_reference(site):
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^::: dedup\.(\w+)$", text, re.MULTILINE)) == sorted(dedup.__all__)
    page = (site / "api" / "index.html").read_text(encoding="utf-8")
    for name in dedup.__all__:
        assert f'id="dedup.{name}"' in page, name
    assert "<li><code>threshold</code>: None removes" in page and "_sizes" not in page


def test_the_picture_is_that_of_the_layers():
    rooms = script("docs/rooms.py")
    drawn = (ROOT / "docs" / "rooms.svg").read_text(encoding="utf-8")
    assert rooms.picture() == drawn, "run docs/rooms.py and put what it prints into rooms.svg"
    names = [one.text for one in ElementTree.fromstring(drawn).iter() if one.get("class") == "name"]
    assert names == [room for layer in rooms.layers() for room in layer]


def test_a_warning_of_the_site_is_an_error():
    told = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert "\nstrict: true\n" in told and told.count(": warn") == 4
