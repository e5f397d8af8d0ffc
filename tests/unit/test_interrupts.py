"""An interrupt at any instruction: what is committed afterwards is what had been handed out, no document more or less."""

import dis
import sys
import threading

import pytest

import dedup
from dedup.index.protocol import Size

DOCUMENTS = [
    (f"page{n}", f"The ferry number {n} sails at nine.\n\nThe harbour office is closed on Mondays.") for n in range(3)
]
_MODULES = ("decide/pipeline.py", "decide/state.py", "dedup/deduplicator.py")


class Kept:
    """A store in memory."""

    def __init__(self, config):
        self.fingerprint, self.size = config.fingerprint(), Size()
        self.ids, self.committed = [], []

    def blocks(self):
        return iter(())

    def check_id(self, id):
        hash(id)

    def append(self, ids, entries):
        self.ids += ids

    def commit(self):
        self.committed = list(self.ids)

    def close(self):
        pass


class Interrupting:
    """Raises KeyboardInterrupt at one instruction of the package, counted from `arm` on; counts them all if there is none.

    Like an interrupt of the system it comes between two instructions, but for those that Python never interrupts: `spared`.
    """

    def __init__(self, at, spared=()):
        self.at, self.seen, self.armed, self._spared = at, 0, False, spared

    def __enter__(self):
        self._before = sys.gettrace()
        sys.settrace(self._called)
        return self

    def __exit__(self, *_):
        sys.settrace(self._before)

    def _called(self, frame, event, value):
        if not frame.f_code.co_filename.endswith(_MODULES):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return self._at_instruction

    def _at_instruction(self, frame, event, value):
        if event == "opcode" and self.armed and dis.opname[frame.f_code.co_code[frame.f_lasti]] not in self._spared:
            self.seen += 1
            if self.seen == self.at:
                self.armed = False
                raise KeyboardInterrupt
        return self._at_instruction


def deduplicator():
    return dedup.Deduplicator(index=Kept(dedup.Config()))


def check(seen, given):
    """Commit, and compare with the ids of what was handed out."""
    seen.commit()
    assert seen.store.committed == given


def test_a_stream():
    def run(at):
        """Take results, the second under interrupts; return how many instructions that took."""
        seen, given = deduplicator(), []
        with Interrupting(at) as interrupting:
            try:
                for result in seen.stream(iter(DOCUMENTS)):
                    interrupting.armed = False
                    given.append(result.id)
                    seen.commit()
                    assert seen.store.committed == given  # what the body of the loop commits covers its result
                    interrupting.armed = len(given) < 3
            except KeyboardInterrupt:
                interrupting.armed = False
        assert at == 0 or interrupting.seen == at
        check(seen, given)
        return interrupting.seen

    count = run(0)
    assert count > 200
    for at in range(1, count + 1):
        run(at)


def test_what_was_interrupted_can_be_given_again():
    """Nothing of a result that did not arrive stays, so it is not taken for a repeat of itself."""

    def run(at):
        seen, given = deduplicator(), []
        with Interrupting(at) as interrupting:
            try:
                interrupting.armed = True
                for result in seen.stream(DOCUMENTS[:1]):
                    given.append(result.id)
            except KeyboardInterrupt:
                interrupting.armed = False
        if not given:
            try:
                again = seen.clean(DOCUMENTS[0][1])
            except dedup.CorpusError as error:
                assert "a decision was interrupted" in str(error)
                with pytest.raises(dedup.CorpusError, match="a decision was interrupted"):
                    seen.explain("page0", 0)
            else:
                assert not again.removed
        return interrupting.seen

    for at in range(1, run(0) + 1):
        run(at)


@pytest.mark.parametrize("call", ["clean", "add"])
def test_a_call(call):
    def run(at):
        seen, given = deduplicator(), []
        with Interrupting(at, ("RETURN_VALUE",)) as interrupting:
            try:
                interrupting.armed = True
                getattr(seen, call)("The harbour office is closed on Mondays.", "page0")
                interrupting.armed = False
                given.append("page0")
            except KeyboardInterrupt:
                interrupting.armed = False
        check(seen, given)
        return interrupting.seen

    for at in range(1, run(0) + 1):
        run(at)


def test_what_the_index_has_taken_in_part_is_not_committed():
    """Without a commit in between: an interrupt while the store takes what was yielded leaves it at its last commit."""

    def run(at):
        """Return how many instructions there were, and whether the commit was refused."""
        seen, given = deduplicator(), []
        refused = False
        with Interrupting(at) as interrupting:
            try:
                for result in seen.stream(iter(DOCUMENTS[:2])):
                    given.append(result.id)
                    interrupting.armed = len(given) == 1
            except KeyboardInterrupt:
                interrupting.armed = False
        try:
            check(seen, given)
        except dedup.CorpusError as error:
            assert "the index was interrupted" in str(error) and seen.store.committed == []
            with pytest.raises(dedup.CorpusError, match="the index was interrupted"):
                seen.add("Another text.")
            refused = True
        return interrupting.seen, refused

    count, _ = run(0)
    refusals = sum(run(at)[1] for at in range(1, count + 1))
    assert 0 < refusals < count / 4


def test_a_file_keeps_what_was_yielded_before_an_interrupt(tmp_path, monkeypatch):
    path = tmp_path / "kept.index"
    with pytest.raises(KeyboardInterrupt), dedup.Deduplicator(index=path) as seen:
        seen.clean(DOCUMENTS[0][1], "page0")
        with monkeypatch.context() as patch:
            patch.setattr("dedup.decide.state.decide", interrupted)
            try:
                seen.clean(DOCUMENTS[1][1], "page1")
            finally:
                seen.commit()
    with dedup.Deduplicator(index=path) as seen:
        assert seen.store.size.documents == 1
        assert seen.add("The harbour office is closed on Mondays.", "page2").duplicate_of == ("page0", 1)


def interrupted(*_):
    raise KeyboardInterrupt


def test_a_stream_that_is_left_counts_what_it_gave():
    for leave in ("close", "drop"):
        seen = deduplicator()
        stream = seen.stream(DOCUMENTS)
        next(stream), next(stream)
        if leave == "close":
            stream.close()
        del stream
        seen.commit()
        assert seen.store.committed == ["page0", "page1"]


def test_a_result_on_its_way_to_another_thread_is_decided_before():
    seen = deduplicator()
    on_its_way, go_on = threading.Event(), threading.Event()

    def held(given, outcome):
        return outcome.result()

    taken = seen._pipeline._stream(map(dedup.deduplicator._named, DOCUMENTS[:1]), 1, 0, 0, held, [])

    def take():
        next(taken)  # never counted as delivered
        on_its_way.set()
        go_on.wait()

    thread = threading.Thread(target=take)
    thread.start()
    on_its_way.wait()
    seen.commit()
    assert seen.store.committed == []  # it may never arrive
    assert [removal.position for removal in seen.clean(DOCUMENTS[1][1], "later").removed] == [1]
    seen.commit()
    assert seen.store.committed == ["page0", "later"]  # what came after it may point to it
    go_on.set()
    thread.join()
