"""The habits agree: workflow, groups, versions, changelog, contributing, and the package that is built."""

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from helpers import ROOT, script

import dedup

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS = PROJECT["dependency-groups"]
EXTRAS = PROJECT["project"]["optional-dependencies"]
FILES = ("README.md", "CONTRIBUTING.md", "docs/quickstart.md", ".github/workflows/tests.yml")


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def parsed(name):
    yaml = pytest.importorskip("yaml", reason="pyyaml is not installed: pip install --group test")
    return yaml.safe_load(read(name))


def jobs():
    return parsed(".github/workflows/tests.yml")["jobs"]


def run_by(job):
    return "\n".join(step["run"] for step in jobs()[job]["steps"] if "run" in step)


def test_the_pythons_of_the_workflow_are_those_that_are_promised():
    classifiers = [c.rpartition(" ")[2] for c in PROJECT["project"]["classifiers"] if ":: Python :: 3." in c]
    tested = jobs()["tests"]["strategy"]["matrix"]["python"]
    assert tested == classifiers and PROJECT["project"]["requires-python"] == f">={tested[0]}"
    used = [
        step["with"]["python-version"]
        for job in jobs().values()
        for step in job["steps"]
        if "setup-python" in str(step)
    ]
    assert set(used) <= {*tested, "${{ matrix.python }}"}


def test_the_workflow_has_a_job_for_each_way_to_install():
    assert set(jobs()) == {"tests", "numpy-only", "lowest", "newest", "docs", "package"}
    assert run_by("tests") == "bash .ci/run"
    assert (
        "[" not in run_by("numpy-only") and "-c .github/lowest.txt" in run_by("lowest") and "--pre" in run_by("newest")
    )
    assert "mkdocs build --strict" in run_by("docs")
    assert all(
        one in run_by("package") for one in ("twine check --strict", "check-wheel-contents", "*.whl dist/*.tar.gz")
    )


def test_the_lowest_versions_are_those_of_the_project():
    wanted = [one.partition(";")[0] for one in PROJECT["project"]["dependencies"]]
    wanted += [one.partition(";")[0] for extra in EXTRAS.values() for one in extra]
    lowest = dict(re.fullmatch(r"([\w.-]+)>=([\d.]+).*", one).groups() for one in wanted)
    pinned = dict(line.split("==") for line in read(".github/lowest.txt").splitlines() if not line.startswith("#"))
    assert list(pinned) == list(lowest)
    assert all(re.fullmatch(re.escape(lowest[name]) + r"(\.0)*", pinned[name]) for name in lowest)


def test_ci_finds_the_command_of_the_readme():
    pattern = re.search(r"grep -m1 -o '(.*?)' README.md", read(".ci/run"))[1]
    command = re.search(pattern, read("README.md"))[0]
    assert command in read("README.md").splitlines()
    assert "--group test" in command and "--group docs" in command and "'pip>=25.1'" in command


@pytest.mark.parametrize("name", FILES)
def test_extras_and_groups_that_are_named_exist(name):
    text = read(name)
    for extras in re.findall(r"""install [^&\n]*?['"]\.\[([\w,]+)\]""", text):
        assert set(extras.split(",")) <= set(EXTRAS), extras
    for group in re.findall(r"--group ([\w-]+)", text):
        assert group in GROUPS


def test_everything_that_developers_need_is_in_one_group():
    def members(group):
        for one in GROUPS[group]:
            yield from members(one["include-group"]) if isinstance(one, dict) else [one]

    assert {one for group in GROUPS for one in members(group)} == set(members("dev"))
    assert set(GROUPS) == {"test", "examples", "docs", "dev"}


def test_there_is_one_version():
    assert PROJECT["project"]["version"] == dedup.__version__ == parsed("CITATION.cff")["version"]
    assert parsed("CITATION.cff")["authors"] == PROJECT["project"]["authors"] == [{"name": "The dedup developers"}]
    assert parsed("CITATION.cff")["license"] == PROJECT["project"]["license"]


