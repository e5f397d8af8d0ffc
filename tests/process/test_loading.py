"""What an import loads, seen from a process of its own."""

import os
import subprocess
import sys

from helpers import LONG, ROOT


def run_fresh(code, **environment):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    ).stdout


def test_nothing_heavy_is_loaded_for_one_article():
    code = f"""
import sys, dedup
loaded = {{"numba", "datasketch", "scipy", "click", "html.parser"}} & set(sys.modules)
dedup.clean("{LONG}\\n\\n{LONG}")
print(sorted(loaded), sorted({{"numba", "datasketch", "scipy"}} & set(sys.modules)))
"""
    assert run_fresh(code, DEDUP_ENGINE="").strip() == "[] []"


def test_broken_numba_is_no_error(tmp_path):
    (tmp_path / "numba.py").write_text("raise ImportError('broken on purpose')")
    code = "import dedup; print(dedup.duplicated(['the same long sentence ' * 9] * 5000).sum())"
    assert run_fresh(code, PYTHONPATH=str(tmp_path), DEDUP_ENGINE="").strip() == "4999"
    failing = "import dedup\ntry: dedup.duplicated(['a'])\nexcept dedup.ConfigError as error: print(error)"
    assert "pip install" in run_fresh(failing, PYTHONPATH=str(tmp_path), DEDUP_ENGINE="numba")
    assert "numpy, numba" in run_fresh(failing, DEDUP_ENGINE="fortran")


def test_the_add_on_without_scrapy_names_the_extra(tmp_path):
    (tmp_path / "itemadapter.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'itemadapter'\", name='itemadapter')"
    )
    code = "try: import dedup.integrations.scrapy\nexcept ModuleNotFoundError as error: print(error)"
    assert "needs the extra scrapy: pip install 'dedup-paragraphs[scrapy]'" in run_fresh(
        code, PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}"
    )


def test_a_bar_and_a_file_of_options_are_loaded_where_there_are_any(tmp_path):
    (tmp_path / "a.txt").write_text(LONG)
    code = f"""
import os, sys
from dedup.cli.main import main
os.chdir({str(tmp_path)!r})
try: main(["clean", "a.txt", "-o", "out.txt"])
except SystemExit: print(sorted({{"tqdm", "rich", "tomllib"}} & set(sys.modules)))
"""
    assert run_fresh(code).strip() == "[]"
