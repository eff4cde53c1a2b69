"""What the scheduler repeats: ring again for waiting work, give up on what stalled, clear what nobody refers to."""

import logging
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import ARRAY, String, any_, delete, func, literal, select, update
from sqlalchemy.orm import Session

from db import on_commit
from errors import Stalled
from handlers.processing import UNFINISHED, give_up_understanding, queue_of
from handlers.transcriptions import audio_keys, fail
from handlers.uploads import UPLOADS_KEPT_FOR
from jobs.queues import QueueName, enqueue, waiting
from models import Media, Stage, Status, Transcription, Upload
from runtime import store

log = logging.getLogger(__name__)

# What was queued at its commit gets this long to be claimed; what waits for another try has only the sweep.
RUNG_ALREADY = timedelta(seconds=5)
GIVE_UP_AFTER = timedelta(hours=24)
HEADERS_KEPT_FOR = timedelta(hours=24)
ORPHAN_AGE_SECONDS = 2 * 3600
UNFINISHED_FOR_SECONDS = UPLOADS_KEPT_FOR.total_seconds() + 3600  # By then its row is gone.
AT_ONCE = 1000


def ring_for_waiting(session: Session) -> int:
    """Queue again every due transcription that no worker holds and no queue knows; how many those were.

    This is what mends a lost doorbell: a Redis that was emptied, a crash between commit and enqueue, a dead worker.
    """
    now = func.clock_timestamp()
    # What waits for another try or for its provider was not queued when it was put off.
    put_off = (Transcription.tries > 0) | Transcription.provider_state.is_not(None)
    rows = session.execute(
        select(Transcription.public_id, Transcription.stage, Transcription.pipeline_code)
        .where(
            UNFINISHED,
            (Transcription.due_at <= now - RUNG_ALREADY) | (put_off & (Transcription.due_at <= now)),
            (Transcription.lease_until.is_(None)) | (Transcription.lease_until < now),
        )
        .order_by(Transcription.due_at)
        .limit(AT_ONCE)
    ).all()
    by_queue: dict[QueueName, list[str]] = {}
    for row in rows:
        by_queue.setdefault(queue_of(row.stage, row.pipeline_code), []).append(row.public_id)
    rung = 0
    for queue, ids in by_queue.items():
        known = waiting(queue)
        for public_id in ids:
            if public_id not in known:
                enqueue(queue, public_id)
                rung += 1
    return rung


def fail_stalled(session: Session) -> None:
    """Nothing stays unfinished for more than a day."""
    old = (
        select(Transcription)
        .where(Transcription.status == Status.PROCESSING, Transcription.created_at < func.now() - GIVE_UP_AFTER)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    for transcription in session.scalars(old):
        if transcription.stage is Stage.UNDERSTANDING:
            give_up_understanding(session, transcription)
        else:
            fail(session, transcription, code=Stalled.code, message=Stalled.default_message)


def delete_unused_uploads(session: Session) -> None:
    """Forget uploads that nobody used for a day; their objects, if any, go with the orphans, loose parts at once."""
    old = delete(Upload).where(Upload.created_at < func.now() - UPLOADS_KEPT_FOR)
    forgotten = session.execute(old.returning(Upload.object_key, Upload.multipart_id, Upload.used_at)).all()
    loose = [(key, multipart_id) for key, multipart_id, used_at in forgotten if multipart_id and used_at is None]
    on_commit(session, lambda: abort_multiparts(loose))


def abort_multiparts(multiparts: Iterable[tuple[str, str]]) -> None:
    """Drop the parts of uploads that were never put together, by key and the store's id."""
    for key, multipart_id in multiparts:
        store().abort_multipart(key, multipart_id)


def drop_unfinished_uploads(session: Session) -> int:
    """Drop what began to arrive more than a day ago and belongs to no row any more, if it ever did; how many."""
    return store().drop_unfinished(UNFINISHED_FOR_SECONDS)


def forget_url_headers(session: Session) -> None:
    """Drop the headers for private sources of what failed a day ago; until then they serve a retry."""
    session.execute(
        update(Transcription)
        .where(Transcription.url_headers.is_not(None), Transcription.completed_at < func.now() - HEADERS_KEPT_FOR)
        .values(url_headers=None)
        .execution_options(synchronize_session=False)
    )


def delete_orphans(session: Session) -> int:
    """Delete stored objects that no row refers to: what a crash between storing and committing left. How many."""
    media_keys = [*store().keys("media/", ORPHAN_AGE_SECONDS), *store().keys("uploads/", ORPHAN_AGE_SECONDS)]
    # One array, since a statement takes no more than 65 535 parameters and a store may hold more objects.
    listed = any_(literal(media_keys, ARRAY(String)))
    kept = set(session.scalars(select(Media.object_key).where(Media.object_key == listed)))
    kept |= set(session.scalars(select(Upload.object_key).where(Upload.object_key == listed)))
    processing = session.scalars(select(Transcription.public_id).where(Transcription.status == Status.PROCESSING))
    at_work = set(processing)
    kept |= {key for public_id in at_work for key in audio_keys(public_id)}
    parts = [key for key in store().keys("provider/", ORPHAN_AGE_SECONDS) if key.split("/")[1] not in at_work]
    orphans = [key for key in [*media_keys, *store().keys("audio/", ORPHAN_AGE_SECONDS), *parts] if key not in kept]
    for key in orphans:
        store().delete(key)
    return len(orphans)
