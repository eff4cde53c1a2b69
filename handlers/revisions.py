"""The history of a transcript: what was done to it by hand, by whom, and the way back."""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from errors import Invalid
from handlers.stored_segments import as_columns, as_segment
from handlers.transcriptions import get_transcription
from models import Account, ApiKey, Revision, RevisionKind, Transcription
from speech.editing.splices import Splice, changed, inverse

# Of each transcript so many revisions are kept, the last ones, as far as they take no more room than this.
MOST_KEPT = 500
MOST_KEPT_BYTES = 64 * 1024**2

# By a speaker's label the name before and after; None is none.
Names = Mapping[str, tuple[str | None, str | None]]


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become a revision. `undoes` is the number of the one that it takes back."""

    kind: RevisionKind
    description: str
    splices: Sequence[Splice]
    names: Names = field(default_factory=dict)
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class WaysOn:
    """What undo and redo would take back now, None where there is nothing."""

    undo: Revision | None = None
    redo: Revision | None = None


def ways_on(session: Session, transcription: Transcription) -> WaysOn:
    latest = _revision(session, transcription, transcription.revision)
    if latest is None:
        return WaysOn()
    return WaysOn(
        _revision(session, transcription, latest.undo_next), _revision(session, transcription, latest.redo_next)
    )


def list_revisions(
    session: Session, account: Account, public_id: str, *, limit: int, cursor: str | None = None
) -> tuple[Sequence[Revision], str | None]:
    """The newest revisions with the keys they were made with, and the cursor of the next page. Raises NotFound."""
    transcription = get_transcription(session, account, public_id)
    query = select(Revision).where(Revision.transcription_id == transcription.id).options(joinedload(Revision.api_key))
    if cursor is not None:
        if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 10):
            raise Invalid("cursor takes the next_cursor of an earlier page.", param="cursor")
        query = query.where(Revision.number < int(cursor))
    rows = session.scalars(query.order_by(Revision.number.desc()).limit(limit + 1)).all()
    return rows[:limit], str(rows[limit - 1].number) if len(rows) > limit else None


def taken_back(session: Session, revision: Revision) -> Change:
    """The change that takes a revision back: an undo, or of an undo the redo. It is described as what was once done."""
    session.refresh(revision, ["splices"])
    kind = RevisionKind.REDO if revision.kind is RevisionKind.UNDO else RevisionKind.UNDO
    names = {label: (after, before) for label, (before, after) in revision.speaker_names.items()}
    return Change(kind, revision.description, inverse(_unpacked(revision.splices)), names, revision.number)


def keep_revision(session: Session, transcription: Transcription, change: Change, api_key: ApiKey | None) -> Revision:
    """Write down a change that was made, and forget the oldest where there are too many."""
    packed = _packed(change.splices)
    transcription.revision += 1
    number = transcription.revision
    undo_next, redo_next = _next(session, transcription, change, number)
    revision = Revision(
        transcription_id=transcription.id,
        number=number,
        api_key_id=api_key.id if api_key else None,
        kind=change.kind,
        description=change.description,
        segments_changed=changed(change.splices),
        undoes=change.undoes,
        undo_next=undo_next,
        redo_next=redo_next,
        speaker_names={label: list(names) for label, names in change.names.items()},
        splices=packed,
        size_bytes=len(packed),
    )
    session.add(revision)
    session.flush()
    _forget_oldest(session, transcription)
    return revision


def _next(session: Session, transcription: Transcription, change: Change, number: int) -> tuple[int | None, int | None]:
    """What undo and redo take back after a change that becomes revision `number`.

    Both are stacks: an edit or redo lies on the one, an undo on the other. What lay below something is what came next
    before that was made; an edit ends what could be redone.
    """
    if change.undoes is None:
        return number, None
    below = _revision(session, transcription, change.undoes - 1)
    if change.kind is RevisionKind.UNDO:
        return below.undo_next if below else None, number
    return number, below.redo_next if below else None


def _revision(session: Session, transcription: Transcription, number: int | None) -> Revision | None:
    return None if number is None else session.get(Revision, (transcription.id, number))


def _forget_oldest(session: Session, transcription: Transcription) -> None:
    of_it = Revision.transcription_id == transcription.id
    rows = session.execute(select(Revision.number, Revision.size_bytes).where(of_it).order_by(Revision.number.desc()))
    total = 0
    for kept, (number, size_bytes) in enumerate(rows):
        total += size_bytes
        if kept and (kept >= MOST_KEPT or total > MOST_KEPT_BYTES):
            session.execute(delete(Revision).where(of_it, Revision.number <= number))
            return


def _packed(splices: Sequence[Splice]) -> bytes:
    rows = [[each.first, [*map(as_columns, each.before)], [*map(as_columns, each.after)]] for each in splices]
    # What was and what is are much alike, which makes it a tenth.
    return zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode())


def _unpacked(packed: bytes) -> list[Splice]:
    rows = json.loads(zlib.decompress(packed))
    return [Splice(first, tuple(map(as_segment, was)), tuple(map(as_segment, now))) for first, was, now in rows]
