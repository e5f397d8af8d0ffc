"""The index is lists by key, whatever is entered and taken out."""

import numpy as np
from helpers import both_backends, entries_with
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedup.index import tables as in_memory
from dedup.sketch.prefixes import MOST_PREFIXES


@both_backends
@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_index_is_lists_by_key(fast, data):
    """Whatever is entered, given up and entered again, and however often its tables grow."""
    single, columns, most = 2, 2 + MOST_PREFIXES, data.draw(st.integers(1, 4), "most")
    tables, entered = in_memory.Index.empty(columns, single, room=1), []
    few = st.sampled_from([*range(1, 8), *range(0xFFFFFFF0, 0xFFFFFFF8)])
    row = st.tuples(few, few, st.lists(few, max_size=MOST_PREFIXES, unique=True), st.booleans())
    for rows in data.draw(st.lists(st.lists(row, max_size=12), max_size=6), "entered"):
        keys = np.zeros((columns, len(rows)), dtype=np.uint32)
        for n, (text, band, prefixes, _) in enumerate(rows):
            keys[:, n] = [text, band, *prefixes, *[0] * (MOST_PREFIXES - len(prefixes))]
        tables.extend(entries_with(keys, np.array([banded for *_, banded in rows], dtype=bool)), most, fast)
        entered += [(keys[:, n], banded) for n, (*_, banded) in enumerate(rows)]
        cut = data.draw(st.integers(0, len(entered)), "cut")
        if data.draw(st.booleans(), "grow between"):
            tables.reserve(data.draw(st.sampled_from([0, 500, 3000])), 0, 0, fast)
        if cut:
            count = len(entered) - cut
            tables.cut(count, np.stack([keys for keys, _ in entered[count:]]), np.arange(count, len(entered)), fast)
            del entered[count:]
        lists = {}
        for entry, (keys, banded) in enumerate(entered):
            for column, key in enumerate(keys.tolist() if banded else keys[:1].tolist()):
                if key or column < single:
                    bucket = lists.setdefault((min(column, single), key), [])
                    if len(bucket) < most or column == 0:
                        bucket.append(entry)
        assert tables.count == len(entered)
        assert np.count_nonzero(tables.slots) == sum(map(len, lists.values()))
        for table in tables.tables:  # else a search might not end
            assert np.count_nonzero(tables.slots[table]) <= 0.6 * (table.stop - table.start)
        for (table, key), bucket in lists.items():
            assert list(tables.bucket(table, key)) == bucket
        codes = np.array([table << 32 | key for table, key in lists], dtype=np.int64)
        places, found = tables.find(codes)
        assert list(zip(places.tolist(), found.tolist(), strict=True)) == [
            (place, entry) for place, bucket in enumerate(lists.values()) for entry in bucket
        ]
