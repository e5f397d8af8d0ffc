"""The house itself: imports point downward, types hold, the cache notices changes, documents tell the truth."""

import ast
import importlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import FunctionType

import pytest
from helpers import ROOT, TESTS, needs_numba

import dedup
from dedup._jit import backend as jit
from dedup._jit import intrinsics
from dedup.match import decision
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
    pytest.importorskip("pyright", reason="pyright is not installed: pip install --group test")
    assert tool("pyright", "--pythonpath", sys.executable).startswith("0 errors")


def test_lint():
    tool("ruff", "check", ".")
    tool("ruff", "format", "--check", ".")


def parsed():
    """Every module of the package: its dotted name, whether it is a package, and its syntax tree."""
    for path in sorted((ROOT / "dedup").rglob("*.py")):
        *parts, last = path.relative_to(ROOT).with_suffix("").parts
        package = last == "__init__"
        yield ".".join(parts if package else [*parts, last]), package, ast.parse(path.read_text(encoding="utf-8"))


def room(module):
    """The room of a module: the folder under dedup, or the module itself where it stands beside them."""
    return ".".join(module.split(".")[:2])


def private(name):
    return name.startswith("_") and not name.startswith("__")


def imported(module, package, tree, modules):
    """What a module imports from dedup: (name here, line, module it is or comes from, name there, None for a module)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            base = module.split(".")[: len(module.split(".")) - node.level + package] if node.level else []
            source = ".".join([*base, *filter(None, [node.module])])
            for alias in node.names:
                there = f"{source}.{alias.name}"
                whole = there in modules
                yield alias.asname or alias.name, node.lineno, there if whole else source, None if whole else alias.name
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name, node.lineno, alias.name, None


def test_no_room_uses_what_is_private_to_another():
    trees = list(parsed())
    modules = {module for module, _, _ in trees}
    found = []
    for module, package, tree in trees:
        foreign = {}
        for here, line, source, name in imported(module, package, tree, modules):
            if not source.startswith("dedup.") or room(source) == room(module):
                continue
            inner = source.split(".")[2:]  # the room itself may be called _jit
            if any(map(private, [*inner, *filter(None, [name])])):
                found.append(f"{module}:{line} imports {name or 'all'} of {source}")
            if name is None:
                foreign[here] = source
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and private(node.attr):
                if node.value.id in foreign:
                    found.append(f"{module}:{node.lineno} uses {foreign[node.value.id]}.{node.attr}")
    assert not found, "\n".join(found)


def private_members(tree):
    """The private attributes that a module gives its own objects, and their private methods."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name):
            if node.value.id == "self" and private(node.attr):
                yield node.attr
        elif isinstance(node, ast.ClassDef):
            yield from (one.name for one in node.body if isinstance(one, ast.FunctionDef) and private(one.name))


def test_no_module_uses_what_is_private_to_the_objects_of_another():
    trees = {module: tree for module, _, tree in parsed()}
    members = {module: set(private_members(tree)) for module, tree in trees.items()}
    found = []
    for module, tree in trees.items():
        foreign = set().union(*members.values()) - members[module]
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in foreign and ast.unparse(node.value) != "self":
                found.append(f"{module}:{node.lineno} uses {ast.unparse(node)}")
    assert members["dedup.deduplicator"] == {"_state", "_pipeline"} and not found, "\n".join(found)


MOST_PARAMETERS, MOST_LINES = 8, 80
# Its parts are closures over what is imported only where numba is installed.
COMMANDS = {"dedup.cli.main", "dedup.integrations.spark._command"}
LONG_FUNCTIONS = {"dedup._jit.intrinsics.instruction"}


def test_functions_are_small():
    found = []
    for module, _, tree in parsed():
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                given = node.args
                names = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, [given.vararg, given.kwarg])]
                count = sum(name.arg not in ("self", "cls") for name in names)
                length = node.end_lineno - node.lineno + 1
                if count > MOST_PARAMETERS and module not in COMMANDS:  # there each option is one
                    found.append(f"{module}.{node.name} has {count} parameters")
                if length > MOST_LINES and f"{module}.{node.name}" not in LONG_FUNCTIONS:
                    found.append(f"{module}.{node.name} has {length} lines")
    assert not found, "\n".join(found)


def kernels():
    """Every kernel of the package, without what takes another shape once it is compiled."""
    for path in (ROOT / "dedup").rglob("*.py"):
        if "integrations" in path.parts:  # where there is none, and imports need what may not be installed
            continue
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for value in vars(module).values():
            own = isinstance(value, FunctionType) and value.__module__ == module.__name__
            if module not in (jit, intrinsics) and own and "__no_type_check__" in vars(value):
                yield value


def test_no_kernel_loses_memory():
    """Only in kernels that are marked numba frees what nobody holds, and only they may have arrays made for them."""
    assert {decision.says_kernel, _fold_numba.fold_kernel} <= set(kernels())
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


def test_the_readme_is_short():
    words = (ROOT / "README.md").read_text(encoding="utf-8").split()
    assert len(words) <= 950 and words.index("```python") < 300  # marks of tables count, too


PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", page.read_text(encoding="utf-8")):
        path, _, heading = target.partition("#")
        there = (page.parent / path) if path else page
        assert there.exists(), target
        if heading and not heading.startswith("dedup."):  # which the reference makes
            headings = re.findall(r"^#+ (.*)", there.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in [re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in headings], target


def test_example_corpus_comes_out_as_the_readme_says(tmp_path):
    command = [sys.executable, "-m", "dedup", "clean", ROOT / "examples" / "corpus", "-o", tmp_path / "cleaned"]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0
    assert run.stderr.strip() in (ROOT / "README.md").read_text(encoding="utf-8")
    # Pairs that differ in a number, a name or a denial stay by the rules; they are alike all the same.
    alike = subprocess.run([*command, "--threshold", "0.7"], capture_output=True, text=True)
    removed = [int(re.search(r"(\d+) removed", result.stderr)[1]) for result in (run, alike)]
    assert removed[0] < removed[1]


def test_a_layer_that_takes_too_long_fails_where_ci_is_set(tmp_path):
    (tmp_path / "unit").mkdir()
    (tmp_path / "unit" / "test_slow.py").write_text("import time\n\ndef test_slow():\n    time.sleep(0.1)\n")
    (tmp_path / "conftest.py").write_text(
        (TESTS / "conftest.py").read_text(encoding="utf-8") + 'BUDGETS["unit"] = 0.05\n'
    )
    for ci, status in (("", 0), ("true", 1)):
        environment = {**os.environ, "CI": ci, "PYTHONPATH": os.pathsep.join([str(ROOT), str(TESTS)])}
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", tmp_path]
        run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment)
        assert run.returncode == status and "1 passed" in run.stdout, run.stdout
        assert "more than its 0.05 s" in run.stdout and "test_slow.py::test_slow" in run.stdout


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
