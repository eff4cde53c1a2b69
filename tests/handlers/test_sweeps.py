"""What the scheduler mends: lost doorbells, stalled work, orphaned objects (P8, P9, P12)."""

import os
import shutil
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

import db
from handlers import processing, sweeps
from handlers.transcriptions import audio_keys
from handlers.uploads import create_upload
from jobs import queues
from jobs.queues import DUE, QueueName
from models import Account, Stage, Status, StoreRound, Transcription, Upload
from runtime import store
from storage import StoreUnavailable
from tests.factories import commit, make_media, make_transcription

OLD = timedelta(minutes=1)


def queued(session: Session, account: Account, **values: object) -> Transcription:
    """Accepted a minute ago."""
    due_at = session.scalars(select(func.now() - OLD)).one()
    return make_transcription(session, account, due_at=due_at, **values)


def test_P09_what_redis_lost_is_rung_again(session: Session, alice: Account) -> None:
    queued(session, alice)
    queued(session, alice, stage=Stage.TRANSCRIBING)

    commit(session, sweeps.ring_for_waiting)

    assert queues.waiting(QueueName.FETCH) == queues.waiting(QueueName.TRANSCRIBE) == {DUE}
    assert queues.waiting(QueueName.UNDERSTAND) == set()


def test_what_is_rung_for_is_not_rung_twice(session: Session, alice: Account) -> None:
    queued(session, alice)

    for _ in range(2):
        commit(session, sweeps.ring_for_waiting)

    assert queues.queue(QueueName.FETCH).count == 1


def test_what_a_worker_holds_is_not_rung(session: Session, alice: Account) -> None:
    transcription = queued(session, alice)
    processing.claim(session, transcription.public_id, Stage.FETCHING, "w")

    assert sweeps.ring_for_waiting(session) == []


def test_P09_a_lapsed_lease_is_rung(session: Session, alice: Account) -> None:
    transcription = queued(session, alice)
    processing.claim(session, transcription.public_id, Stage.FETCHING, "w")
    session.execute(update(Transcription).values(lease_until=func.now() - OLD))

    assert sweeps.ring_for_waiting(session) == [QueueName.FETCH]


@pytest.mark.parametrize(("seconds_ago", "rung"), [(-5, []), (1, [QueueName.FETCH])])
def test_another_try_is_rung_when_it_is_due(
    session: Session, alice: Account, seconds_ago: int, rung: list[QueueName]
) -> None:
    due_at = session.scalars(select(func.clock_timestamp() - timedelta(seconds=seconds_ago))).one()
    make_transcription(session, alice, due_at=due_at, tries=1)

    assert sweeps.ring_for_waiting(session) == rung


def test_what_is_final_is_not_rung(session: Session, alice: Account) -> None:
    for status in (Status.COMPLETED, Status.FAILED):
        queued(session, alice, status=status)

    assert sweeps.ring_for_waiting(session) == []


def test_what_stands_in_the_wrong_line_is_moved(session: Session, alice: Account) -> None:
    """As a program of an earlier release leaves it, or a provider whose key is no longer set."""
    right = queued(session, alice, queue="fetch")
    wrong = queued(session, alice, stage=Stage.TRANSCRIBING, queue="provide")
    final = queued(session, alice, status=Status.COMPLETED, queue="poll")

    assert sweeps.mend_lines(session) == 1

    session.expire_all()
    assert (right.queue, wrong.queue, final.queue) == ("fetch", "transcribe", "poll")
    assert sweeps.ring_for_waiting(session) == [QueueName.FETCH, QueueName.TRANSCRIBE]
    assert sweeps.mend_lines(session) == 0


def test_P12_nothing_stays_unfinished_for_more_than_a_day(session: Session, alice: Account) -> None:
    now = session.scalars(select(func.now())).one()
    stalled = make_transcription(session, alice, created_at=now - timedelta(hours=25), quoted_microusd=5)
    young = make_transcription(session, alice, created_at=now - timedelta(hours=23))
    processing.claim(session, stalled.public_id, Stage.FETCHING, "w")

    sweeps.fail_stalled(session)

    session.refresh(stalled)
    assert (stalled.status, stalled.error_code, stalled.charged_microusd) == (Status.FAILED, "stalled", 0)
    assert stalled.lease_token is None
    assert young.status is Status.PROCESSING


def test_P12_what_was_finished_long_ago_stays_as_it_is(session: Session, alice: Account) -> None:
    now = session.scalars(select(func.now())).one()
    done = make_transcription(session, alice, created_at=now - timedelta(days=3), status=Status.COMPLETED)

    sweeps.fail_stalled(session)

    assert done.status is Status.COMPLETED


@pytest.fixture
def old_file(tmp_path: Path, session: Session) -> Path:
    """A file last written three hours ago, and an empty store."""
    for key in [*store().keys("media/"), *store().keys("audio/"), *store().keys("uploads/")]:
        store().delete(key)
    path = tmp_path / "object"
    path.write_bytes(b"x")
    os.utime(path, (time.time() - 3 * 3600,) * 2)
    return path


def swept(session: Session, **how: Any) -> int:
    """How many orphans a run of the sweep deletes, though the last round may have ended just now."""
    found = 0

    def sweep(inner: Session) -> None:
        nonlocal found
        found = sweeps.delete_orphans(inner, **{"rests": timedelta(0), **how})

    commit(session, sweep)
    return found


