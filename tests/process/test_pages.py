"""The pages, report and sample, in a real browser: what they show, how they are worked, and that nothing in a text runs."""

import base64
import calendar
import hashlib
import json
import os
import re
import time
from collections import Counter

import browser
import pytest
from helpers import CORPUS, call

import dedup
from dedup.report import removals as report
from dedup.report.diff import plain
from dedup.report.kept_texts import Shown
from dedup.report.sample import as_page as sample_page
from dedup.report.sample import precision

DOWN, SLASH, ESCAPE = "\ue015", "/", "\ue00c"

HOSTILE = [
    "</script><script>window.hacked = 1</script> was what the mayor of the town said to the paper",
    "<!-- <script> --> is a comment that never ends, as the readers of the paper know very well",
    "<img src=x onerror='window.hacked = 2'> stood in the middle of the page of the morning paper",
    "\"><svg onload=window.hacked=3> ' onfocus=window.hacked=4 autofocus x=' said the third of them",
    'javascript:window.hacked=5 {{7*7}} ${window.hacked=6} \\u003c/script> \\" said the fourth of them',
    "\u202e\u2066 turned around \u2028 and \u2029 over \x1b[2J the fifth of them \ufffe went away again",
]


@pytest.fixture(scope="module")
def chromium():
    if reason := browser.missing():
        pytest.skip(reason)
    with browser.running() as running:
        yield running


@pytest.fixture
def window(chromium):
    chromium.size(1280, 900)
    chromium.prefer("light")
    yield chromium
    assert chromium.log() == []


def reported(tmp_path, *arguments, **options):
    path = tmp_path / "report.html"
    result = call(*arguments, "--report", path, **options)
    assert result.exit_code == 0, result.stderr
    return path, result


def data_of(path):
    return json.loads(re.search('<script type="application/json" id="data">(.*?)</script>', path.read_text(), re.S)[1])


def shown(window):
    """What the list says: for every cluster the kept text, and of every variant relation, text and places."""
    return window.run("""
        const said = node => node && [...node.childNodes].filter(part => part.nodeName !== "INS").map(part => part.textContent).join("")
          .replace(/\\s+/g, " ").trim();
        return [...document.querySelectorAll(".cluster")].map(cluster => ({
          head: cluster.querySelector("h3").textContent, size: cluster.querySelector(".number b").textContent, kept: cluster.querySelector(".kept")?.textContent,
          variants: [...cluster.querySelectorAll(".variant")].map(variant => ({
            relation: variant.querySelector(".why b").textContent, text: said(variant.querySelector(".text")),
            more: [...variant.querySelectorAll("ins")].map(part => part.textContent),
            lost: [...variant.querySelectorAll("del")].map(part => part.textContent),
            from: variant.querySelector(".from").textContent }))}));
    """)


def said(window, id):
    return window.run("return document.getElementById(arguments[0]).textContent", id)


def made(records):
    """A report on removals that no run made."""
    columns = report.Columns()
    for record, kept in records:
        columns.add(Shown(record, kept))
    totals = report.Totals(documents=9, paragraphs=2 * len(records), removed_within=len(records))
    return report.as_page(columns, report.Run(["made"], dedup.Config(threshold=0.7), totals, done=True, lines=False))


def record(text, number=0, relation="exact", jaccard=1.0, document="a.txt", kept=0):
    return {
        "document": document,
        "paragraph": number,
        "text": text,
        "relation": relation,
        "duplicate_of": {"document": "a.txt", "paragraph": kept},
        "jaccard": jaccard,
        "reason": f"a reason for {relation}",
    }


