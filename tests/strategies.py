"""Texts that look like what the library meets: any Unicode, and articles whose paragraphs repeat and vary each other."""

from hypothesis import strategies as st
from sentences import changed_pairs

# Characters with a role of their own in folding come up often; all others now and then, lone surrogates included.
SPECIAL = " \t\n\u00a0\u2028\u00ad\u200b\ufeff.,:;!?'\"’“”-–—−+±$€%°&#²½★_/()¿…0123456789aBzÄßéﬁ東京กำはカ¿\u0301"
any_text = st.text(st.one_of(st.sampled_from(SPECIAL), st.characters()), max_size=60)

WORDS = """
the minister of finance said on Monday that not all Greek islands would reopen in May while 68 70 3.5 percent euros crowd
waited outside Kremlin and leaders of Armenia walked slowly towards garden with flowers despite heavy rain 東 京 $5m
Leeds York beat reported reports don’t can't
""".split()
sentence = st.lists(st.sampled_from(WORDS), min_size=1, max_size=14).map(" ".join)


@st.composite
def edited(draw, source):
    """A paragraph as it comes back: as it was, with other punctuation, a word more, less or replaced, cut or extended."""
    words = draw(source).split()
    how = draw(st.integers(0, 7))
    place = draw(st.integers(0, max(0, len(words) - 1)))
    if how == 1:
        words[-1] += "."
    elif how == 2:
        words = [word.upper() for word in words]
    elif how == 3:
        words.insert(place, draw(st.sampled_from(WORDS)))
    elif how == 4 and len(words) > 1:
        del words[place]
    elif how == 5:
        words[place] = draw(st.sampled_from(WORDS))
    elif how == 6:
        words = words[place:]
    elif how == 7:
        words = [*words, "—", *draw(sentence).split()]
    return " ".join(words)


@st.composite
def articles(draw, most=4):
    """Documents whose paragraphs are edits of a few sentences, so that relations of all kinds arise within and across."""
    pool = draw(st.lists(sentence, min_size=1, max_size=4))
    paragraph = edited(st.sampled_from(pool))
    separator = draw(st.sampled_from(["\n\n", "\r\n\r\n", "\n", "\n \n", "\n\n\n", "\r\r"]))
    documents = draw(st.lists(st.lists(paragraph, min_size=0, max_size=7), min_size=1, max_size=most))
    ending = draw(st.sampled_from(["", "\n", separator]))
    return [separator.join(paragraphs) + ending for paragraphs in documents]


# Any characters at all, and sentences in eleven languages as they are and as they come back.
written = st.sampled_from(sorted({text for *_, one, other in changed_pairs() for text in (one, other)})[::7])
paragraphs = st.one_of(any_text, sentence, edited(sentence), written, edited(written))


@st.composite
def documents(draw, most=4):
    """Documents of paragraphs in many scripts, some of which come several times."""
    pool = st.sampled_from(draw(st.lists(paragraphs.filter(str.strip), min_size=1, max_size=5)))
    return draw(st.lists(st.lists(pool | edited(pool), max_size=6).map("\n\n".join), min_size=1, max_size=most))


# What the rows of the decision's tables speak of: labels, stops, numbers, articles, denials, marks, and words of no class.
PIECES = """
the a an of for that and is in was with no not never denied Read more: Photo: Video: See also Foto: der die das und 3. 3 12 11:07
5% $5 10am 10 am # & . , : ; ( ) … “ ” — ! ? < <b> > 東 京 は 不 现 mayor town bridge opened Tarnsby REED Reed new old last minute
lastminute e mail email deputy 1874 rose time table timetable foot note footnote
""".split()
made = st.lists(st.sampled_from(PIECES), min_size=1, max_size=12)


@st.composite
def said(draw):
    """Two texts, of which one may say what the other says: the same pieces, with others beside them, glued, changed or doubled."""
    core = draw(made)
    texts = []
    for _ in range(2):
        words = [
            *draw(st.just([]) | made.map(lambda some: some[:4])),
            *core,
            *draw(st.just([]) | made.map(lambda some: some[:5])),
        ]
        how, place = draw(st.integers(0, 9)), draw(st.integers(0, len(words) - 1))
        if how == 0:
            words[place] = draw(st.sampled_from(PIECES))
        elif how == 1:
            del words[place]
        elif how == 2:
            words *= 2
        elif how == 3:
            words[place : place + 2] = ["".join(words[place : place + 2])]
        elif how == 4:
            words.insert(place, draw(st.sampled_from(PIECES)))
        elif how == 5:
            words[place] = words[place].upper()
        texts.append(" ".join(words))
    return texts


@st.composite
def pages(draw, most=14):
    """A page of brief and longer paragraphs that come again, side by side, far away, in runs; as one list."""
    pool = st.sampled_from(draw(st.lists(made.map(" ".join).filter(str.strip), min_size=1, max_size=4)))
    body = sentence.map(lambda text: f"{text} and then {text}")
    parts = draw(st.lists(st.one_of(pool, pool, body), max_size=most))
    again = parts[draw(st.integers(0, most)) :][: draw(st.integers(0, most))]
    between = [
        f"row {number} of {draw(st.sampled_from(['a', 'the same']))} list"
        for number in range(draw(st.sampled_from([0, 1, 26])))
    ]
    return [*parts, *between, *again]
