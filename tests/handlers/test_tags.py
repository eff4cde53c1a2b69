"""Tags: unique whatever their case, at most twenty, kept with what they are on."""

import pytest
from sqlalchemy.orm import Session

from errors import Invalid
from handlers.selections import tag_many
from handlers.tags import MOST_TAGS, set_tags, tags_in_use
from handlers.transcriptions import delete_transcription, get_transcription, retry_transcription, update_transcription
from models import Account, Status, Tag, Transcription
from tests.factories import make_completed, make_transcription


@pytest.fixture
def talk(session: Session, alice: Account) -> Transcription:
    return make_completed(session, alice)


def tags_of(session: Session, account: Account, transcription: Transcription) -> list[str]:
    session.expire_all()
    return [tag.name for tag in get_transcription(session, account, transcription.public_id).tags]


def test_tags_that_differ_in_their_case_are_one_as_it_was_written_first(
    session: Session, alice: Account, talk: Transcription
) -> None:
    set_tags(session, talk, ["Sales", "sales", "Straße", "STRASSE", "e\u0301", "É"])

    assert tags_of(session, alice, talk) == ["Sales", "Straße", "e\u0301"]


def test_others_take_the_place_of_all_there_were(session: Session, alice: Account, talk: Transcription) -> None:
    update_transcription(session, alice, talk.public_id, tags=["b", "a"])
    changed = update_transcription(session, alice, talk.public_id, tags=["c", "B"])
    assert [tag.name for tag in changed.tags] == ["B", "c"]

    update_transcription(session, alice, talk.public_id, title="Renamed")
    assert tags_of(session, alice, talk) == ["B", "c"]


def test_more_than_twenty_are_refused_and_change_nothing(session: Session, alice: Account, talk: Transcription) -> None:
    set_tags(session, talk, ["kept"])

    with pytest.raises(Invalid, match="up to 20"):
        set_tags(session, talk, [str(number) for number in range(MOST_TAGS + 1)])

    assert tags_of(session, alice, talk) == ["kept"]


def test_a_retry_has_the_tags_too(session: Session, alice: Account) -> None:
    failed = make_transcription(session, alice, status=Status.FAILED)
    set_tags(session, failed, ["Sales"])
    session.expire_all()

    assert [tag.name for tag in retry_transcription(session, alice, failed.public_id).tags] == ["Sales"]


def test_tags_go_with_the_last_that_has_them(session: Session, alice: Account, talk: Transcription) -> None:
    set_tags(session, talk, ["sales"])
    other = make_completed(session, alice)
    set_tags(session, other, ["Sales"])

    delete_transcription(session, alice, talk.public_id)
    assert tags_in_use(session, alice) == ["Sales"]
    delete_transcription(session, alice, other.public_id)
    assert tags_in_use(session, alice) == []
    assert session.query(Tag).count() == 0


def test_many_are_tagged_but_those_that_are_full(session: Session, alice: Account, talk: Transcription) -> None:
    full = make_completed(session, alice, title="Full")
    set_tags(session, full, [str(number) for number in range(MOST_TAGS)])
    set_tags(session, talk, ["old"])

    outcome = tag_many(session, alice, [talk.public_id, full.public_id], add=["New", "old"], remove=["OLD"])

    assert outcome.done == [talk.public_id]
    assert [(refusal.title, "up to 20" in refusal.reason) for refusal in outcome.refused] == [("Full", True)]
    assert tags_of(session, alice, talk) == ["New", "old"]
    assert len(tags_of(session, alice, full)) == MOST_TAGS


def test_what_makes_room_lets_another_in(session: Session, alice: Account, talk: Transcription) -> None:
    set_tags(session, talk, [str(number) for number in range(MOST_TAGS)])

    assert tag_many(session, alice, [talk.public_id], add=["new"], remove=["0"]).refused == []
