"""A writer to be killed: `python writer.py INDEX DOCUMENTS` goes on with a made-up crawl, and says what it has done.

It prints a line for every result, "number text removals", and "committed n" after every commit of n documents.
"""

import random
import sys

import dedup

WORDS = (
    "harbour council bridge ferry market budget river school winter tram museum engineer mayor ticket garden".split()
)


def document(n: int) -> str:
    """Document n: some sentences of its own, some of earlier documents, whole or edited."""
    paragraphs = []
    for k in range(2 + n % 4):
        of = random.Random(n * 7 + k).choice([n, n, n, max(0, n - 1 - k * k), n // 2, n % 11])
        chosen = random.Random(of * 31 + k % 3)
        words = [chosen.choice(WORDS) for _ in range(chosen.randint(2, 30))]
        if (n + k) % 5 == 0:
            words[len(words) // 2] = str(n % 7)
        paragraphs.append(" ".join(words).capitalize() + ".")
    return "\n\n".join(paragraphs)


def described(result: dedup.CleanResult) -> str:
    gone = [(r.position, r.decision.relation, r.decision.duplicate_of, r.decision.reason) for r in result.removed]
    return repr((result.id, result.text, gone))


def write(path: str, documents: int, say) -> None:
    with dedup.Deduplicator(index=path) as seen:
        done = seen.store.size.documents
        given = ((f"page {n}", document(n)) for n in range(done, documents))
        for result in seen.stream(given):
            done += 1
            say(f"result {done - 1} {described(result)}")
            if done % 9 == 0:
                seen.commit()
                say(f"committed {done}")


if __name__ == "__main__":
    dedup.Deduplicator().add("What is loaded at the first use is loaded now")
    print("ready", flush=True)
    write(sys.argv[1], int(sys.argv[2]), lambda line: print(line, flush=True))
    print("finished", flush=True)
