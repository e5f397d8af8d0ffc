"""The command at a terminal: interrupted, and completed by the shell."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time

import pytest
from helpers import LONG, call, tree, written


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


def at_a_terminal(arguments, columns):
    """All that the command writes to a terminal of so many columns."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    code = "from dedup.cli import main, progress; progress._EVERY = 0.01; main.main(prog_name='dedup')"
    process = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], stdout=follower, stderr=follower, stdin=follower
    )
    os.close(follower)
    said = b""
    while True:
        try:
            piece = os.read(leader, 1 << 16)
        except OSError:  # nobody writes any more
            break
        said += piece
        if not piece:
            break
    os.close(leader)
    assert process.wait() in (0, 2)
    return said.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [30, 60, 80, 120])
def test_progress_takes_one_line_at_any_width(tmp_path, columns):
    folder = tmp_path / "in"
    folder.mkdir()
    for n in range(200):
        (folder / f"{n:03}.txt").write_text("\n\n".join(written(100 * n + k) for k in range(20)))
    (folder / "100.txt").write_bytes(b"\xff")  # which is said on the way
    said = at_a_terminal(["clean", folder, "-o", tmp_path / "out"], columns)
    lines = said.split("\n")
    shown = [re.sub(r"\x1b\[[A-Z0-9]*[A-Za-z]", "", text) for line in lines for text in line.split("\r")]
    bars = [text for text in shown if "MB/s" in text or "%|" in text.replace(" ", "")]
    assert len(bars) > 3 and all(len(bar) <= columns for bar in bars)
    messages = [line.split("\r")[-1] for line in lines if "100.txt" in line]
    hint = "perhaps it is Latin-1; expected UTF-8, into which iconv -f ISO-8859-1 -t UTF-8 turns it; or --encoding latin-1 reads it"
    assert messages == [f"dedup: {folder}/100.txt: not UTF-8 text (byte 0); {hint}; skipped"]
    assert (
        sum("MB/s" in line or "%|" in line.replace(" ", "") for line in lines if "100.txt" not in line) == 1
    )  # one line, for ever written over
    last = bars[-1].rstrip()
    assert last.startswith("100%") and "left" not in last
    if columns >= 60:
        assert re.search(r"MB/s, 00:\d\d in all", last)
    if columns >= 120:
        assert "199 files, 3,980 paragraphs, 0.0% repeats" in last
    assert lines[-2].startswith("199 documents")
