"""What several test modules use: the command, folders as values, two sentences, and marks of what needs the compiled backend."""

import json

import pytest
from click.testing import CliRunner
from xxhash import xxh3_128_digest

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


def forge_head(path, change):
    """Give an index file another head, made by `change` from what the newest one says, under a checksum that is right."""
    whole = path.read_bytes()
    pages = [whole[:4096], whole[4096:8192]]
    heads = [json.loads(page[36 : 36 + int.from_bytes(page[32:36], "little")]) for page in pages]
    body = json.dumps(change(max(heads, key=lambda head: head["commits"]))).encode()
    rest = (len(body).to_bytes(4, "little") + body).ljust(4096 - 32, b"\0")
    page = whole[:16] + xxh3_128_digest(rest) + rest
    path.write_bytes(page + page + whole[8192:])


def forge_facts(path, **facts):
    """Give an index file a head whose facts are others; `config` has its options replaced one by one."""

    def change(head):
        config = {**head["facts"]["config"], **facts.pop("config", {})}
        return {**head, "facts": {**head["facts"], **facts, "config": config}}

    forge_head(path, change)
