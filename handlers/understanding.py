"""Understanding a transcript: what the job that does it reads and writes, and having it done again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from errors import Conflict
from handlers.artifacts import Made, fail_artifacts, keep_artifact, order_artifacts
from handlers.callers import caller
from handlers.processing import RECOGNISED, Lease, held, renew
from handlers.transcriptions import get_transcription, locked_transcription, segments
from insights.search.indexing import forget_embeddings, store_passages
from insights.search.languages import guess_language
from insights.search.lexemes import configuration
from insights.search.passages import Passage
from models import Account, Artifact, ArtifactKind, ArtifactStatus, Segment, Status, Transcription
from telemetry import tracing

SAMPLE_SEGMENTS = 200


@dataclass(frozen=True, slots=True)
class Task:
    """A transcript that is to be understood, and what is to be made of it."""

    transcription: Transcription
    segments: Sequence[Segment]
    kinds: Sequence[ArtifactKind]


def understand_again(session: Session, account: Account, public_id: str) -> Transcription:
    """Have everything made anew of a completed transcription's words, for nothing.

    Raises NotFound, Conflict.
    """
    transcription = locked_transcription(session, account, public_id)
    if transcription.status is not Status.COMPLETED:
        raise Conflict(f"Only a completed transcription can be understood again; this one is {transcription.status}.")
    # Its jobs are from now on those of this request.
    transcription.request_id = caller().request_id or transcription.request_id
    transcription.trace_parent = tracing.trace_parent()
    order_artifacts(session, transcription)
    session.flush()
    return get_transcription(session, account, public_id)


def rebuild_search(session: Session, dimensions: int) -> int:
    """Have every completed transcription indexed anew by a model whose vectors are so long; how many those are.

    Until its turn has come, a transcription is found by words.
    """
    forget_embeddings(session, dimensions)
    completed = select(Transcription).where(Transcription.status == Status.COMPLETED)
    count = 0
    for transcription in session.scalars(completed.with_for_update().execution_options(yield_per=500)):
        order_artifacts(session, transcription, {ArtifactKind.SEARCH})
        count += 1
    return count


def begin_understanding(session: Session, lease: Lease) -> Task:
    """What there is to do. Where no engine told the language, the words do."""
    transcription = held(session, lease)
    said = segments(session, transcription)
    if transcription.language is None:
        transcription.language = guess_language(session, [segment.text for segment in said[:SAMPLE_SEGMENTS]])
    pending = select(Artifact.kind).where(
        Artifact.transcription_id == transcription.id, Artifact.status == ArtifactStatus.PENDING
    )
    found = set(session.scalars(pending))
    return Task(transcription, said, [kind for kind in ArtifactKind if kind in found])


def keep_made(session: Session, lease: Lease, kind: ArtifactKind, made: Made, *, done: float) -> None:
    """Store an artifact. `done` is the share of the task, 0..1."""
    transcription = renew(session, lease, RECOGNISED + (1 - RECOGNISED) * done)
    keep_artifact(session, transcription, kind, made)


def keep_passages(
    session: Session, lease: Lease, passages: Sequence[Passage], vectors: Iterable[Iterable[float]] | None
) -> None:
    """Store what the search finds, in place of what it found before from the first of these on."""
    transcription = renew(session, lease)
    store_passages(
        session,
        transcription.account_id,
        transcription.id,
        passages,
        configuration=configuration(transcription.language),
        vectors=vectors,
    )


def keep_failure(session: Session, lease: Lease, kind: ArtifactKind) -> None:
    """Give up one artifact; the others are made all the same."""
    fail_artifacts(session, held(session, lease), {kind})
