"""What the scheduler repeats: ring again for waiting work, give up on what stalled, clear what nobody refers to."""

import logging
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import ARRAY, String, any_, delete, func, literal, select, tuple_, update
from sqlalchemy.orm import Session

from db import on_commit
from errors import Stalled
from handlers.lines import IS_UNFINISHED, LINES, ring_for_next
from handlers.processing import give_up_understanding, queue_of
from handlers.transcriptions import audio_keys, fail
from handlers.uploads import UPLOADS_KEPT_FOR
from jobs.queues import QueueName
from models import Media, Stage, Status, Transcription, Upload
from runtime import store

log = logging.getLogger(__name__)

GIVE_UP_AFTER = timedelta(hours=24)
HEADERS_KEPT_FOR = timedelta(hours=24)
ORPHAN_AGE_SECONDS = 2 * 3600
UNFINISHED_FOR_SECONDS = UPLOADS_KEPT_FOR.total_seconds() + 3600  # By then its row is gone.
AT_ONCE = 1000


def ring_for_waiting(session: Session) -> list[QueueName]:
    """Wake a worker at each queue where it is somebody's turn; which those were.

    This is what mends a lost doorbell: a Redis that was emptied, a crash between commit and bell, a dead worker. It
    also rings for what waited for its time.
    """
    return [queue for queue in LINES if ring_for_next(session, queue)]


def mend_lines(session: Session) -> int:
    """Put what is unfinished into the line where its stage and pipeline belong; how many stood elsewhere.

    That is so where a provider's key came or went, and where a program of an earlier release moved them.
    """
    where = (Transcription.stage, Transcription.pipeline_code, Transcription.queue)
    mended = 0
    for stage, code, queue in session.execute(select(*where).where(IS_UNFINISHED).distinct()).all():
        its = queue_of(stage, code)
        if its != queue:
            them = tuple_(*where) == tuple_(stage.value, code, queue)
            moved = update(Transcription).where(IS_UNFINISHED, them).values(queue=its.value)
            unseen = {"synchronize_session": False}
            mended += len(session.scalars(moved.returning(Transcription.id), execution_options=unseen).all())
    return mended


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