def test_report_shows_every_removal_beside_what_is_kept(window, tmp_path):
    path, result = reported(tmp_path, "find", CORPUS)
    records = [json.loads(line) for line in result.stdout.splitlines()]
    window.open(path)
    assert window.run("return document.querySelector('h1').textContent") == (
        f"{len(records) / 73:.1%} {len(records)} of 73 paragraphs could be removed"
    )
    within = sum(record["duplicate_of"]["document"] == record["document"] for record in records)
    origin = f"from 6 documents; {within} repeat their own document; {len(records) - within} an earlier one"
    assert said(window, "origin") == origin
    for relation, number in Counter(record["relation"] for record in records).items():
        assert f"{relation} {number} {number / len(records):.1%}" in said(window, "relations")
    clusters = shown(window)
    assert said(window, "count") == f"{len(records)} removals, for {len(clusters)} kept paragraphs"
    for record in records:
        original = record["duplicate_of"]
        text = (CORPUS / original["document"]).read_bytes().decode()
        span = dedup.split_paragraphs(text)[original["paragraph"]]
        head = f"kept: {original['document']} paragraph {original['paragraph']}"
        (cluster,) = [c for c in clusters if c["head"] == head]
        assert cluster["kept"] == text[span.start : span.end]
        assert any(
            variant["relation"] == record["relation"]
            and (variant["text"] or cluster["kept"]) == plain(record["text"])
            and re.search(rf"{record['document']} paragraphs? (\d+, )*{record['paragraph']}\b", variant["from"])
            for variant in cluster["variants"]
        )


def test_differences_and_similarity(window, tmp_path):
    kept = "The council will not close the old library in June, said the mayor"
    path = tmp_path / "report.html"
    near = "The council will not close the old libraries in June 😀"
    path.write_text(
        made(
            [
                (record(near, 1, "near", 0.71), kept),
                (record("“the council will not close the OLD library in june” said the mayor", 2), kept),
                (record(kept, 3), kept),
                (record("will not close", 4, "contained", 0.31), kept),
            ]
        ),
        encoding="utf-8",
    )
    window.open(path)
    (cluster,) = shown(window)
    assert (cluster["kept"], len(cluster["variants"])) == (kept, 4)
    first, second, third, fourth = cluster["variants"]
    assert first["text"] == near and "libraries" in first["lost"][0] and first["more"][0] == "library"
    assert second["text"].startswith("“the council") and third["text"] is None
    assert (fourth["lost"], fourth["more"]) == ([], ["The council", "the old library in June, said the mayor"])
    bands = window.run("return [...document.querySelectorAll('#bands button:enabled')].map(bar => bar.ariaLabel)")
    assert bands == ["similarity 0.30 to 0.35: 1 contained, 0 near", "similarity 0.70 to 0.75: 0 contained, 1 near"]
    place, width = window.run(
        "const box = id => document.getElementById(id).getBoundingClientRect();"
        "return [box('threshold').left - box('bands').left, box('bands').width]"
    )
    assert abs(place / width - 0.7) < 0.01 and said(window, "threshold") == "threshold 0.7"


def test_filters_and_search(window, tmp_path):
    path, _ = reported(tmp_path, "find", CORPUS)
    window.open(path)
    every = said(window, "count")
    window.click("[data-value=contained]")
    clusters = shown(window)
    assert {variant["relation"] for cluster in clusters for variant in cluster["variants"]} == {"contained"}
    number = sum(json.loads(line)["relation"] == "contained" for line in call("find", CORPUS).stdout.splitlines())
    assert said(window, "count").startswith(f"{number} removals, ") and said(window, "count").endswith(
        "only: contained"
    )
    assert window.run("return document.querySelector('[data-value=contained]').ariaPressed") == "true"
    window.click("[data-value=contained]")
    assert said(window, "count") == every

    window.click("#bands button:enabled")
    assert "only: similarity 0." in said(window, "count")
    window.click("#all")
    assert said(window, "count") == every

    def until(id, ending, words):
        window.run("document.getElementById(arguments[0]).focus()", id)
        window.press(*words)
        end = time.monotonic() + 10
        while not re.fullmatch(ending, said(window, "count")) and time.monotonic() < end:
            time.sleep(0.05)
        assert re.fullmatch(ending, said(window, "count"))
        return shown(window)

    found = until("q", r"1 removal, .*", "RIVETS bridge")
    assert found and all("rivets" in cluster["kept"].lower() for cluster in found)
    assert "q=RIVETS+bridge" in window.run("return location.hash")
    window.click("#all")
    found = until("file", r"\d removals?, .*", "02-")
    assert found and all("02-ferry-strike.txt" in v["from"] for cluster in found for v in cluster["variants"])
    assert window.run("return [...document.querySelectorAll('#names option')].map(o => o.value)") == [
        "02-ferry-strike.txt"
    ]
    window.run("location.reload()")  # what is chosen stands in the address
    assert shown(window) == found and window.run("return document.getElementById('file').value") == "02-"
    until("q", "Nothing to show", "zzz")
    assert shown(window) == []


