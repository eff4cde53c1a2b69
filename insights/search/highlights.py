"""Which characters of a text are words of the question, however they are inflected."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from sqlalchemy.orm import Session

from insights.search.lexemes import ASCII_WORD, UNSPACED, is_spoken, searchable
from insights.search.passage_queries import Terms, lexemes

# The first character and the one after the last, counted in Unicode code points.
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Highlights:
    """The spans of a text that match a term, in order, and the places of the terms that have one, in `Terms.words`."""

    spans: Sequence[Span]
    terms: frozenset[int]


def highlights(session: Session, texts: Sequence[str], terms: Terms, configurations: Sequence[str]) -> list[Highlights]:
    """What of each text matches the terms of a question (`retrieval.terms_of`)."""
    spoken = [list(_words(text)) for text in texts]
    places = _places(terms)
    words = sorted({word for each in spoken for _, word in each}) if places else []
    meant = {
        word: frozenset().union(*(places.get(part, ()) for lexeme in found for part in _asked_for_by(lexeme)))
        for word, found in lexemes(session, words, configurations, among=list(places)).items()
    }
    return [_highlights([(span, meant[word]) for span, word in each if word in meant]) for each in spoken]


def _places(terms: Terms) -> dict[str, set[int]]:
    places: dict[str, set[int]] = {}
    for place, found in enumerate(terms.words):
        for lexeme in found:
            places.setdefault(lexeme, set()).add(place)
    return places


def _asked_for_by(lexeme: str) -> Iterator[str]:
    """The lexemes of a question that a lexeme answers: its own, and of a pair of characters the first."""
    yield lexeme
    if len(lexeme) > 1 and UNSPACED.match(lexeme):
        yield lexeme[0]


def _highlights(words: Sequence[tuple[Span, frozenset[int]]]) -> Highlights:
    spans = _joined(span for span, places in words if places)
    return Highlights(list(spans), frozenset().union(*(places for _, places in words)))


def _words(text: str) -> Iterator[tuple[Span, str]]:
    """Every word of a text as `searchable` has it; of scripts without spaces every pair of characters."""
    if text.isascii():
        yield from ((word.span(), word[0].lower()) for word in ASCII_WORD.finditer(text))
        return
    for kind, run in groupby(enumerate(text), key=lambda each: _kind(each[1])):
        positions = [position for position, _ in run]
        first, after = positions[0], positions[-1] + 1
        if kind == "spaced":
            yield (first, after), searchable(text[first:after])
        elif kind == "unspaced":
            spans = [(position, min(position + 2, after)) for position in positions]
            yield from ((span, searchable(text[slice(*span)]).partition(" ")[0]) for span in spans)


@lru_cache(maxsize=10_000)
def _kind(character: str) -> str | None:
    if not is_spoken(character):
        return None
    return "unspaced" if UNSPACED.match(character) else "spaced"


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """The spans with those joined that overlap."""
    current: Span | None = None
    for first, after in spans:
        if current and first < current[1]:
            current = current[0], max(after, current[1])
            continue
        if current:
            yield current
        current = first, after
    if current:
        yield current
