"""What several test modules use: the command, folders as values, two sentences, and marks of what needs the compiled backend."""

import pytest
from click.testing import CliRunner

from dedup._jit import backend as jit
from dedup.cli.main import main

LONG = "Five new bridges are planned for the valley"
OTHER = "The old mill on the river will be turned into a school"

needs_numba = pytest.mark.skipif(not jit.numba_works(), reason="numba is not installed")
both_rungs = pytest.mark.parametrize("fast", [False, pytest.param(True, marks=needs_numba)])


def call(*arguments, **options):
    """The command, run in this process."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments], **options)


def tree(folder):
    """The files under a folder by path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
