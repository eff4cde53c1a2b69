"""Edits in the database: revisions and the way back, what follows them, and long transcripts."""

from collections.abc import Callable, Iterator, Sequence

import pytest
from sqlalchemy import event, func, insert, select, update
from sqlalchemy.orm import Session

import db
from errors import AppError, Conflict, Invalid, NotFound, RevisionConflict
from handlers import revisions
from handlers.editing import Edited, edit_transcript, preview_edits, redo, undo
from handlers.questions import put_question
from handlers.revisions import list_revisions, ways_on
from handlers.stored_segments import StoredSegments
from handlers.transcriptions import update_transcription
from jobs.queues import QueueName, waiting
from models import (
    Account,
    ApiKey,
    Artifact,
    ArtifactKind,
    ArtifactStatus,
    Citation,
    Revision,
    RevisionKind,
    Segment,
    Status,
    Transcription,
)
from speech import transcript as speech
from speech.editing.edits import Delete, Edit, Merge, MergeSpeakers, Reassign, Replace, SetText, Split
from speech.editing.replacing import Pattern
from tests.factories import make_completed, make_transcription

TEXTS = ["Good morning.", "Morning, Ada.", "Let us begin.", "Yes, let us."]
Step = Callable[..., Edited]


@pytest.fixture
def talk(session: Session, alice: Account) -> Transcription:
    return make_completed(session, alice, texts=TEXTS)


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Every statement that reaches the database, savepoints left out."""
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if "SAVEPOINT" not in statement:
            seen.append(statement)

    event.listen(db.engine(), "before_cursor_execute", note)
    yield seen
    event.remove(db.engine(), "before_cursor_execute", note)


def stored(session: Session, talk: Transcription) -> Sequence[speech.Segment]:
    """The segments, whose numbers must have no gap."""
    numbers = session.scalars(select(Segment.number).where(Segment.transcription_id == talk.id)).all()
    assert sorted(numbers) == list(range(len(numbers)))
    return [segment for _, segment in sorted(StoredSegments(session, talk.id).segments(numbers).items())]


def texts(session: Session, talk: Transcription) -> list[str]:
    return [segment.text for segment in stored(session, talk)]


def edit(session: Session, account: Account, talk: Transcription, *edits: Edit) -> None:
    edit_transcript(session, account, talk.public_id, edits, revision=talk.revision)


def test_an_edit_is_a_revision_with_who_made_it(session: Session, alice: Account, talk: Transcription) -> None:
    key = ApiKey(account_id=alice.id, name="k", key_sha256=b"k", prefix="tsk", last_four="abcd")
    session.add(key)
    session.flush()
    edited = edit_transcript(session, alice, talk.public_id, [SetText(1, "Hello, Ada.")], revision=0, api_key=key)
    assert (edited.revision, texts(session, talk)[1]) == (1, "Hello, Ada.")
    (made,), _ = list_revisions(session, alice, talk.public_id, limit=5)
    assert (made.number, made.kind, made.api_key, made.segments_changed) == (1, RevisionKind.SET_TEXT, key, 1)
    assert made.description == "Changed “Morning, Ada.” to “Hello, Ada.”"


ALL_KINDS: list[tuple[list[Edit], list[str]]] = [
    ([Split(0, "word", [1])], ["Good", "morning.", *TEXTS[1:]]),
    ([Merge([0, 1, 2])], ["Good morning. Morning, Ada. Let us begin.", TEXTS[3]]),
    ([Delete([0, 2])], [TEXTS[1], TEXTS[3]]),
    ([Split(0, "word", [1]), Delete([1]), Merge([2, 3])], ["Good", "morning.", "Let us begin. Yes, let us."]),
    ([Delete([1]), Split(2, "word", [1, 2])], [TEXTS[0], "Let", "us", "begin.", TEXTS[3]]),
    ([Replace(Pattern("let"), "Allow")], [*TEXTS[:2], "Allow us begin.", "Yes, Allow us."]),
    ([Reassign([0], "new"), MergeSpeakers("S2", "S1")], TEXTS),
]


@pytest.mark.parametrize(("edits", "becomes"), ALL_KINDS)
def test_whatever_is_edited_is_stored_and_undone_exactly(
    session: Session, alice: Account, talk: Transcription, edits: list[Edit], becomes: list[str]
) -> None:
    before = stored(session, talk)
    edit(session, alice, talk, *edits)
    after = stored(session, talk)
    assert [segment.text for segment in after] == becomes
    undo(session, alice, talk.public_id, revision=1)
    assert stored(session, talk) == before
    redo(session, alice, talk.public_id, revision=2)
    assert stored(session, talk) == after


def test_undo_and_redo_go_back_and_forth_as_in_an_editor(session: Session, alice: Account, talk: Transcription) -> None:
    def step(do: Step) -> str:
        do(session, alice, talk.public_id, revision=talk.revision)
        return texts(session, talk)[0]

    for said in ("One.", "Two.", "Three."):
        edit(session, alice, talk, SetText(0, said))
    assert [step(do) for do in (undo, undo, redo, undo, undo)] == ["Two.", "One.", "Two.", "One.", TEXTS[0]]
    assert [step(do) for do in (redo, redo, redo)] == ["One.", "Two.", "Three."]
    step(undo)
    edit(session, alice, talk, SetText(0, "Four."))
    assert ways_on(session, talk).redo is None
    assert [step(do) for do in (undo, undo, undo, redo)] == ["Two.", "One.", TEXTS[0], "One."]


def test_there_may_be_nothing_to_undo_or_redo(session: Session, alice: Account, talk: Transcription) -> None:
    with pytest.raises(Conflict, match="nothing to undo or redo"):
        undo(session, alice, talk.public_id, revision=0)
    with pytest.raises(Conflict, match="nothing to undo or redo"):
        redo(session, alice, talk.public_id, revision=0)


def test_an_edit_of_an_older_revision_is_refused(session: Session, alice: Account, talk: Transcription) -> None:
    edit(session, alice, talk, SetText(0, "One."))
    late: list[Callable[[], Edited]] = [
        lambda: edit_transcript(session, alice, talk.public_id, [SetText(0, "Two.")], revision=0),
        lambda: preview_edits(session, alice, talk.public_id, [SetText(0, "Two.")], revision=0),
        lambda: undo(session, alice, talk.public_id, revision=0),
        lambda: redo(session, alice, talk.public_id, revision=0),
    ]
    for tried in late:
        with pytest.raises(RevisionConflict, match="at revision 1 by now, not 0"):
            tried()
    assert texts(session, talk)[0] == "One."


def test_one_bad_edit_leaves_all_undone_and_is_named(session: Session, alice: Account, talk: Transcription) -> None:
    with pytest.raises(Invalid) as refused:
        edit(session, alice, talk, SetText(0, "One."), SetText(44, "Two."))
    assert refused.value.param == "edits.1.segment_id"
    assert (texts(session, talk), talk.revision) == (TEXTS, 0)


def test_a_preview_changes_nothing(session: Session, alice: Account, talk: Transcription) -> None:
    would = preview_edits(session, alice, talk.public_id, [Replace(Pattern("us"), "them")], revision=0)
    assert (would.replaced, len(would.splices), would.revision) == (2, 2, 0)
    assert (texts(session, talk), session.scalar(select(func.count()).select_from(Revision))) == (TEXTS, 0)


def test_what_changes_nothing_is_no_revision(session: Session, alice: Account, talk: Transcription) -> None:
    edited = edit_transcript(session, alice, talk.public_id, [Replace(Pattern("nobody"), "x")], revision=0)
    assert (edited.revision, edited.replaced) == (0, 0)
    assert ways_on(session, talk).undo is None


@pytest.mark.parametrize("status", [Status.PROCESSING, Status.FAILED])
def test_only_what_is_completed_is_edited(session: Session, alice: Account, status: Status) -> None:
    other = make_transcription(session, alice, status=status)
    with pytest.raises(Conflict, match="Only a completed transcription can be edited"):
        edit(session, alice, other, SetText(0, "x"))


def test_p41_a_stranger_edits_nothing(session: Session, charlie: Account, talk: Transcription) -> None:
    for tried in (
        lambda: edit(session, charlie, talk, SetText(0, "Mine.")),
        lambda: undo(session, charlie, talk.public_id, revision=0),
        lambda: redo(session, charlie, talk.public_id, revision=0),
        lambda: list_revisions(session, charlie, talk.public_id, limit=5),
    ):
        with pytest.raises(NotFound):
            tried()


# Speakers


def test_merged_speakers_share_a_name_and_get_their_own_back(
    session: Session, alice: Account, talk: Transcription
) -> None:
    talk.speaker_names = {"S2": "Bob"}
    edit(session, alice, talk, MergeSpeakers("S2", "S1"))
    assert (talk.speaker_names, talk.speakers_count) == ({"S1": "Bob"}, 1)
    undo(session, alice, talk.public_id, revision=1)
    assert (talk.speaker_names, talk.speakers_count) == ({"S2": "Bob"}, 2)


def test_a_name_given_since_outlives_the_undo(session: Session, alice: Account, talk: Transcription) -> None:
    talk.speaker_names = {"S2": "Bob"}
    edit(session, alice, talk, MergeSpeakers("S2", "S1"))
    update_transcription(session, alice, talk.public_id, speaker_names={"S1": "Ada"})
    undo(session, alice, talk.public_id, revision=1)
    assert talk.speaker_names == {"S1": "Ada", "S2": "Bob"}


def test_a_speaker_without_a_line_has_no_name_until_it_is_undone(
    session: Session, alice: Account, talk: Transcription
) -> None:
    talk.speaker_names = {"S1": "Ada", "S2": "Bob"}
    edit(session, alice, talk, Reassign([1, 3], "S1"))
    assert (talk.speaker_names, talk.speakers_count) == ({"S1": "Ada"}, 1)
    undo(session, alice, talk.public_id, revision=1)
    assert talk.speaker_names == {"S1": "Ada", "S2": "Bob"}


# What follows


def test_what_was_made_of_the_words_is_stale_and_only_the_search_is_made_anew_later(
    session: Session, alice: Account, talk: Transcription
) -> None:
    for number, said in enumerate(("One.", "Two.", "Three.")):
        edit(session, alice, talk, SetText(number, said))
    session.expire_all()
    rows = session.scalars(select(Artifact).where(Artifact.transcription_id == talk.id)).all()
    assert {row.is_stale for row in rows} == {True}
    pending = {row.kind for row in rows if row.status is ArtifactStatus.PENDING}
    assert (pending, talk.to_understand, talk.status) == ({ArtifactKind.SEARCH}, True, Status.COMPLETED)
    assert not waiting(QueueName.UNDERSTAND)


def test_quotes_name_the_segments_that_they_are_in_now(session: Session, alice: Account, talk: Transcription) -> None:
    question = put_question(session, alice, "What?")
    quotes = [("Morning, Ada.", 1, 1, 5.0, 10.0), ("begin. Yes,", 2, 3, 13.0, 17.0)]
    for number, (quote, first, last, start, end) in enumerate(quotes):
        place = {"first_segment": first, "last_segment": last, "start": start, "end": end}
        session.add(
            Citation(
                question_id=question.id, number=number, transcription_id=talk.id, quote=quote, speaker=None, **place
            )
        )
    session.flush()

    def places() -> list[tuple[int, int]]:
        rows = session.execute(select(Citation.first_segment, Citation.last_segment).order_by(Citation.number))
        return [(first, last) for first, last in rows]

    edit(session, alice, talk, Split(0, "word", [1]), Delete([1]), Split(2, "word", [1]))
    assert places() == [(1, 1), (3, 4)]
    undo(session, alice, talk.public_id, revision=1)
    assert places()[1] == (2, 3)


def test_the_oldest_revisions_are_forgotten_and_the_last_ever_stays(
    session: Session, alice: Account, talk: Transcription, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revisions, "MOST_KEPT", 3)
    for said in ("One.", "Two.", "Three.", "Four.", "Five."):
        edit(session, alice, talk, SetText(0, said))
    kept, _ = list_revisions(session, alice, talk.public_id, limit=10)
    assert [revision.number for revision in kept] == [5, 4, 3]
    monkeypatch.setattr(revisions, "MOST_KEPT", 9)
    for _ in range(3):
        undo(session, alice, talk.public_id, revision=talk.revision)
    assert texts(session, talk)[0] == "Two."
    assert ways_on(session, talk).undo is None
    monkeypatch.setattr(revisions, "MOST_KEPT_BYTES", 1)
    redo(session, alice, talk.public_id, revision=talk.revision)
    assert [revision.number for revision in list_revisions(session, alice, talk.public_id, limit=10)[0]] == [9]


def test_revisions_come_in_pages(session: Session, alice: Account, talk: Transcription) -> None:
    for said in ("One.", "Two.", "Three."):
        edit(session, alice, talk, SetText(0, said))
    rows, cursor = list_revisions(session, alice, talk.public_id, limit=2)
    assert ([row.number for row in rows], cursor) == ([3, 2], "2")
    rows, cursor = list_revisions(session, alice, talk.public_id, limit=2, cursor=cursor)
    assert ([row.number for row in rows], cursor) == ([1], None)
    with pytest.raises(AppError, match="cursor takes"):
        list_revisions(session, alice, talk.public_id, limit=2, cursor="x")


# Long transcripts


@pytest.fixture
def long(session: Session, alice: Account) -> Transcription:
    """20,000 segments of one word each."""
    talk = make_completed(session, alice, texts=["Begin here."])
    said = [[0.0, 0.5, "Word", 0.9]]
    row = {"transcription_id": talk.id, "text": "Word", "speaker": "S2", "confidence": 0.9, "words": said}
    rows = [{**row, "number": n, "start": n * 5.0, "end": n * 5.0 + 1} for n in range(1, 20_000)]
    session.execute(insert(Segment), rows)
    return talk


def test_the_first_of_20000_is_split_in_a_few_statements(
    session: Session, alice: Account, long: Transcription, statements: list[str]
) -> None:
    edit(session, alice, long, Split(0, "word", [1]))
    assert len(statements) < 25
    assert len([statement for statement in statements if statement.lstrip().startswith("UPDATE segments")]) == 2
    assert texts(session, long)[:3] == ["Begin", "here.", "Word"]
    assert len(texts(session, long)) == 20_001


def test_all_of_20000_are_replaced_and_undone_in_a_few_statements(
    session: Session, alice: Account, long: Transcription, statements: list[str]
) -> None:
    before = stored(session, long)
    statements.clear()
    edited = edit_transcript(session, alice, long.public_id, [Replace(Pattern("word"), "Sword")], revision=0)
    assert (edited.replaced, len(statements) < 25) == (19_999, True)
    statements.clear()
    undo(session, alice, long.public_id, revision=1)
    assert len(statements) < 25
    assert stored(session, long) == before
    assert session.scalars(select(func.max(Revision.size_bytes))).one() < 2 * 1024**2


def test_an_edit_of_one_line_reads_no_other(
    session: Session, alice: Account, long: Transcription, statements: list[str]
) -> None:
    session.execute(update(Segment).where(Segment.number == 5).values(words=None))
    statements.clear()
    edit(session, alice, long, SetText(5, "Ward"))
    reads = [statement for statement in statements if "segments.words" in statement and "SELECT" in statement]
    assert len(reads) == 1
    assert "ANY" in reads[0]
