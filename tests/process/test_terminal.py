"""The command at a terminal: interrupted, and completed by the shell."""

import os
import signal
import subprocess
import sys
import time

import pytest
from helpers import LONG, call, tree


def test_interrupted_it_says_how_to_go_on(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for n in range(3_000):
        words = " ".join(f"{word}{n * n % 9_973}" for word in LONG.split())
        (folder / f"{n}.txt").write_text(f"{words}\n{words}")
    arguments = ["clean", folder, "-o", tmp_path / "out", "--index", tmp_path / "index"]
    process = subprocess.Popen([sys.executable, "-m", "dedup", *map(str, arguments)], stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not list((tmp_path / "out").glob("*.txt")):
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert process.returncode == 130
    assert said == "dedup: interrupted; every file written is whole, the same command goes on from there\n"
    assert not list((tmp_path / "out").glob("*.part"))
    assert call(*arguments).exit_code == 0
    assert call("clean", folder, "-o", tmp_path / "whole").exit_code == 0
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell):
    def completed(variable, **more):
        environment = {**os.environ, "_DEDUP_COMPLETE": variable, **more}
        code = "from dedup.cli.main import main; main(prog_name='dedup')"
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment).stdout

    assert "_DEDUP_COMPLETE" in completed(f"{shell}_source")
    assert "clean" in completed(f"{shell}_complete", COMP_WORDS="dedup cl", COMP_CWORD="cl" if shell == "fish" else "1")
