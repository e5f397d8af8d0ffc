"""Options that stand in a file or in the environment: which wins, and what is refused."""

import json

import pytest
from helpers import LONG, call, tree


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A current folder with pages: a repeat within one, and another across."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.txt").write_text(f"{LONG}\n\n{LONG}\n\nAnd something else that is said here")
    (tmp_path / "pages" / "b.txt").write_text(f"{LONG}\n")
    return tmp_path


def removed(*arguments):
    result = call("clean", "pages", "--dry-run", "--json", *arguments)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)["removed"]


def test_the_command_line_wins_over_the_environment_and_that_over_a_file(here, monkeypatch):
    assert removed() == 2
    (here / "pyproject.toml").write_text('[project]\nname = "x"\n[tool.dedup]\nscope = "document"\n')
    assert removed() == 1
    (here / "dedup.toml").write_text('scope = "corpus"\n')  # comes first
    assert removed() == 2
    (here / "dedup.toml").write_text('scope = "corpus"\n[clean]\nscope = "document"\n')
    assert removed() == 1 and len(call("find", "pages").stdout.splitlines()) == 2
    monkeypatch.setenv("DEDUP_SCOPE", "corpus")
    assert removed() == 2
    monkeypatch.setenv("DEDUP_CLEAN_SCOPE", "document")
    assert removed() == 1 and len(call("find", "pages").stdout.splitlines()) == 2
    assert removed("--scope", "corpus") == 2


def test_flags_paths_and_options_that_not_every_command_has(here, monkeypatch):
    (here / "dedup.toml").write_text(
        'jobs = 1\nindex = "kept.index"\n[clean]\noutput = "out"\nquiet = true\n[restore]\nin_place = true\n'
    )
    result = call("clean", "pages")
    assert result.exit_code == 0 and result.stderr == "" and (here / "kept.index").exists() and tree(here / "out")
    assert call("explain", "a few words of it", "a few words of it").exit_code == 0
    monkeypatch.setenv("DEDUP_CLEAN_DRY_RUN", "1")
    (here / "dedup.toml").write_text('[clean]\ndry-run = false\noutput = "other"\n')
    assert call("clean", "pages").exit_code == 0 and not (here / "other").exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("dedup.toml", "treshold = 0.7", "dedup.toml: unknown option 'treshold'; did you mean threshold?"),
        (
            "pyproject.toml",
            "[tool.dedup]\nguard = true",
            "pyproject.toml: unknown option 'guard'; expected one of annotate,",
        ),
        ("dedup.toml", "[claen]\njobs = 1", "unknown table 'claen'; did you mean clean?"),
        ("dedup.toml", "[info]\nscope = 'corpus'", "unknown option of info 'scope'; expected one of check"),
        ("dedup.toml", "scope = ", "dedup.toml: Invalid value"),
        ("dedup.toml", "scope = 'page'", "'page' is not one of 'corpus', 'document'"),
        ("dedup.toml", "threshold = 7", "threshold is 7.0; expected"),
        ("dedup.toml", "jobs = [1]", "dedup.toml: jobs is [1]; expected text, a number, true or false"),
        ("dedup.toml", "[find.jobs]\nmost = 1", "dedup.toml: jobs is {'most': 1}; expected text"),
        ("dedup.toml", "[warm_up]\njobs = 1", "unknown option of warm-up 'jobs'"),
        ("pyproject.toml", "[tool]\ndedup = 7", "tool.dedup is 7; expected a table"),
    ],
)
def test_what_is_no_option_is_refused(here, name, content, words):
    (here / name).write_text(content)
    result = call("find", "pages")
    assert result.exit_code == 2 and words in result.stderr and result.stdout == ""


def test_a_variable_that_is_misspelt_is_refused(here, monkeypatch):
    monkeypatch.setenv("DEDUP_SERVICE_HOST", "10.0.0.7")  # somebody else's
    assert removed() == 2
    monkeypatch.setenv("DEDUP_TRESHOLD", "0.7")
    result = call("find", "pages")
    assert (
        result.exit_code == 2
        and "unknown variable DEDUP_TRESHOLD in the environment; did you mean DEDUP_THRESHOLD?" in result.stderr
    )


def test_help_and_completion_ask_no_file(here):
    (here / "dedup.toml").write_text("treshold = 0.7")
    assert call("--help").exit_code == call("--version").exit_code == 0
