"""The tables of the decision: classes of words, lengths, relations, and the rows that keep both paragraphs.

A word of no class is content: it must stand in the other text, in its place.

    class     within the piece     beside it, in the text that is judged   beside it, in the text that says it
    content   must be equal        keeps both                              weighs 1
    number    must be equal        free as a list number before a stop     weighs 1, as a list number at the front 0
    ARTICLE   must be equal        free as the first word                  weighs 1
    LABEL     must be equal        free before or behind a stop            weighs 0
    DENIAL    must be equal        keeps both                              keeps both
    CLOSED    may be missing from 12 words on                              weighs 1

    words of the piece   it is said where it stands in the other text, if
    12 and more          nothing beside it denies it
    7 to 11              nothing stands before it in its sentence; and nothing behind it there, or no more besides than it has
    3 to 6               it fills its sentences, and no more stands besides than it has
    1 and 2              the texts are equal

Below 12 words a single label right before the piece, in its sentence, keeps both: it may be part of its first word.
"""

from enum import IntEnum
from typing import Self

from ..results import Relation

# The one scale of lengths, in words; a character of an unspaced script counts half.
SHORT, BRIEF, LONG = 3, 7, 12
MOST_LOOKS = 2 * LONG  # times that a text is gone through to find a piece of it that begins in many places

# The classes, one a bit. The bits above tell the languages in which a word is one of the commonest.
ARTICLE, LABEL, DENIAL, CLOSED = 1, 2, 4, 8
FIRST_LANGUAGE = 8

DISTINCT, NEAR, CONTAINED, EXACT = range(4)  # ascending precedence
RELATIONS: tuple[Relation, ...] = ("distinct", "near", "contained", "exact")


class Why(IntEnum):
    """The row of the tables by which both of two paragraphs stay, with words for people; SAID if one says the other.

    Ascending: of several places in a text the row that comes last here is named. The words may speak of `words`, how many
    stand there, and of the token `beside` the piece.
    """

    words: str

    def __new__(cls, words: str) -> Self:
        """Number a member by its place."""
        member = int.__new__(cls, len(cls.__members__))
        member._value_, member.words = int(member), words
        return member

    SAID = ""
    NO_WORDS = "a text without words repeats nothing"
    NOT_SAID = "not all of its words stand in the other in one piece"
    UNLIKE = "the Jaccard similarity is below the threshold"
    FEW = "a text of one or two words is only said by its equal"
    NUMBER_BESIDE = "a short text with a number stands beside other words"
    MUCH_BESIDE = "{words} beside it, more than it has"
    DROPPED = "small words are missing in it, and it is no quotation from a longer text"
    CONTINUED = "{words} behind it in the same sentence: only mentioned"
    MENTIONED = "{words} before it in the same sentence: only mentioned"
    UNKNOWN = "{words} beside it in the same sentence, in a language that is not known"
    OTHER_ARTICLE = "another word stands before it where it has an article"
    OTHER_NUMBER = "both have a number of their own before it"
    QUANTITY = "it ends within a quantity"
    COMPOUND = "“{beside}” before it may be part of what it says"
    CAPITALS = "a word in capitals is another word"
    MARKUP = "the other is markup around it"
    DENIED = "“{beside}” stands beside it, which denies it or may"
    ADDRESS = "the other is an address or a file name"


SAID = Why.SAID  # kernels ask for it at every turn, and interpreted an attribute takes its time
