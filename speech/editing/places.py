"""Where the words of a text stand in it, by its characters."""

from collections.abc import Iterator

from speech.providers.words import words_of
from speech.transcript import Segment

Span = tuple[int, int]


def places(segment: Segment) -> list[Span]:
    """First character of each timed word, and the one after its last; they never go back.

    A word that the text does not have stands, without length, where the one before it ends.
    """
    found: list[Span] = []
    at = 0
    for word in segment.words or ():
        begin = segment.text.find(word.text, at)
        span = (at, at) if begin < 0 else (begin, begin + len(word.text))
        found.append(span)
        at = span[1]
    return found


def spans(text: str) -> list[Span]:
    """The same of the words that a text has by its spaces and script."""
    return list(_spans(text))


def slices(text: str) -> list[str]:
    """The words of a text exactly as they stand in it."""
    return [text[begin:end] for begin, end in _spans(text)]


def _spans(text: str) -> Iterator[Span]:
    at = 0
    for word in words_of(text):
        begin = at = _past_spaces(text, at)
        for _ in range(len("".join(word.split()))):
            at = _past_spaces(text, at) + 1
        yield begin, at


def _past_spaces(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at