def test_keys_and_pages(window, tmp_path):
    path = tmp_path / "report.html"
    sentence = "Paragraph number {} of the long report on the harbour"
    path.write_text(made([(record(sentence.format(n), n, kept=n), sentence.format(n)) for n in range(45)]))
    window.open(path)
    here = "const at = document.activeElement; return at.matches('.cluster') ? at.querySelector('.kept').textContent : at.id"
    assert len(shown(window)) == 20 and said(window, "page") == "1 of 3"
    window.press("j", "j", "k", "j")
    assert window.run(here) == sentence.format(1)
    window.press(SLASH)
    assert window.run(here) == "q"
    window.press("j", ESCAPE)
    assert window.run("return document.getElementById('q').value") == "" and window.run(here) == ""
    window.open(path)
    window.press(*"j" * 21)
    assert window.run(here) == sentence.format(20) and said(window, "page") == "2 of 3"
    window.press("k")
    assert window.run(here) == sentence.format(19) and said(window, "page") == "1 of 3"
    window.click("#on")
    window.click("#on")
    assert len(shown(window)) == 5 and window.run("return document.getElementById('on').disabled")
    assert window.run("return location.hash") == "#page=3"


def test_long_clusters_are_shown_step_by_step(window, tmp_path):
    path = tmp_path / "report.html"
    kept = "See also the other pages of this paper"
    records = [(record(kept, n, document=f"{n // 40}.txt"), kept) for n in range(400)]
    records += [(record(f"{kept} {'!' * n}", n), kept) for n in range(1, 60)]
    path.write_text(made(records))
    window.open(path)
    count = "return document.querySelectorAll(arguments[0]).length"
    assert window.run(count, ".variant") == 3 and window.run(count, ".variant:first-child .from bdi") == 3
    window.click("li.more button")
    assert window.run(count, ".variant") == 53
    window.click("li.more button")
    assert window.run(count, ".variant") == 60 and window.run(count, "li.more") == 0
    window.click(".from > .more button")
    assert window.run(count, ".variant:first-child .from bdi") == 10
    assert "0.txt paragraphs 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 30 more; 1.txt" in shown(window)[0]["variants"][0]["from"]
    window.click(".from bdi ~ .more button")
    assert ", 38, 39; 1.txt paragraphs 40, 41" in shown(window)[0]["variants"][0]["from"]


def hostile_folder(tmp_path):
    folder = tmp_path / "<img src=x onerror=window.hacked=7>"
    folder.mkdir()
    for number, text in enumerate(HOSTILE):
        name = f"<script>window.hacked=8<script> &amp; {number}.txt"
        (folder / name).write_text(f"{text}\n\n{text}\n\n{text} and <b>went</b> home\n", encoding="utf-8")
    return folder


def sampled(folder, path):
    result = call("find", folder, "--sample", 99, "--page", path)
    assert result.exit_code == 0 and result.stdout == "" and "to be judged in a browser" in result.stderr
    return path


