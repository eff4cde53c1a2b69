"""Notes that a language model takes of a part of a transcript, as far as the transcript bears them out.

The times of a point are those of the sentence that the model names for it; a point that names none is dropped. A key
phrase counts only where it is heard, and an owner only where the name is or the label speaks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, Field

from insights.artifacts import ActionItem, Bullet
from insights.extraction.sentences import Sentence
from insights.search.lexemes import searchable, sought
from insights.writing.listings import RULES
from insights.writing.prose import STYLE, cleaned, in_language

MOST_POINTS = 8
MOST_ACTION_ITEMS = 5
MOST_PHRASES = 5
POINT_CHARACTERS = 240
PHRASE_CHARACTERS = 60
NOTES_TOKENS = 1200

INSTRUCTIONS = (
    f"You take notes of a part of a recording. {RULES} Give as points, at most {{most_points}}, what weighs most: what"
    " is decided, found, explained or told. A point is one sentence of at most 25 words, with the number of the line"
    f" that it comes from. Give as action items, at most {MOST_ACTION_ITEMS}, only what somebody is asked to do or"
    " promises to do, each with the number of its line, and as its owner the name or label of who is to do it, null"
    f" where that is not plain. Give as key phrases, at most {MOST_PHRASES}, two to four words that say what it is"
    f" about, as they were said. {STYLE} "
)


class _Point(BaseModel):
    text: str
    line: int = Field(description="The number in brackets before the line it comes from")


class _ActionItem(_Point):
    owner: str | None


P = TypeVar("P", bound=_Point)


class Notes(BaseModel):
    points: list[_Point]
    action_items: list[_ActionItem]
    key_phrases: list[str]


@dataclass(frozen=True, slots=True)
class BorneOut:
    """What holds of notes. `phrases` says how often each key phrase is heard."""

    bullets: Sequence[Bullet]
    action_items: Sequence[ActionItem]
    phrases: Mapping[str, int]


def instructions(most_points: int, language: str | None) -> str:
    return INSTRUCTIONS.format(most_points=most_points) + in_language(language)


def borne_out(notes: Notes, sentences: Mapping[int, Sentence], most_points: int) -> BorneOut:
    """What holds of notes, by the sentences that they were taken of under their numbers."""
    heard = f" {searchable(' '.join(each.text for each in sentences.values()))} "
    labels = {each.speaker for each in sentences.values()}
    bullets = [Bullet(text, at.start, at.end) for text, at, _ in _placed(notes.points[:most_points], sentences)]
    action_items = [
        ActionItem(text, _owner(each.owner, labels, heard), at.start, at.end)
        for text, at, each in _placed(notes.action_items[:MOST_ACTION_ITEMS], sentences)
    ]
    phrases = {
        each: _times(each, heard)
        for each in (cleaned(each, PHRASE_CHARACTERS) for each in notes.key_phrases[:MOST_PHRASES])
    }
    return BorneOut(
        sorted(bullets, key=lambda each: each.start),
        sorted(action_items, key=lambda each: each.start),
        {phrase: times for phrase, times in phrases.items() if times},
    )


def _placed(points: Iterable[P], sentences: Mapping[int, Sentence]) -> Iterator[tuple[str, Sentence, P]]:
    """The text of each point that says something and names a sentence, that sentence, and the point."""
    for point in points:
        text, sentence = cleaned(point.text, POINT_CHARACTERS), sentences.get(point.line)
        if text and sentence:
            yield text, sentence, point


def _owner(name: str | None, labels: set[str | None], heard: str) -> str | None:
    owner = cleaned(name or "", PHRASE_CHARACTERS)
    return owner if owner in labels or _times(owner, heard) else None


def _times(phrase: str, heard: str) -> int:
    """How often the words of a phrase follow each other in searchable text between spaces."""
    words = " ".join(sought(phrase))
    return heard.count(f" {words} ") if words else 0
