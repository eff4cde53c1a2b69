"""Many at once: each that can be done is, and of the others it is said why not."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from errors import NotFound
from handlers import selections
from handlers.selections import Outcome, restore_many, retry_many, tag_many, trash_many
from handlers.transcriptions import get_transcription
from handlers.trash import trashed_with
from models import Account, Passage, Status, Transcription
from tests.factories import make_account, make_completed, make_transcription


def refusals(outcome: Outcome) -> list[tuple[str | None, str]]:
    return [(refusal.title, refusal.reason) for refusal in outcome.refused]


def test_what_goes_into_the_trash_together_comes_back_together(session: Session, alice: Account) -> None:
    alone = make_completed(session, alice, title="Alone")
    trash_many(session, alice, [alone.public_id])
    together = [make_completed(session, alice).public_id for _ in range(3)]

    assert sorted(trash_many(session, alice, together).done) == together
    assert sorted(row.public_id for row in trashed_with(session, alice, together[0])) == together

    assert sorted(restore_many(session, alice, together).done) == together
    assert all(get_transcription(session, alice, public_id) for public_id in together)
    assert trashed_with(session, alice, together[0]) == []


def test_those_at_work_are_canceled_on_their_way_into_the_trash(session: Session, alice: Account) -> None:
    processing, done = make_transcription(session, alice), make_completed(session, alice)

    trash_many(session, alice, [processing.public_id, done.public_id])

    assert (processing.status, processing.error_code) == (Status.FAILED, "canceled")
    assert processing.trashed_at == done.trashed_at
    assert session.query(Passage).count() == 0


def test_those_that_failed_are_tried_again_and_of_the_others_it_is_said_why_not(
    session: Session, alice: Account
) -> None:
    failed = make_transcription(session, alice, status=Status.FAILED, title="Failed")
    done = make_completed(session, alice, title="Done")

    outcome = retry_many(session, alice, [done.public_id, failed.public_id])

    assert outcome.done == [failed.public_id]
    assert refusals(outcome) == [("Done", "Only a failed transcription can be retried; this one is completed.")]
    assert session.query(Transcription).filter_by(status=Status.PROCESSING, title="Failed").count() == 1


def test_p18_what_cannot_be_paid_is_refused_one_by_one(session: Session) -> None:
    poor = make_account(session, top_up_microusd=0)
    ids = [make_transcription(session, poor, status=Status.FAILED).public_id for _ in range(2)]

    outcome = retry_many(session, poor, ids)

    assert (outcome.done, len(outcome.refused)) == ([], 2)
    assert session.query(Transcription).filter_by(status=Status.PROCESSING).count() == 0


ACTS: list[Callable[..., Outcome]] = [trash_many, restore_many, retry_many, tag_many]


@pytest.mark.parametrize("act", ACTS)
def test_charlie_can_do_nothing_with_alices(
    session: Session, alice: Account, charlie: Account, act: Callable[..., Outcome]
) -> None:
    hers = [make_completed(session, alice), make_transcription(session, alice, status=Status.FAILED)]
    ids = [row.public_id for row in hers]
    if act is restore_many:
        trash_many(session, alice, ids)
    more: dict[str, Any] = {"add": ["mine"]} if act is tag_many else {}

    outcome = act(session, charlie, [*ids, "tr_0"], **more)

    assert outcome.done == []
    assert refusals(outcome) == [(None, NotFound.default_message)] * 3
    assert session.query(Transcription).count() == 2


def test_each_counts_once_and_no_more_than_a_hundred_do(
    session: Session, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selections, "MOST", 2)
    ids = [make_completed(session, alice).public_id for _ in range(3)]

    assert len(trash_many(session, alice, [ids[0], ids[0], ids[1], ids[2]]).done) == 2
