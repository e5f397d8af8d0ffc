"""The house itself: imports point downward, types hold, the cache notices changes, documents tell the truth."""

import importlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import FunctionType

import pytest
from helpers import ROOT, needs_numba

import dedup
from dedup._jit import backend as jit
from dedup._jit import intrinsics
from dedup.match import align
from dedup.text import _fold_numba


def tool(*command):
    path = Path(sys.executable).with_name(command[0])
    result = subprocess.run([str(path), *command[1:]], capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_imports_point_downward():
    assert "1 kept, 0 broken" in tool("lint-imports", "--no-cache")
    contract = (ROOT / "pyproject.toml").read_text()
    for module in [*(ROOT / "dedup").glob("*.py"), *(path.parent for path in ROOT.glob("dedup/*/__init__.py"))]:
        assert module.stem == "__init__" or f"dedup.{module.stem}" in contract, f"{module.name} stands in no layer"


def test_types_hold():
    assert "no issues found" in tool("mypy")


def test_types_of_what_users_see_hold_for_another_checker():
    pytest.importorskip("pyright", reason="pyright is not installed: pip install 'dedup-paragraphs[test]'")
    assert tool("pyright", "--pythonpath", sys.executable).startswith("0 errors")


def test_lint():
    tool("ruff", "check", ".")
    tool("ruff", "format", "--check", ".")


def kernels():
    """Every kernel of the package, without what takes another shape once it is compiled."""
    for path in (ROOT / "dedup").rglob("*.py"):
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for value in vars(module).values():
            own = isinstance(value, FunctionType) and value.__module__ == module.__name__
            if module not in (jit, intrinsics) and own and "__no_type_check__" in vars(value):
                yield value


def test_no_kernel_loses_memory():
    """Only in kernels that are marked numba frees what nobody holds, and only they may have arrays made for them."""
    assert {align.chain_kernel, _fold_numba.fold_kernel} <= set(kernels())
    for kernel in kernels():
        if "makes_arrays" in vars(kernel):  # what these return is not counted
            assert not {"layout_kernel", "read_beside_kernel"} & set(kernel.__code__.co_names), kernel
        else:
            assert not {"numbers", "small_numbers"} & set(kernel.__code__.co_names), kernel


@needs_numba
def test_holders_are_counted_only_where_arrays_are_made():
    for kernel in kernels():
        assert jit.compiled(kernel).targetoptions["_nrt"] == ("makes_arrays" in vars(kernel)), kernel


def test_version():
    assert f'version = "{dedup.__version__}"' in (ROOT / "pyproject.toml").read_text()


def test_readme_code_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})


def test_example_corpus_comes_out_as_the_readme_says(tmp_path):
    command = [sys.executable, "-m", "dedup", "clean", ROOT / "examples" / "corpus", "-o", tmp_path / "cleaned"]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0
    assert run.stderr.strip() in (ROOT / "README.md").read_text(encoding="utf-8")
    # The pairs that differ in a number, a name or a negation stay because of the guard alone.
    unguarded = subprocess.run([*command, "--no-guard"], capture_output=True, text=True)
    removed = [int(re.search(r"(\d+) removed", result.stderr)[1]) for result in (run, unguarded)]
    assert removed[0] < removed[1]


@needs_numba
def test_the_cache_notices_a_change_in_a_module_that_is_only_called(tmp_path):
    shutil.copytree(ROOT / "dedup", tmp_path / "dedup", ignore=shutil.ignore_patterns("__pycache__"))
    code = (
        "import numpy as np; from dedup._jit import backend as jit; from dedup.decide import _candidates_numba;"
        "distinct = jit.compiled(_candidates_numba.distinct_kernel); distinct(np.ones(2, np.int64), 2, np.empty(24, np.uint32));"
        "print(sum(distinct.stats.cache_hits.values()))"
    )
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache")}

    def hits():
        return subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path, env=environment
        ).stdout.strip()

    assert [hits(), hits()] == ["0", "1"]
    with open(tmp_path / "dedup" / "index" / "tables.py", "a") as file:  # whose `home_kernel` it calls
        file.write("# changed\n")
    assert hits() == "0"
