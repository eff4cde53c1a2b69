"""Editing transcripts, from the page and by API. Every change is a revision, and can be taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from errors import Conflict, Invalid, RevisionConflict
from handlers.artifacts import mark_stale, order_artifacts_soon
from handlers.revisions import Change, Names, keep_revision, taken_back, ways_on
from handlers.stored_segments import StoredSegments
from handlers.transcriptions import get_transcription, locked_transcription
from models import Account, ApiKey, ArtifactKind, Citation, Revision, RevisionKind, Status, Transcription
from speech.editing.draft import Draft
from speech.editing.edits import Delete, Edit, Merge, MergeSpeakers, Reassign, Replace, SetText, Split
from speech.editing.refusals import EditRefused
from speech.editing.splices import Splice, changed, renumbering

MOST_EDITS = 100
# A quote that ends where a segment does is not in the next one.
WITHIN_SECONDS = 0.001
KINDS: Mapping[type[Edit], RevisionKind] = {
    SetText: RevisionKind.SET_TEXT,
    Split: RevisionKind.SPLIT,
    Merge: RevisionKind.MERGE,
    Delete: RevisionKind.DELETE,
    Reassign: RevisionKind.REASSIGN,
    MergeSpeakers: RevisionKind.MERGE_SPEAKERS,
    Replace: RevisionKind.REPLACE,
}


@dataclass(frozen=True, slots=True)
class Edited:
    """What became of a transcript, or would: the revision it is at, and the splices that led there.

    `replaced` counts what find and replace found. Where nothing changed there are no splices and no new revision.
    """

    transcription: Transcription
    revision: int
    kind: RevisionKind
    description: str
    splices: Sequence[Splice]
    replaced: int = 0

    @property
    def segments_changed(self) -> int:
        return changed(self.splices)


def edit_transcript(
    session: Session,
    account: Account,
    public_id: str,
    edits: Sequence[Edit],
    *,
    revision: int,
    api_key: ApiKey | None = None,
) -> Edited:
    """Make all these edits of the transcript as it is at a revision, or none.

    Raises NotFound, Conflict, RevisionConflict, and Invalid with the `param` of the edit that is to blame.
    """
    transcription = _locked(session, account, public_id, revision)
    change, replaced = _drafted(session, transcription, edits)
    if change.splices:
        _make(session, transcription, change, api_key)
    return _edited(transcription, change, replaced)


def preview_edits(
    session: Session, account: Account, public_id: str, edits: Sequence[Edit], *, revision: int
) -> Edited:
    """What the same would come to; nothing changes. Raises the same."""
    transcription = get_transcription(session, account, public_id)
    _check(transcription, revision)
    change, replaced = _drafted(session, transcription, edits)
    return _edited(transcription, change, replaced)


def undo(session: Session, account: Account, public_id: str, *, revision: int, api_key: ApiKey | None = None) -> Edited:
    """Take back the last edit that has not been. Raises NotFound, Conflict, RevisionConflict."""
    transcription = _locked(session, account, public_id, revision)
    return _take_back(session, transcription, ways_on(session, transcription).undo, api_key)


def redo(session: Session, account: Account, public_id: str, *, revision: int, api_key: ApiKey | None = None) -> Edited:
    """Make again what was undone last. Raises NotFound, Conflict, RevisionConflict."""
    transcription = _locked(session, account, public_id, revision)
    return _take_back(session, transcription, ways_on(session, transcription).redo, api_key)


def _take_back(session: Session, transcription: Transcription, last: Revision | None, api_key: ApiKey | None) -> Edited:
    if last is None:
        raise Conflict("There is nothing to undo or redo here.")
    change = taken_back(session, last)
    _make(session, transcription, change, api_key)
    return _edited(transcription, change)


def _locked(session: Session, account: Account, public_id: str, revision: int) -> Transcription:
    transcription = locked_transcription(session, account, public_id)
    _check(transcription, revision)
    return transcription


def _edited(transcription: Transcription, change: Change, replaced: int = 0) -> Edited:
    return Edited(transcription, transcription.revision, change.kind, change.description, change.splices, replaced)


def _check(transcription: Transcription, revision: int) -> None:
    if transcription.status is not Status.COMPLETED:
        raise Conflict(f"Only a completed transcription can be edited; this one is {transcription.status}.")
    if transcription.revision != revision:
        raise RevisionConflict(
            f"The transcript is at revision {transcription.revision} by now, not {revision}. "
            "Read it again, and edit what it says now."
        )


def _drafted(session: Session, transcription: Transcription, edits: Sequence[Edit]) -> tuple[Change, int]:
    """The change that the edits come to, and how much was replaced."""
    draft = Draft(StoredSegments(session, transcription.id), transcription.speaker_names)
    draft.read(number for edit in edits for number in _named(edit))
    descriptions = []
    for place, edit in enumerate(edits):
        try:
            descriptions.append(draft.apply(edit))
        except EditRefused as refused:
            raise Invalid(str(refused), param=f"edits.{place}.{refused.field}") from None
    try:
        splices = draft.splices()
    except EditRefused as refused:
        raise Invalid(str(refused), param="edits") from None
    kinds = {KINDS[type(edit)] for edit in edits}
    more = len(descriptions) - 1
    change = Change(
        kinds.pop() if len(kinds) == 1 else RevisionKind.SEVERAL,
        descriptions[0] + (f" and {more} more change{'s' if more > 1 else ''}" if more else ""),
        splices,
        _inherited(transcription.speaker_names, edits),
    )
    return change, draft.replaced


def _named(edit: Edit) -> Sequence[int]:
    """The segments that an edit names."""
    match edit:
        case SetText() | Split():
            return [edit.number]
        case Merge() | Delete() | Reassign():
            return edit.numbers
        case MergeSpeakers() | Replace():
            return []


def _inherited(names: Mapping[str, str], edits: Sequence[Edit]) -> Names:
    """Who has no name takes that of the speaker who is merged into them."""
    now = dict(names)
    for edit in edits:
        if isinstance(edit, MergeSpeakers) and edit.speaker in now:
            now.setdefault(edit.into, now[edit.speaker])
    return _differences(names, now)


def _make(session: Session, transcription: Transcription, change: Change, api_key: ApiKey | None) -> None:
    """Change the segments, and all that tells of them."""
    stored = StoredSegments(session, transcription.id)
    stored.change(change.splices)
    _move_citations(session, transcription, change.splices)
    speakers = set(stored.speakers)
    names = _names(transcription.speaker_names, change.names, speakers)
    made = Change(
        change.kind, change.description, change.splices, _differences(transcription.speaker_names, names), change.undoes
    )
    transcription.speaker_names, transcription.speakers_count = names, len(speakers) or None
    keep_revision(session, transcription, made, api_key)
    mark_stale(session, transcription)
    order_artifacts_soon(session, transcription, {ArtifactKind.SEARCH})
    session.flush()


def _names(names: Mapping[str, str], changes: Names, speakers: set[str]) -> dict[str, str]:
    """The names with these changes, except where another was given since; only of those who speak."""
    now: dict[str, str | None] = dict(names)
    now |= {label: after for label, (before, after) in changes.items() if names.get(label) == before}
    return {label: name for label, name in now.items() if name and label in speakers}


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> Names:
    return {
        label: (before.get(label), after.get(label))
        for label in {**before, **after}
        if before.get(label) != after.get(label)
    }


def _move_citations(session: Session, transcription: Transcription, splices: Sequence[Splice]) -> None:
    """Have quotes name the segments that they are in now. Their words and times stay those that were cited."""
    cited = select(
        *(Citation.question_id, Citation.number, Citation.start, Citation.end),
        *(Citation.first_segment, Citation.last_segment),
    ).where(Citation.transcription_id == transcription.id)
    renumbered = renumbering(splices)
    moved = []
    for question_id, number, start, end, first, last in session.execute(cited):
        now = renumbered(first, start), renumbered(last, max(start, end - WITHIN_SECONDS))
        if now != (first, last):
            place = {"question_id": question_id, "number": number}
            moved.append({**place, "first_segment": now[0], "last_segment": max(now)})
    if moved:
        session.execute(update(Citation), moved)