@pytest.mark.parametrize(
    "key", ["media/orphan", "audio/tr_gone.s16le", "audio/tr_gone.turns.json", "provider/tr_gone/a", "uploads/acct_1/a"]
)
def test_an_object_that_no_row_refers_to_is_deleted(session: Session, old_file: Path, key: str) -> None:
    store().put_file(key, old_file)

    assert swept(session) == 1
    assert store().size_bytes(key) is None


def test_what_is_not_ours_is_left_alone(session: Session, old_file: Path) -> None:
    store().put_file("letters/1", old_file)

    assert swept(session) == 0
    assert store().size_bytes("letters/1") == 1
    store().delete("letters/1")


def test_a_young_object_may_still_get_its_row(session: Session, old_file: Path) -> None:
    os.utime(old_file)
    store().put_file("media/young", old_file)

    assert swept(session) == 0


def test_an_object_with_a_row_is_kept(session: Session, alice: Account, old_file: Path, store_root: Path) -> None:
    media = make_media(session, alice)
    os.utime(store_root / media.object_key, (0, 0))

    assert swept(session) == 0


def test_a_large_store_is_gone_through_a_piece_at_a_time(session: Session, alice: Account, old_file: Path) -> None:
    kept = make_media(session, alice).object_key
    keys = [f"media/{number:02}" for number in range(7)]
    for key in keys:
        copy = old_file.with_name("copy")
        shutil.copy2(old_file, copy)
        store().put_file(key, copy)

    # Of three keys each; the last piece tells that the round is over, and the next begins anew.
    assert [swept(session, at_once=3) for _ in range(4)] == [3, 3, 1, 0]
    assert list(store().keys("media/")) == [kept]


def test_after_a_round_the_store_is_left_alone_for_an_hour(session: Session, old_file: Path) -> None:
    assert swept(session) == 0
    store().put_file("media/orphan", old_file)

    assert swept(session, rests=timedelta(hours=1)) == 0
    session.execute(update(StoreRound).values(ended_at=func.now() - timedelta(minutes=61)))

    assert swept(session, rests=timedelta(hours=1)) == 1


def test_a_store_that_does_not_answer_is_asked_again_at_the_same_place(
    session: Session, old_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away:
        def keys_in_order(self, **_: object) -> None:
            raise StoreUnavailable

    store().put_file("media/orphan", old_file)
    with monkeypatch.context() as patch:
        patch.setattr(sweeps, "store", Away)
        with pytest.raises(StoreUnavailable):
            swept(session)

    assert swept(session) == 1


@pytest.mark.parametrize(("status", "kept"), [(Status.PROCESSING, True), (Status.FAILED, False)])
def test_decoded_audio_is_kept_while_processing(
    session: Session, alice: Account, old_file: Path, status: Status, kept: bool
) -> None:
    for key in audio_keys(make_transcription(session, alice, status=status).public_id):
        copy = old_file.with_name("copy")
        shutil.copy2(old_file, copy)
        store().put_file(key, copy)

        swept(session)

        assert (store().size_bytes(key) is not None) is kept


def test_P08_work_survives_an_emptied_redis(session: Session, alice: Account) -> None:
    transcription = queued(session, alice)
    queues.enqueue(QueueName.FETCH, transcription.public_id)
    session.commit()
    queues.connection().flushall()

    with db.transaction() as inner:
        sweeps.ring_for_waiting(inner)

    assert queues.waiting(QueueName.FETCH) == {DUE}


def test_headers_for_a_private_source_serve_a_retry_for_a_day_and_no_longer(session: Session, alice: Account) -> None:
    now = session.scalars(select(func.now())).one()
    ages = (timedelta(hours=23), timedelta(hours=25))
    young, old = (
        make_transcription(
            session, alice, status=Status.FAILED, completed_at=now - age, url_headers={"Authorization": "secret"}
        )
        for age in ages
    )

    sweeps.forget_url_headers(session)
    session.expire_all()

    assert young.url_headers is not None
    assert old.url_headers is None


def begun_upload(session: Session, account: Account, *, hours_ago: int) -> Upload:
    """An upload in parts, to which nothing has come yet."""
    upload = create_upload(
        session, account, filename="a", content_type="audio/wav", size_bytes=9, sha256=None, multipart=True
    )
    upload.created_at = session.scalars(select(func.now())).one() - timedelta(hours=hours_ago)
    session.commit()
    return upload


def test_the_parts_of_an_upload_that_nobody_finished_go_with_its_row(session: Session, alice: Account) -> None:
    old, young = (begun_upload(session, alice, hours_ago=hours) for hours in (25, 23))

    with db.transaction() as inner:
        sweeps.delete_unused_uploads(inner)

    assert session.scalars(select(Upload.public_id)).all() == [young.public_id]
    assert store().arrived_parts(young.object_key, str(young.multipart_id)) == []
    with pytest.raises(KeyError):
        store().arrived_parts(old.object_key, str(old.multipart_id))


def test_parts_without_a_row_go_after_a_day(session: Session, alice: Account, store_root: Path) -> None:
    lost, young = (begun_upload(session, alice, hours_ago=0) for _ in range(2))
    leftover = store_root / "incoming" / "leftover"
    leftover.write_bytes(b"x")
    for path in (leftover, store_root / "incoming" / str(lost.multipart_id)):
        os.utime(path, (time.time() - 26 * 3600,) * 2)

    assert sweeps.drop_unfinished_uploads(session) == 2

    assert not leftover.exists()
    assert store().arrived_parts(young.object_key, str(young.multipart_id)) == []
    with pytest.raises(KeyError):
        store().arrived_parts(lost.object_key, str(lost.multipart_id))
