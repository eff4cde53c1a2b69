"""The trash: found nowhere else, back as it was, and gone for good after thirty days."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from billing.audit import audit
from errors import NotFound
from handlers import search, transcriptions, trash
from handlers.library import Filters, list_transcriptions
from handlers.questions import list_questions, put_question
from models import (
    Account,
    ArtifactKind,
    ArtifactStatus,
    Citation,
    Passage,
    Segment,
    Status,
    Transcription,
)
from runtime import store
from tests.factories import commit, make_completed, make_media, make_transcription


def listed(session: Session, account: Account) -> list[str]:
    page = list_transcriptions(session, account, Filters(), limit=10, cursor=None)
    return [row.public_id for row in page.rows]


def in_the_trash(session: Session, account: Account) -> list[str]:
    return [row.public_id for row in trash.list_trash(session, account, limit=10, cursor=None).rows]


def age(session: Session, transcription: Transcription, days: float) -> None:
    session.execute(
        update(Transcription)
        .where(Transcription.id == transcription.id)
        .values(trashed_at=func.now() - timedelta(days=days))
    )


def test_what_is_trashed_is_found_nowhere_but_in_the_trash(session: Session, alice: Account) -> None:
    kept, unwanted = make_completed(session, alice), make_completed(session, alice)
    gone = unwanted.public_id

    trash.trash_transcription(session, alice, gone)

    assert listed(session, alice) == [kept.public_id]
    assert in_the_trash(session, alice) == [gone]
    for look in (transcriptions.get_transcription, transcriptions.completed_transcription):
        with pytest.raises(NotFound):
            look(session, alice, gone)
    with pytest.raises(NotFound):
        search.check_owned(session, alice, [gone])


def test_what_the_search_knew_goes_at_once_and_is_made_anew(session: Session, alice: Account) -> None:
    transcription = make_completed(session, alice)
    session.add(
        Passage(
            account_id=alice.id,
            transcription_id=transcription.id,
            ordinal=0,
            first_segment=0,
            first_char=0,
            last_segment=0,
            after_char=5,
            start=0.0,
            end=5.0,
            speakers=[],
            words="'hello':1",
        )
    )
    session.flush()

    trash.trash_transcription(session, alice, transcription.public_id)
    assert session.scalars(select(Passage.id)).all() == []
    session.expire_all()

    restored = trash.restore_transcription(session, alice, transcription.public_id)
    statuses = {artifact.kind: artifact.status for artifact in restored.artifacts}
    assert statuses[ArtifactKind.SEARCH] is ArtifactStatus.PENDING
    assert statuses[ArtifactKind.CHAPTERS] is ArtifactStatus.READY
    assert restored.to_understand


def test_a_restored_one_is_as_it_was(session: Session, alice: Account) -> None:
    transcription = make_completed(session, alice, media_id=make_media(session, alice).id)
    trash.trash_transcription(session, alice, transcription.public_id)

    restored = trash.restore_transcription(session, alice, transcription.public_id)

    assert restored.trashed_at is None
    assert restored.media is not None
    assert len(transcriptions.segments(session, restored)) == 2
    assert listed(session, alice) == [transcription.public_id]


def test_a_processing_one_is_canceled_first_and_costs_nothing(session: Session, alice: Account) -> None:
    transcription = make_transcription(session, alice, quoted_microusd=900, duration_seconds=10.8)

    trashed = trash.trash_transcription(session, alice, transcription.public_id)

    assert (trashed.status, trashed.error_code) == (Status.FAILED, "canceled")
    assert audit(session) == []


def test_a_question_goes_into_the_trash_with_what_its_answer_quotes(session: Session, alice: Account) -> None:
    transcription = make_completed(session, alice)
    question = put_question(session, alice, "Who is greeted?")
    question.answered_at = session.scalar(select(func.now()))
    session.add(
        Citation(
            question_id=question.id,
            number=0,
            transcription_id=transcription.id,
            first_segment=0,
            last_segment=0,
            start=0.0,
            end=5.0,
            quote="Hello there.",
        )
    )
    session.flush()

    trash.trash_transcription(session, alice, transcription.public_id)
    assert list_questions(session, alice, limit=10).rows == []

    trash.restore_transcription(session, alice, transcription.public_id)
    assert [row.id for row in list_questions(session, alice, limit=10).rows] == [question.id]


def test_after_thirty_days_it_is_deleted_for_good(session: Session, alice: Account) -> None:
    media = make_media(session, alice)
    old, young = make_completed(session, alice, media_id=media.id), make_completed(session, alice)
    for each in (old, young):
        trash.trash_transcription(session, alice, each.public_id)
    age(session, old, 30.1)
    age(session, young, 29.9)

    key = media.object_key
    commit(session, trash.remove_expired_trash)

    assert store().size_bytes(key) is None
    assert in_the_trash(session, alice) == [young.public_id]
    assert session.scalars(select(Transcription.id)).all() == [young.id]
    assert set(session.scalars(select(Segment.transcription_id))) == {young.id}


def test_what_is_too_old_is_gone_even_before_the_sweep(session: Session, alice: Account) -> None:
    transcription = make_completed(session, alice)
    trash.trash_transcription(session, alice, transcription.public_id)
    age(session, transcription, 30.1)

    assert in_the_trash(session, alice) == []
    with pytest.raises(NotFound):
        trash.restore_transcription(session, alice, transcription.public_id)


def test_an_emptied_trash_shows_nothing_and_the_sweep_takes_it(
    session: Session, alice: Account, charlie: Account
) -> None:
    hers, his = make_completed(session, alice), make_completed(session, charlie)
    trash.trash_transcription(session, alice, hers.public_id)
    trash.trash_transcription(session, charlie, his.public_id)

    trash.empty_trash(session, alice)
    assert (in_the_trash(session, alice), in_the_trash(session, charlie)) == ([], [his.public_id])

    trash.remove_expired_trash(session)
    assert session.scalars(select(Transcription.id)).all() == [his.id]


def test_it_can_be_deleted_for_good_at_once(session: Session, alice: Account) -> None:
    transcription = make_completed(session, alice)
    trash.trash_transcription(session, alice, transcription.public_id)

    transcriptions.delete_transcription(session, alice, transcription.public_id)

    assert session.scalars(select(Transcription.id)).all() == []


def test_charlie_neither_trashes_nor_restores_what_is_alices(
    session: Session, alice: Account, charlie: Account
) -> None:
    kept, trashed = make_completed(session, alice), make_completed(session, alice)
    trash.trash_transcription(session, alice, trashed.public_id)

    for verb, transcription in (
        (trash.trash_transcription, kept),
        (trash.restore_transcription, trashed),
        (trash.trashed_transcription, trashed),
        (transcriptions.delete_transcription, trashed),
        (transcriptions.delete_media, kept),
    ):
        with pytest.raises(NotFound):
            verb(session, charlie, transcription.public_id)
