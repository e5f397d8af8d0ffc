"""What the tests share: both backends, and the real pages beside the checkout where there are any."""

from pathlib import Path

import pytest
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

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


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
