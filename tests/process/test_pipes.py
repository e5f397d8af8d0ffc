"""The command among other programs: pipes, interrupts, streams that are full or closed."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import LONG, tree


def test_module_pipe_and_interrupt(source, tmp_path):
    command = [sys.executable, "-m", "dedup", "find", str(source)]
    assert subprocess.run(command, capture_output=True).returncode == 0
    with subprocess.Popen(
        [*command[:-1], *[str(source)] * 300], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
        assert process.wait() == 0 and b"Traceback" not in errors
    process = subprocess.Popen(
        [sys.executable, "-m", "dedup", "clean", "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdin.write(b"some text " * 100_000)  # more than a pipe holds: once it is written, it is being read
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 130 and b"Traceback" not in errors


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_full_standard_output_is_named(source):
    for arguments in (["clean", source / "a.txt"], ["find", source], ["explain", "a", "b"]):
        with open("/dev/full", "wb") as full:
            command = [sys.executable, "-m", "dedup", *map(str, arguments)]
            result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
        assert (result.returncode, result.stderr) == (2, "dedup: standard output: No space left on device\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("gone", [True, False])
def test_no_run_ends_because_nobody_reads_what_it_says(gone, tmp_path):
    for n in range(9):
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / f"{n}.txt").write_bytes(
            b"caf\xe9" if n % 3 == 0 else b"A page of the harbour, number %d." % n
        )

    def run(*arguments):
        reading, writing = os.pipe() if gone else (None, os.open("/dev/full", os.O_WRONLY))
        if reading is not None:
            os.close(reading)
        command = [sys.executable, "-m", "dedup", *map(str, arguments)]
        try:
            return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=writing, timeout=60).returncode
        finally:
            os.close(writing)

    assert run("clean", tmp_path / "in", "-o", tmp_path / "out") == 2 and len(tree(tmp_path / "out")) == 6
    assert run("find", "--check", tmp_path / "in") == run("find", "--check", tmp_path / "nothing") == 2
    assert run("find", "--check", tmp_path / "in" / "1.txt") == 0
    boilerplate = ("clean", tmp_path / "in", "-o", tmp_path / "record", "--boilerplate", 2)
    for n in range(9):
        (tmp_path / "in" / f"{n}.txt").write_text(f"Follow the harbour.\n\nA page, number {n}.")
    assert run(*boilerplate) == 2  # what it says there is the only record


@pytest.mark.skipif(os.name != "posix", reason="the shell of this system may not close standard output")
def test_closed_standard_output_is_named(source, tmp_path):
    def run(*arguments):
        command = ["sh", "-c", 'exec "$0" -m dedup "$@" >&-', sys.executable, *map(str, arguments)]
        return subprocess.run(command, stderr=subprocess.PIPE, text=True)

    refused = run("clean", source / "a.txt")
    assert refused.returncode == 2 and refused.stderr.startswith("dedup: standard output is closed; expected a file")
    assert run("clean", source, "-o", tmp_path / "out").returncode == 0 and tree(tmp_path / "out")


def test_closed_standard_input_is_named(tmp_path):
    if sys.platform == "win32":
        pytest.skip("no way to start a process without one")
    command = f"{sys.executable} -m dedup clean - <&-"
    result = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert result.returncode == 2 and "standard input is closed; skipped" in result.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_json_lines_from_a_named_pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    line = json.dumps({"text": f"{LONG}\n{LONG}"}) + "\n"
    command = [
        sys.executable,
        "-m",
        "dedup",
        "clean",
        tmp_path / "pipe",
        "--format",
        "jsonl",
        "-q",
        "--scope",
        "document",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        (tmp_path / "pipe").write_text(5 * line)
        found, _ = process.communicate()
    assert process.returncode == 0 and found == 5 * (json.dumps({"text": LONG}) + "\n")


@pytest.mark.parametrize("options, code", [([], 0), (["--check"], 1), (["--report", "report.html"], 2)])
def test_a_reader_that_stops_early(tmp_path, options, code):
    (tmp_path / "many.txt").write_text(f"{LONG}\n\n" * 5000)
    command = [sys.executable, "-m", "dedup", "find", "many.txt", "-q", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path) as process:
        process.stdout.readline()
        process.stdout.close()
        process.stderr.read()
    assert process.returncode == code
