"""Documents written in every format that dedup reads, for tests that go through all of them."""

import base64
import csv
import gzip
import hashlib
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq

BROKEN = "broken"  # in place of a text: a row that has none where one is expected


def jsonl(texts):
    lines = [
        "{" if text == BROKEN else json.dumps({"n": 1.0, "text": text, "é": "é"}, ensure_ascii=False) for text in texts
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def json_array(texts):
    rows = [7 if text == BROKEN else {"n": 1.0, "text": text, "é": "é"} for text in texts]
    return json.dumps(rows, ensure_ascii=False, indent=2).encode() + b"\n"


def table(texts, delimiter):
    file = io.StringIO(newline="")
    rows = csv.writer(file, delimiter=delimiter)
    rows.writerow(["n", "text", "last"])
    for n, text in enumerate(texts):
        rows.writerow(["ragged"] if text == BROKEN else [n, text, 'a "word"'])
    return file.getvalue().encode()


def parquet(texts):
    file = io.BytesIO()
    pieces = [text.split("\n\n") if text != BROKEN else None for text in texts]
    kinds = [one and [{"text": text, "kind": "text"} for text in one] for one in pieces]
    kinds = [
        [{"text": "x", "kind": "none of them"}] if text == BROKEN else one
        for text, one in zip(texts, kinds, strict=True)
    ]
    pq.write_table(pa.table({"n": range(len(texts)), "text": kinds}), file, row_group_size=2)
    return file.getvalue()


def warc(texts, packed=False):
    def record(n, text):
        body = text.encode()
        digest = "sha1:AAAA" if text == BROKEN else "sha1:" + base64.b32encode(hashlib.sha1(body).digest()).decode()
        head = f"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: https://example.org/{n}\r\nWARC-Block-Digest: {digest}\r\n"
        head += (
            f"WARC-Date: 2025-01-01T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:{n}>\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body + b"\r\n\r\n"

    records = [record(n, text) for n, text in enumerate(texts)]
    return b"".join(gzip.compress(one, mtime=0) if packed else one for one in records)


def plain(texts):
    """All texts as one document; one that is none is no UTF-8."""
    return b"caf\xe9" if BROKEN in texts else "\n\n".join(texts).encode()


def markdown(texts):
    return b"caf\xe9" if BROKEN in texts else "\n\n".join(f"# {n}\n{text}" for n, text in enumerate(texts)).encode()


# By the title of its format: how its files are called, and what writes texts in it.
SAMPLES = {
    "plain text": (".txt", plain),
    "Markdown": (".md", markdown),
    "JSON Lines": (".jsonl", jsonl),
    "JSON": (".json", json_array),
    "CSV": (".csv", lambda texts: table(texts, ",")),
    "TSV": (".tsv", lambda texts: table(texts, "\t")),
    "Parquet": (".parquet", parquet),
    "WARC": (".wet", warc),
}
