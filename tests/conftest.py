"""What the tests share: both backends, real pages where there are any, a small folder; and how long a layer may take."""

import os
from collections import defaultdict
from pathlib import Path

import pytest
from helpers import LONG, OTHER, SHARED
from hypothesis import HealthCheck, settings

from dedup._jit import backend as jit

# The fixture that chooses the backend holds for a whole test, so hypothesis may call the test many times under it.
settings.register_profile(
    "dedup",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("dedup")

# Seconds that the tests of each layer may take together: about three times what they take on two busy cores. Where CI
# is set in the environment, a layer that takes more fails the session.
BUDGETS = {"unit": 1_200, "property": 600, "process": 1_300, "docs": 400}
_spent = defaultdict(lambda: defaultdict(float))  # seconds by layer and test


@pytest.fixture(params=["numpy", "numba"])
def backend(request, monkeypatch):
    """Run the test on the reference backend, then on the compiled one."""
    if request.param == "numba" and not jit.numba_works():
        pytest.skip("numba is not installed: pip install 'dedup-paragraphs[fast]'")
    monkeypatch.setenv("DEDUP_ENGINE", request.param)
    return request.param


@pytest.fixture
def shared():
    """The folder of scraped pages that lies beside the checkout where dedup is developed."""
    if not SHARED.is_dir():
        pytest.skip("the folder of real pages does not lie beside this checkout")
    return SHARED


@pytest.fixture
def source(tmp_path):
    """A folder of three documents, two sentences repeated in them in several ways."""
    folder = tmp_path / "in"
    (folder / "b").mkdir(parents=True)
    (folder / "a.txt").write_bytes(f"{LONG}\r\n\r\n“{LONG}”\r\n".encode())
    (folder / "b" / "c.txt").write_text(f"\ufeff{OTHER}\n\n{LONG}\n", encoding="utf-8")
    (folder / "b.txt").write_text(f"{OTHER}\n{OTHER}\n", encoding="utf-8")
    return folder


def pytest_runtest_logreport(report):
    """Add a test's setup, call or teardown to what its layer took."""
    _spent[Path(report.location[0]).parent.name][report.nodeid] += report.duration


def over_budget(spent):
    """A message for every layer that took longer than it may, with its slowest tests."""
    for layer, tests in spent.items():
        took = sum(tests.values())
        if took > BUDGETS.get(layer, took):
            slowest = sorted(tests, key=tests.get, reverse=True)[:5]
            named = "".join(f"\n    {tests[test]:6.1f} s  {test}" for test in slowest)
            yield f"{layer} took {took:.0f} s, more than its {BUDGETS[layer]} s; its slowest tests:{named}"


def pytest_sessionfinish(session, exitstatus):
    """Fail a session in which a layer took too long."""
    if os.environ.get("CI") and exitstatus == pytest.ExitCode.OK and any(over_budget(_spent)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    """Show what each layer took beside what it may take."""
    if _spent:
        terminalreporter.section("time by layer")
    for layer, tests in sorted(_spent.items()):
        terminalreporter.line(f"{layer:10} {sum(tests.values()):6.1f} s of {BUDGETS.get(layer, '?')} s")
    for message in over_budget(_spent):
        terminalreporter.line(message, red=True)
