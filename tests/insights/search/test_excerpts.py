"""What is shown of hits, out of the segments that are stored."""

from collections.abc import Iterator

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from insights.search.excerpts import Excerpt, excerpts
from insights.search.passages import Stretch
from insights.search.retrieval import Hit, Looked, Question, terms_of
from insights.search.sources import with_segments
from models import Transcription
from tests import factories
from tests.insights.search.test_passages import segment

PRICE = "The price is twelve euros."
SAID = ["Good morning.", PRICE, "Who says so? Somebody who knows prices."]


@pytest.fixture
def transcription(session: Session) -> Transcription:
    """Three segments of ten seconds each."""
    transcription = factories.make_transcription(session, factories.make_account(session))
    session.add_all(segment(i, said, transcription_id=transcription.id, speaker="S1") for i, said in enumerate(SAID))
    session.flush()
    return transcription


@pytest.fixture
def statements(session: Session) -> Iterator[list[str]]:
    """What the database is asked."""
    asked: list[str] = []

    def ask(connection: Connection, cursor: object, statement: str, *rest: object) -> None:
        asked.append(statement)

    event.listen(session.connection(), "before_cursor_execute", ask)
    yield asked
    event.remove(session.connection(), "before_cursor_execute", ask)


def hit(transcription: Transcription, first: int = 0, last: int = 2, *, first_char: int = 0) -> Hit:
    start = 10.0 * first + (3.0 if first_char else 0.0)
    stretch = Stretch(first, first_char, last, len(SAID[last]), start, 10.0 * last + 10)
    return Hit(transcription.id, stretch, 0.5, 0.5, 1.0)


def shown(session: Session, asked: str, *hits: Hit) -> list[Excerpt]:
    terms = terms_of(session, Question(asked, None, ["english"]))
    looked = Looked(terms, [], [1.0] * len(terms.words), [], 0)
    return excerpts(session, looked, with_segments(session, hits), ["english"])


def test_the_segment_with_most_of_the_question_is_shown_with_its_words_marked(
    session: Session, transcription: Transcription
) -> None:
    [excerpt] = shown(session, "How many euros is the price?", hit(transcription))

    assert (excerpt.segment, excerpt.text, excerpt.speaker) == (1, PRICE, "S1")
    assert (excerpt.start, excerpt.end) == (10.0, 20.0)
    assert [PRICE[first:after] for first, after in excerpt.highlights] == ["price", "euros"]


def test_of_a_hit_without_words_of_the_question_the_longest_segment_is_shown(
    session: Session, transcription: Transcription
) -> None:
    [excerpt] = shown(session, "Cost?", hit(transcription))

    assert (excerpt.segment, excerpt.highlights) == (2, [])


def test_of_a_segment_that_goes_on_beyond_the_hit_the_part_within_is_shown(
    session: Session, transcription: Transcription
) -> None:
    [excerpt] = shown(session, "prices", hit(transcription, 2, 2, first_char=13))

    assert excerpt.text == "Somebody who knows prices."
    assert (excerpt.start, excerpt.end) == (23.0, 30.0)
    assert [excerpt.text[first:after] for first, after in excerpt.highlights] == ["prices"]


def test_many_hits_take_no_more_queries_than_one(
    session: Session, transcription: Transcription, statements: list[str]
) -> None:
    shown(session, "price", hit(transcription))
    for_one = len(statements)
    shown(session, "price", *[hit(transcription, i, i) for i in range(3)] * 10)

    assert len(statements) == 2 * for_one


def test_a_hit_whose_segments_are_gone_is_not_shown(session: Session, transcription: Transcription) -> None:
    gone = Hit(transcription.id + 1, hit(transcription).stretch, 0.5, 0.5, 1.0)

    assert [each.hit for each in shown(session, "price", gone, hit(transcription))] == [hit(transcription)]
    assert shown(session, "price") == []