def test_pages_stand_alone(tmp_path):
    folder = hostile_folder(tmp_path)
    for path in (reported(tmp_path, "find", folder)[0], sampled(folder, tmp_path / "sample.html")):
        html = path.read_text(encoding="utf-8")
        assert "http:" not in html and "https:" not in html and "url(" not in html and "<img" not in html
        assert html.count("<script") == html.count("</script") == 2 and html.count("<!") == 1
        assert "<script>window.hacked=8<script> &amp; 1.txt" in json.dumps(data_of(path))
        (policy,) = re.findall('Content-Security-Policy" content="(.*?)"', html)
        assert policy.startswith("default-src 'none'; ") and "require-trusted-types-for 'script'" in policy
        for tag in ("script", "style"):
            (source,) = re.findall(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
            digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
            assert f"{tag}-src 'sha256-{digest}';" in policy


def test_nothing_in_a_text_runs(window, tmp_path):
    folder = hostile_folder(tmp_path)
    path, sample = reported(tmp_path, "find", folder)[0], sampled(folder, tmp_path / "sample.html")
    window.open(path)
    clusters = shown(window)
    removed = sum(len(cluster["variants"]) for cluster in clusters)
    assert removed >= len(HOSTILE) and len(clusters) == len(HOSTILE)
    kept = " ".join(cluster["kept"] for cluster in clusters)
    assert all(plain(text) in kept for text in HOSTILE)
    assert all("<script>window.hacked=8<script> &amp; " in cluster["head"] for cluster in clusters)
    for hash in (
        "#q=<script>window.hacked=9</script>",
        "#page=-1e9&order=constructor&words=__proto__",
        "#band=x&relation=%",
    ):
        window.run("location.hash = arguments[0]", hash)
        assert said(window, "count")
    for page in (path, sample):
        window.open(page)
        assert window.run("return window.hacked ?? null") is None
        assert window.run("return document.querySelectorAll('img, svg, b:not(.why b, .number b), script').length") == 2
        assert window.run("return performance.getEntriesByType('resource').length") == 0


def test_the_policy_is_in_force(chromium, tmp_path):
    path, _ = reported(tmp_path, "find", CORPUS)
    for page in (path, sampled(CORPUS, tmp_path / "sample.html")):
        chromium.open(page)
        refused = "try { %s; return 'done' } catch (error) { return error.name }"
        assert chromium.run(refused % "document.body.innerHTML = '<img src=x onerror=window.hacked=1>'") == "TypeError"
        assert chromium.run(refused % "document.body.setAttribute('onclick', 'window.hacked = 1')") == "TypeError"
        chromium.run(
            "document.body.append(Object.assign(document.createElement('img'), { src: 'data:image/gif;base64,x' }))"
        )
        said = " ".join(chromium.log())
        assert "TrustedScript" in said and "TrustedHTML" in said and "default-src" in said
        assert chromium.run("return window.hacked ?? null") is None


def test_a_hundred_thousand_removals(window, tmp_path):
    path = tmp_path / "report.html"
    words = "harbour ferry council bridge library mayor winter paper road river island school".split()

    def text(number):
        return " ".join(words[(number >> place) % 12] for place in range(12)) + f" {number}"

    records = []
    for number in range(100_000):
        kept = text(number // 2)
        away = number % 20 == 0
        removed = kept.replace(" ", " the ", 1) if away else kept
        relation, similarity = ("near", number % 1000 / 1000) if away else ("exact", 1.0)
        records.append((record(removed, number, relation, similarity, f"{number % 3000}.txt", number // 2), kept))
    records[50_000:] = [(record(kept, number, kept=99_999), kept) for number in range(50_000)]
    path.write_text(made(records))
    begin = time.monotonic()
    window.open(path)
    opened = time.monotonic() - begin
    assert said(window, "count") == "100,000 removals, for 25,001 kept paragraphs"
    assert opened < 10  # about 1 second where nothing else is going on
    assert window.run("return document.querySelectorAll('*').length") < 2_000
    for hash in ("#relation=near", "#q=harbour+2499", "#file=2999", "#order=alike", "#page=1250"):
        begin = time.monotonic()
        window.run("location.hash = arguments[0]", hash)
        assert window.run("return document.querySelectorAll('*').length") < 2_000
        assert said(window, "count") != "Nothing to show" and time.monotonic() - begin < 5


CONTRASTS = """
    const channels = colour => colour.match(/[\\d.]+/g).map(Number);
    const light = colour => channels(colour).slice(0, 3).map(part => part / 255)
      .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
      .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
    const ground = node => { const own = getComputedStyle(node).backgroundColor;
      return channels(own)[3] === 0 ? ground(node.parentElement) : own; };
    return [...document.body.querySelectorAll("*")].filter(node => node.offsetParent && !node.disabled
      && [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim())).map(node => {
        const [low, high] = [light(getComputedStyle(node).color), light(ground(node))].sort((a, b) => a - b);
        return [(high + 0.05) / (low + 0.05), node.outerHTML.slice(0, 80)];
      }).filter(([contrast]) => contrast < 4.5);
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark_can_be_read(window, tmp_path, scheme):
    path, _ = reported(tmp_path, "clean", CORPUS, "-o", tmp_path / "cleaned")
    sample = sampled(CORPUS, tmp_path / "sample.html")
    window.prefer(scheme)
    for page in (path, sample):
        window.open(page)
        ground = window.run("return getComputedStyle(document.body).backgroundColor")
        assert (min(map(int, re.findall(r"\d+", ground))) > 200) == (scheme == "light")
        assert window.run(CONTRASTS) == []


def test_on_a_phone(window, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    long = "https://example.org/" + "a-very-long-address-without-any-space/" * 9
    arabic = "قال رئيس البلدية إن الجسر سيفتح يوم الجمعة بعد إصلاحات طويلة"
    text = f"{long} was the link\n\n{long} was the link\n\n{arabic}\n\n{arabic}\n"
    (folder / ("name-" * 30 + ".txt")).write_text(text, encoding="utf-8")
    path, _ = reported(tmp_path, "find", folder)
    sample = sampled(folder, tmp_path / "sample.html")
    window.size(360, 740)
    for page in (path, sample):
        window.open(page)
        assert window.run("return document.documentElement.scrollWidth") <= 360
        directions = "return [...document.querySelectorAll('.text')].map(text => getComputedStyle(text).direction)"
        assert set(window.run(directions)) == {"ltr", "rtl"}
    window.open(path)
    for selector in ("[data-value=exact]", "#on, #back, #q", "#order"):
        assert window.run("return document.querySelector(arguments[0]).getBoundingClientRect().height", selector) >= 30


def test_everything_has_a_name(window, tmp_path):
    path, _ = reported(tmp_path, "find", CORPUS)
    for page in (path, sampled(CORPUS, tmp_path / "sample.html")):
        window.open(page)
        nodes = window.devtools("Accessibility.getFullAXTree")["nodes"]
        roles = Counter()
        for node in nodes:
            role = node.get("role", {}).get("value")
            if not node["ignored"] and role in ("button", "searchbox", "combobox", "heading", "region", "navigation"):
                roles[role] += 1
                assert node["name"].get("value"), node
        assert roles["button"] > 10 and roles["heading"]
    assert window.run("return document.documentElement.lang") == "en"


def test_the_sample_page_counts_as_the_terminal_does(window, tmp_path):
    path = tmp_path / "sample.html"
    drawn = [Shown(record(f"Text number {n} of a sample", n), f"Text number {n} of the sample") for n in range(11)]
    path.write_text(sample_page([*drawn, Shown(record("Elsewhere"), None)]), encoding="utf-8")
    window.open(path)
    state = (
        "return [document.querySelector('output').textContent, location.hash,"
        "[...document.querySelectorAll('li')].indexOf(document.activeElement)]"
    )
    assert window.run(state) == ["0 of 12 judged", "", 0]
    assert window.run(
        "return [...document.querySelector('dd:nth-of-type(3)').querySelectorAll('del, ins')].map(n => n.textContent)"
    ) == ["a", "the"]
    assert "which the run did not read" in window.run("return document.querySelector('li:last-child').textContent")
    window.press(*"yyyyyyny?", "k", DOWN)
    window.click("li:nth-child(11) button[value=n]")
    said, hash, place = window.run(state)
    assert (hash, place) == ("#yyyyyyny%3F-n-", 11)
    assert said == f"{precision(Counter(y=7, n=2))}, 3 left open"
    window.run("location.reload()")
    assert window.run(state)[:2] == [said, hash]
    assert window.run("return document.querySelectorAll('button[aria-pressed=true]').length") == 10


def test_the_verdicts_of_the_sample_page_are_saved(window, tmp_path):
    path = tmp_path / "sample.html"
    drawn = [Shown(record(f"Text number {n} of a </script> sample", n), f"Text number {n}") for n in range(4)]
    path.write_text(sample_page(drawn), encoding="utf-8")
    window.open(path)
    window.press(*"yn", "k", DOWN, *"?")
    saved = window.run("""
        let made;
        URL.createObjectURL = blob => { made = blob; return "about:blank#"; };
        HTMLAnchorElement.prototype.click = function () { made.name = this.download; };
        document.getElementById("save").click();
        return made.text().then(text => [made.name, text]);
    """)
    lines = list(map(json.loads, saved[1].splitlines()))
    assert saved[0] == "verdicts.jsonl" and [line.pop("verdict") for line in lines] == ["right", "wrong", "open"]
    assert lines == [{**removal.record, "kept_text": removal.kept} for removal in drawn[:3]]


def test_the_report_says_how_it_was_made_and_where_a_paragraph_stood(window, tmp_path):
    source = tmp_path / "my pages"
    source.mkdir()
    (source / "a.txt").write_text(f"{SENTENCE}\n\n{OTHER}\n\n{SENTENCE}\n\n{'Then came what is said here. ' * 9}\n")
    path, _ = reported(tmp_path, "find", source)
    window.open(path)
    made = dict(zip(*window.run("return ['dt', 'dd'].map(name => [...document.querySelectorAll(`#made ${name}`)].map(n => n.textContent))"), strict=True))  # fmt: skip
    assert made["dedup"] == dedup.__version__ and made["sources"] == str(source)
    assert made["command"] == f"dedup find '{source}' --report {path}"
    assert abs(time.time() - calendar.timegm(time.strptime(made["date"], "%Y-%m-%d %H:%M UTC"))) < 300
    around = window.run("return [...document.querySelectorAll('.around')].map(n => n.textContent)")
    assert around == [f"before {OTHER} after {('Then came what is said here. ' * 9)[:80]}…"]
    assert window.run("return document.getElementById('on').textContent") == "Next"


# --- What the report is told, whatever the browser makes of it ---------------------------------------------------------


def listed(path):
    """The removals as a report has them: where, text, relation, and the text that was kept."""
    data = data_of(path)
    rows = []
    for variant, name, paragraph in zip(*data["removals"].values(), strict=True):
        cluster = data["variants"]["cluster"][variant]
        kept, text = data["clusters"]["text"][cluster], data["variants"]["text"][variant]
        rows.append(
            (
                data["names"][name],
                paragraph,
                kept if text is None else text,
                data["variants"]["relation"][variant],
                kept,
            )
        )
    return rows


SENTENCE, OTHER = "The ferry to the island has sailed.", "Nobody knows when the next one goes."


def test_kept_texts_are_those_of_the_run(tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.txt").write_text(f"{SENTENCE}\n\n{SENTENCE}\n\n{OTHER}\n")
    (source / "b.txt").write_text(f"{OTHER}\n\n{SENTENCE.upper()}\n")
    expected = [
        ("a.txt", 1, SENTENCE, "exact", SENTENCE),
        ("b.txt", 0, OTHER, "exact", OTHER),
        ("b.txt", 1, SENTENCE.upper(), "exact", SENTENCE),
    ]
    path, _ = reported(tmp_path, "find", source)
    assert listed(path) == expected and not data_of(path)["done"]
    path, _ = reported(tmp_path, "clean", source, "--in-place")  # a.txt is another when b.txt is read
    assert listed(path) == expected and data_of(path)["done"]
    path, _ = reported(tmp_path, "find", "-", input=f"{SENTENCE}\n\n{SENTENCE}\n")
    assert listed(path) == [("-", 1, SENTENCE, "exact", SENTENCE)]
    path, _ = reported(tmp_path, "find", "--lines", "-", input=f"{OTHER}\n\n{SENTENCE}\n{SENTENCE}\n")
    assert listed(path) == [("-", 2, SENTENCE, "exact", SENTENCE)] and data_of(path)["lines"]


def test_page_furniture_and_what_an_index_knows(tmp_path, window):
    source = tmp_path / "in"
    source.mkdir()
    for name in "abc":
        (source / f"{name}.txt").write_text(
            f"Share this page with a friend\n\n{SENTENCE}\n\nStory {name} is told here only\n"
        )
    path, _ = reported(tmp_path, "find", "--boilerplate", "3", source)
    rows = listed(path)
    assert (
        len(rows) == 6
        and {row[3] for row in rows} == {"boilerplate"}
        and {row[2] for row in rows} == {rows[0][2], SENTENCE}
    )
    window.open(path)
    assert [cluster["head"] for cluster in shown(window)] == ["boilerplate"] * 2 and shown(window)[0]["size"] == "3"
    assert "boilerplate 6 100.0%" in said(window, "words")
    assert said(window, "count") == "6 removals, of 2 texts of boilerplate"

    assert call("clean", source, "-o", tmp_path / "out", "--index", tmp_path / "ix").exit_code == 0
    again = tmp_path / "again"
    again.mkdir()
    (again / "z.txt").write_text(f"{SENTENCE}\n\nThe ferry to the island has sailed. Photo: Ilse Corrin\n")
    path, _ = reported(tmp_path, "find", again, "--index", tmp_path / "ix")
    assert listed(path) == [("again/z.txt", 0, SENTENCE, "exact", None)]
    window.open(path)
    assert "This run did not read it." in said(window, "clusters")


def test_more_than_a_browser_takes_is_counted_but_not_listed(monkeypatch, tmp_path, window):
    monkeypatch.setattr(report, "MOST_LISTED", 5)
    path, result = reported(tmp_path, "find", CORPUS)
    assert len(listed(path)) == 5
    window.open(path)
    removed = result.stdout.count("\n")
    assert f"{removed} of 73" in said(window, "lead") and f"The first 5 of {removed} are listed" in said(window, "list")


def test_a_report_is_written_whole_or_not_at_all(tmp_path, window):
    for folder in (CORPUS, tmp_path / "out"):
        result = call("clean", CORPUS, "-o", tmp_path / "out", "--report", folder / "report.html")
        assert result.exit_code == 2 and "expected a place for the report elsewhere" in result.stderr
        assert not (folder / "report.html").exists() and not (tmp_path / "out").exists()
    assert call("find", CORPUS, CORPUS, "--report", tmp_path / "report.html").exit_code == 2
    (tmp_path / "file").write_text("")
    result = call("find", CORPUS, "--report", tmp_path / "file" / "report.html")
    assert result.exit_code == 2 and "report.html" in result.stderr
    path = tmp_path / "report.html"
    run = report.Run(["x"], dedup.Config(), report.Totals(), done=False, lines=False)
    file = report.InputFile("a.txt", "a.txt", None, "a.txt")
    found = ((report.OpenFile(file, None), iter([])) for _ in range(2))
    passed = report.reported(found, [file], path, run)
    next(passed)
    passed.close()  # as when a run is interrupted
    assert sorted(os.listdir(tmp_path)) == ["file"]
    path, result = reported(tmp_path, "find", "-", input="Nothing here repeats at all\n")
    window.open(path)
    assert "0.0% 0 of 1 paragraph could be removed" in window.run("return document.querySelector('h1').textContent")


def test_the_report_of_real_pages(window, tmp_path, shared):
    path, result = reported(tmp_path, "find", *sorted((shared / "dev" / "articles").iterdir())[::10])
    window.open(path)
    number = result.stdout.count("\n")
    assert said(window, "count").startswith(f"{number:,} removals, ") and number > 500
