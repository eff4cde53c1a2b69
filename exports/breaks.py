"""Where text may best come apart: after a sentence, then after a clause, and not after a word that leans on another."""

from enum import IntEnum

from exports.atoms import Atom

SENTENCE_ENDS = ".!?…。！？｡．؟۔।॥።៕။"
CLAUSE_ENDS = ",;:—–、，；：､،؛፣"
CLOSERS = "\"'”’»›)]}」』）］】〉》"
TITLES = frozenset({"mr.", "mrs.", "ms.", "dr.", "prof.", "st.", "vs.", "no.", "e.g.", "i.e.", "z.b.", "d.h.", "bzw."})
# Articles, prepositions and conjunctions lean on what follows, and are short in most languages that have any.
SMALL = 3


class Ending(IntEnum):
    """What ends behind an atom."""

    NONE = 0
    CLAUSE = 1
    SENTENCE = 2


def ending(atom: Atom, following: Atom | None) -> Ending:
    """What ends between two atoms; the text behind the last one is at an end too."""
    if following is None:
        return Ending.SENTENCE
    text = atom.text.rstrip(CLOSERS)
    if text.endswith(tuple(SENTENCE_ENDS)):
        if text.endswith(".") and (_is_shortened(text) or following.text[:1].islower()):
            return Ending.NONE
        return Ending.SENTENCE
    return Ending.CLAUSE if text.endswith(tuple(CLAUSE_ENDS)) else Ending.NONE


def leans_on_next(atom: Atom, following: Atom) -> bool:
    """Whether the two are better not parted: a small word and what it belongs to, or the middle of a word."""
    return (following.spaced and len(atom.text) <= SMALL and atom.text.isalpha()) or _is_within_word(atom, following)


def _is_within_word(atom: Atom, following: Atom) -> bool:
    """Whether the border lies between two katakana, which spell one foreign word."""
    return not following.spaced and "\u30a1" <= atom.text[-1] <= "\u30fa" and "\u30a1" <= following.text[0] <= "\u30fa"


def _is_shortened(text: str) -> bool:
    return text.lower() in TITLES or (len(text) == 2 and text[0].isalpha())
