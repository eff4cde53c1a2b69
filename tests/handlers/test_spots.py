"""Where a text stands in a transcript, and which words are unsure."""

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from handlers import spots
from handlers.spots import Spots, occurrences, unsure_words
from models import Account, Segment, Transcription
from speech.editing.replacing import Pattern
from tests.factories import make_completed

TEXTS = ["Good morning to you.", "A good day, a very good day.", "Nothing here."]


@pytest.fixture
def talk(session: Session, alice: Account) -> Transcription:
    return make_completed(session, alice, texts=TEXTS)


def shown(found: Spots) -> list[tuple[int, str]]:
    return [(line.number, line.text[first:after]) for line in found.lines for first, after in line.spans]


def test_a_text_is_found_in_any_case_with_the_time_of_its_word(session: Session, talk: Transcription) -> None:
    found = occurrences(session, talk, Pattern("good day"))
    assert shown(found) == [(1, "good day"), (1, "good day")]
    # Seven words share the five seconds of the line; the second and the sixth are found.
    assert [spot.start for spot in found.lines[0].spots] == pytest.approx([5 + 5 / 7, 5 + 25 / 7])
    assert [number for number, _ in shown(occurrences(session, talk, Pattern("GOOD")))] == [0, 1, 1]


def test_what_is_not_timed_is_found_at_its_line(session: Session, talk: Transcription) -> None:
    session.execute(update(Segment).where(Segment.number == 1).values(words=None))
    assert [spot.start for spot in occurrences(session, talk, Pattern("very")).lines[0].spots] == [5.0]


def test_all_are_counted_and_not_too_many_shown(
    session: Session, talk: Transcription, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spots, "MOST", 1)
    found = occurrences(session, talk, Pattern("good"))
    assert (found.count, found.shown_count) == (3, 1)


def test_words_of_little_confidence_are_unsure(session: Session, talk: Transcription) -> None:
    words = [[0.0, 1.0, "Good", 0.9], [1.0, 2.0, "morning", 0.31], [2.0, 3.0, "to", None], [3.0, 4.0, "you.", 0.5]]
    session.execute(update(Segment).where(Segment.number == 0).values(words=words))
    found = unsure_words(session, talk)
    assert shown(found) == [(0, "morning")]
    assert found.lines[0].spots[0].start == 1.0


def test_where_every_word_is_sure_there_are_none(session: Session, talk: Transcription) -> None:
    assert unsure_words(session, talk) == Spots(0, [])