def test_the_changelog_keeps_its_form():
    text = read("CHANGELOG.md")
    releases = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert releases[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", release) for release in releases[1:])
    kinds = re.findall(r"^### (.*)$", text, re.MULTILINE)
    assert set(kinds) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_each_habit_has_a_command_that_exists():
    commands = re.findall(r"^\| [^|]+ \| `(.*)` \|$", read("CONTRIBUTING.md"), re.MULTILINE)
    assert len(commands) > 15
    tools = {re.match(r"[\w-]+", one)[0] for group in GROUPS.values() for one in group if isinstance(one, str)}
    tools |= {"lint-imports"}  # of import-linter
    for command in commands:
        words = re.sub(r"\b[A-Z_]+=\S+ ", "", command).split()
        if words[0] != "python":
            assert words[0] in tools, command
        elif words[1] != "-m":
            assert (ROOT / words[1]).exists(), command
        for path in re.findall(r"(?:tests|docs|benchmarks)/[\w./]+", command):
            assert (ROOT / path).exists(), command


def test_before_a_commit_the_same_tools_run():
    (local,) = parsed(".pre-commit-config.yaml")["repos"]
    entries = {hook["id"]: hook["entry"] for hook in local["hooks"]}
    assert local["repo"] == "local" and all(hook["language"] == "system" for hook in local["hooks"])
    for entry in ("ruff check", "ruff format", "mypy", "lint-imports"):
        assert any(one.startswith(entry) for one in entries.values()) and f"`{entry}" in read("CONTRIBUTING.md")


def test_three_rows_of_the_benchmark_go_into_the_readme(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    benchmark = script("benchmarks/run.py")
    benchmark.FOLDER.cleanup()
    stages = benchmark.STAGES
    sides = ("datasketch", "rensa", "daft", "dedup, numpy", "dedup, numba")
    rows = [benchmark.Row.of(stage, side, "µs", [2.0], [4.0]) for stage in stages for side in sides if side != "daft"]
    rows += [
        benchmark.Row.of(stages[0], "daft", "µs", [1.0], [4.0]),
        benchmark.Row.of("fold", "other", "µs", [1.0], [4.0]),
    ]
    head = ["| CPU time per paragraph | signatures | end to end |", "|---|--:|--:|"]
    assert benchmark.as_table(rows, benchmark.IN_README, "About.").splitlines() == [
        *head, *(f"| {name} | 2.0 µs (×2.0) | 2.0 µs (×2.0) |" for name in benchmark.IN_README.values()), "", "About."
    ]  # fmt: skip
    assert benchmark.as_table(rows, {"daft": "daft", "other": "other"}, "").splitlines()[2:] == [
        "| daft | 1.0 µs (×4.0) | – |",
        "",
    ]
    for page, count in (("README.md", 3), ("docs/cost.md", len(sides) + 2)):
        begin, end = benchmark.MARKERS
        between = read(page).partition(begin)[2].partition(end)[0]
        assert between.strip().startswith(head[0]) and between.count(" µs (×") and between.count("\n| ") == 1 + count, (
            page
        )


def test_what_is_built_holds_what_it_should(tmp_path):
    for module in ("build", "twine", "hatchling", "check_wheel_contents"):
        pytest.importorskip(module, reason=f"{module} is not installed: pip install --group test")

    def tool(*command):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    tool(sys.executable, "-m", "build", "--no-isolation", "--outdir", tmp_path)
    wheel, source = next(tmp_path.glob("*.whl")), next(tmp_path.glob("*.tar.gz"))
    assert tool(sys.executable, "-m", "twine", "check", "--strict", wheel, source).count("PASSED") == 2
    assert "OK" in tool(Path(sys.executable).with_name("check-wheel-contents"), wheel)
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        meta = archive.read(next(name for name in names if name.endswith("/METADATA"))).decode()
    assert {name.split("/")[0] for name in names} == {"dedup", f"dedup_paragraphs-{dedup.__version__}.dist-info"}
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names) and "dedup/py.typed" in names
    assert "License-Expression: MIT" in meta and "License-File: LICENSE" in meta
    assert (
        set(re.findall(r"^Provides-Extra: (.*)$", meta, re.MULTILINE))
        == set(EXTRAS)
        == {"fast", "parquet", "scrapy", "spark", "warc", "zstd"}
    )
    with tarfile.open(source) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    for name in (
        "README.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "CITATION.cff",
        "mkdocs.yml",
        "tests/helpers.py",
        "docs/hooks.py",
    ):
        assert name in inside, name
