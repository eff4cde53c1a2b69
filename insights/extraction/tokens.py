"""The words of a text as they are written, one by one, for phrases.

In scripts without spaces every character with the marks that stand on it is a token. Korean has spaces.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from insights.search.lexemes import UNSPACED, is_spoken

APART = re.compile(r"--+|[—–…/]")
# What is borrowed is written in it: a run of these is a word.
KATAKANA = re.compile("[\u30a1-\u30ff]+")
HANGUL = re.compile("[\uac00-\ud7a3]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word. `is_after_mark` says that something other than a space stands between it and the one before."""

    text: str
    folded: str
    is_after_mark: bool
    is_unspaced: bool


def tokens_of(text: str) -> Iterator[Token]:
    """The tokens of a text, in order."""
    is_after_mark = False
    for word in APART.sub(" , ", text).split():
        spoken = [i for i, character in enumerate(word) if is_spoken(character)]
        if not spoken:
            is_after_mark = True
            continue
        first, after = spoken[0], spoken[-1] + 1
        is_after_mark = is_after_mark or first > 0
        for part, is_unspaced in _parts(word[first:after]):
            if not all(map(is_spoken, part)) and is_unspaced:
                is_after_mark = True
                continue
            yield Token(part, part.casefold().replace("’", "'"), is_after_mark, is_unspaced)
            is_after_mark = False
        # Who writes without spaces puts one where a clause ends.
        is_after_mark = after < len(word) or bool(UNSPACED.fullmatch(word) and not HANGUL.search(word))


def text_of(tokens: Iterable[Token]) -> str:
    """The tokens as they are written together."""
    written = "".join(token.text if token.is_unspaced else f" {token.text} " for token in tokens)
    return " ".join(written.split())


def is_word(token: Token) -> bool:
    """Whether the token is known to be a word and no part of one."""
    return not token.is_unspaced or bool(KATAKANA.fullmatch(token.text))


def _parts(word: str) -> Iterator[tuple[str, bool]]:
    """A word, or the characters of a run without spaces, and whether it is one of these."""
    if HANGUL.search(word):
        yield word, False
        return
    end = 0
    for run in UNSPACED.finditer(word):
        if run.start() > end:
            yield word[end : run.start()], False
        yield from ((character, True) for character in _characters(run[0]))
        end = run.end()
    if end < len(word):
        yield word[end:], False


def _characters(run: str) -> list[str]:
    characters: list[str] = []
    for character in run:
        goes_on = KATAKANA.fullmatch(character) and characters and KATAKANA.fullmatch(characters[-1])
        if characters and (goes_on or unicodedata.category(character)[0] == "M"):
            characters[-1] += character
        else:
            characters.append(character)
    return characters
