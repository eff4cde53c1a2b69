"""What the scheduler repeats: ring again for waiting work, give up on what stalled, clear what nobody refers to."""

import logging
from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import ARRAY, String, any_, delete, func, literal, select, tuple_, update
from sqlalchemy.orm import Session

from db import now, on_commit
from errors import Stalled
from handlers.lines import IS_UNFINISHED, LINES, ring_for_next
from handlers.processing import give_up_understanding, queue_of
from handlers.transcriptions import fail
from handlers.uploads import UPLOADS_KEPT_FOR
from jobs.queues import QueueName
from models import Media, Stage, Status, StoreRound, Transcription, Upload
from runtime import store

log = logging.getLogger(__name__)

GIVE_UP_AFTER = timedelta(hours=24)
HEADERS_KEPT_FOR = timedelta(hours=24)
ORPHANS, ORPHAN_AGE_SECONDS, ORPHANS_EVERY = "orphans", 2 * 3600, timedelta(hours=1)
KEYS_AT_ONCE = 2000
OF_WORK = ("audio/", "provider/")  # Needed while a transcription is processing.
OURS = ("media/", "uploads/", *OF_WORK)
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


def delete_orphans(
    session: Session,
    *,
    older_than_seconds: float = ORPHAN_AGE_SECONDS,
    rests: timedelta = ORPHANS_EVERY,
    at_once: int = KEYS_AT_ONCE,
) -> int:
    """Delete stored objects that no row refers to: what a crash between storing and committing left. How many.

    Looks at the next so many keys of the store, in their order, and remembers where to go on, so that each run costs
    the same however large the store is; a round that has come to the end rests until the next.
    """
    round_ = session.get(StoreRound, ORPHANS, with_for_update=True) or StoreRound(name=ORPHANS, after="")
    if round_.after == "" and round_.ended_at is not None and round_.ended_at > now(session) - rests:
        return 0
    found = store().keys_in_order(after=round_.after, most=at_once, older_than_seconds=older_than_seconds)
    kept = _kept(session, found.keys)
    orphans = [key for key in found.keys if key.startswith(OURS) and key not in kept]
    round_.after = found.last or ""
    if found.last is None:
        round_.ended_at = now(session)
    session.add(round_)
    # The database does not wait for the store. What is not deleted now is found in the next round.
    on_commit(session, lambda: _delete(orphans))
    return len(orphans)


def _kept(session: Session, keys: Sequence[str]) -> set[str]:
    """Those keys that something still needs."""
    # One array, since a statement takes no more than 65 535 parameters.
    listed = any_(literal(keys, ARRAY(String)))
    kept = set(session.scalars(select(Media.object_key).where(Media.object_key == listed)))
    kept |= set(session.scalars(select(Upload.object_key).where(Upload.object_key == listed)))
    of_work = {key: _transcription_of(key) for key in keys if key.startswith(OF_WORK)}
    is_named = Transcription.public_id == any_(literal(sorted(set(of_work.values())), ARRAY(String)))
    at_work = set(
        session.scalars(select(Transcription.public_id).where(is_named, Transcription.status == Status.PROCESSING))
    )
    return kept | {key for key, public_id in of_work.items() if public_id in at_work}


def _transcription_of(key: str) -> str:
    """Whose work an object serves: `audio/tr_1.s16le` and `provider/tr_1/answer` that of `tr_1`."""
    return key.split("/")[1].partition(".")[0]


def _delete(keys: Iterable[str]) -> None:
    for key in keys:
        store().delete(key)
