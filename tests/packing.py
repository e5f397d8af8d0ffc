"""Compressions by the suffix of a file's name: how a test packs bytes, and unpacks them."""

import bz2
import gzip
import lzma
import sys

import pytest

zstd = pytest.importorskip("backports.zstd") if sys.version_info < (3, 14) else __import__("compression.zstd").zstd

PACKING = {
    "": (bytes, bytes),
    ".gz": (gzip.compress, gzip.decompress),
    ".bz2": (bz2.compress, bz2.decompress),
    ".xz": (lzma.compress, lzma.decompress),
    ".zst": (zstd.compress, zstd.decompress),
}
