"""What becomes of a file: its rows without what was removed, or with notes on it; and back again."""

import os
from io import BytesIO
from operator import attrgetter
from typing import Any, BinaryIO

from ..decide.outcomes import Outcome
from ..io.atomic import Replacement, discard_unfinished
from ..io.formats import Reader, Row, writing
from ..io.inputs import InputFile, written_over
from ..text.paragraphs import without
from .audit import AuditLog, AuditReader, as_record
from .run import OpenFile, Rows, row_id

_TOLD_IN_A_NOTE = ("paragraph", "start", "end", "relation", "duplicate_of", "jaccard", "containment", "reason")


def replace_cleaned(file: OpenFile, rows: Rows, *, in_place: bool, record: AuditLog | None, annotate: bool) -> None:
    """Write what `write_cleaned` does to where the file's output goes; `in_place` only if it is not as it was read.

    Raises CorpusError.
    """
    assert file.input.output is not None
    output = written_over(file.input.output) if in_place else file.input.output
    try:
        if file.reader.whole is not None and record is None:  # most runs have many, so each is written in one piece
            content = BytesIO()
            if write_cleaned(file, rows, content, record=None, annotate=annotate) or not in_place:
                Replacement(output, durable=in_place).write(content.getbuffer())
        else:
            place = Replacement(output, durable=in_place)
            with place as target:
                place.wanted = write_cleaned(file, rows, target, record=record, annotate=annotate)
                place.wanted |= not in_place
    except KeyboardInterrupt:
        discard_unfinished(os.path.dirname(output))
        raise


def write_cleaned(file: OpenFile, rows: Rows, target: BinaryIO, *, record: AuditLog | None, annotate: bool) -> bool:
    """Write the rows without what was removed, or whole `annotate`d with it; whether anything is not as it was read."""
    changed = annotate
    with writing(file.reader, target, file.input.output or "", notes=annotate) as writer:
        for row, outcome in rows:
            if annotate:
                writer.write(row, None, None if row.text is None else _note(row, outcome))
            elif outcome is None or row.text is None or not outcome.removed:
                writer.write(row, None)
            else:
                spelling = file.reader.spelling(row)
                places = file.reader.places(row, outcome.cuts(), outcome.positions())
                in_order = sorted(places, key=attrgetter("start"))  # which fields of a row need not be in
                writer.write(row, without(spelling, in_order))
                changed = True
                if record:
                    id, text = row_id(file.input, row), row.text
                    removed = [as_record(id, text, removal) for removal in outcome.result().removed]
                    if places != in_order:
                        removed = [removed[k] for k in sorted(range(len(places)), key=lambda k: places[k].start)]
                    record.add(file.input, row.number, spelling, in_order, removed)
    if record:
        record.confirm()
    return changed


def _note(row: Row, outcome: Outcome | None) -> list[dict[str, Any]]:
    assert row.text is not None
    records = [as_record("", row.text, removal) for removal in outcome.result().removed] if outcome else []
    return [{key: record[key] for key in _TOLD_IN_A_NOTE} for record in records]


def write_restored(file: InputFile, reader: Reader, cuts: AuditReader, target: BinaryIO) -> None:
    """Write a file as it was before the run that cut it. Raises ValueError for one that is not what that run wrote."""
    lacking = cuts.of(file.name)
    missing = next(lacking, None)
    with writing(reader, target, file.output or "") as writer:
        for row in reader.rows():
            if missing is None or missing.row != row.number:
                writer.write(row, None)
            else:
                writer.write(row, missing.restored(reader.spellings(row)))
                missing = next(lacking, None)
    if missing is not None:
        raise ValueError(f"it has no row {missing.row}, from which something was removed")
