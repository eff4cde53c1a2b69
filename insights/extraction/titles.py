"""What chapters are called: phrases that are said in them, often, more than elsewhere, and like all that is said there.

A title is one phrase, or two where a single word says too little. Each phrase names one chapter only.
"""

from collections.abc import Iterator, Sequence
from itertools import count, islice

import numpy
from numpy.typing import NDArray

from insights.extraction.labels import stems, worth, written
from insights.extraction.phrases import Phrase
from insights.search.passages import WORD

# How two things are named in one breath. Elsewhere a comma does it.
AND = {"en": " and ", "de": " und ", "fr": " et ", "es": " y ", "it": " e ", "pt": " e ", "nl": " en ", "sv": " och "}
AND |= {"da": " og ", "no": " og ", "ru": " и ", "uk": " і ", "pl": " i ", "tr": " ve ", "ja": "と", "zh": "和"}
# A second phrase that is worth less than this part of the first says too little.
SECOND = 0.4
# What is quoted for want of a phrase.
OPENING_WORDS = 6


def naming(
    phrases: Sequence[Phrase],
    chapter_of: NDArray[numpy.intp],
    shares: NDArray[numpy.floating],
    likeness: NDArray[numpy.floating],
) -> list[list[Phrase]]:
    """The phrases that name each chapter, at most two, none where nothing is said that could.

    `chapter_of` is the chapter of each text that the phrases stand in, `shares` are the parts of the words that the
    chapters have, and `likeness`, shape (phrases, chapters), is how like each phrase is to each chapter.
    """
    scores = _scores(phrases, chapter_of, shares, likeness)
    about = [stems(phrase) for phrase in phrases]
    names: list[list[int]] = [[] for _ in shares]
    taken: set[frozenset[str]] = set()
    for phrase, chapter in _best_first(scores):
        if not names[chapter] and about[phrase] not in taken:
            names[chapter].append(phrase)
            taken.add(about[phrase])
    for phrase, chapter in _best_first(scores):
        if about[phrase] not in taken and _is_lonely([phrases[i] for i in names[chapter]]):
            (first,) = names[chapter]
            if not about[phrase] & about[first] and scores[phrase, chapter] > SECOND * scores[first, chapter]:
                names[chapter].append(phrase)
                taken.add(about[phrase])
    return [[phrases[i] for i in chosen] for chosen in names]


def titles(names: Sequence[Sequence[Phrase]], said: Sequence[str], language: str | None) -> list[str]:
    """A title for each chapter, all different. Where no phrase names one, it is how the sentence in `said` begins."""
    joint = AND.get((language or "").partition("-")[0].lower(), ", ")
    found: list[str] = []
    for phrases, text in zip(names, said, strict=True):
        found.append(_other_than(found, written(joint.join(phrase.text for phrase in phrases) or _opening(text))))
    return found


def _is_lonely(names: Sequence[Phrase]) -> bool:
    """Whether all that names a chapter is a single word, which says little by itself."""
    return len(names) == 1 and len(names[0].words) == 1


def _opening(text: str) -> str:
    words = list(islice(WORD.finditer(text), OPENING_WORDS))
    return text[: words[-1].end()].rstrip(" ,.;:") if words else text


def _other_than(names: Sequence[str], name: str) -> str:
    return name if name not in names else next(other for i in count(2) if (other := f"{name} ({i})") not in names)


def _scores(
    phrases: Sequence[Phrase],
    chapter_of: NDArray[numpy.intp],
    shares: NDArray[numpy.floating],
    likeness: NDArray[numpy.floating],
) -> NDArray[numpy.float64]:
    """What each phrase is worth as the name of each chapter, shape (phrases, chapters)."""
    scores = numpy.zeros((len(phrases), len(shares)))
    for i, phrase in enumerate(phrases):
        counts = numpy.bincount(chapter_of[list(phrase.places)], minlength=len(shares))
        distinctive = numpy.log2(1 + counts / len(phrase.places) / shares)
        scores[i] = worth([phrase], counts, likeness[i]) * distinctive
    return scores


def _best_first(scores: NDArray[numpy.float64]) -> Iterator[tuple[int, int]]:
    for place in numpy.argsort(-scores, axis=None, kind="stable"):
        phrase, chapter = divmod(int(place), scores.shape[1])
        if scores[phrase, chapter] <= 0:
            return
        yield phrase, chapter
