"""Answering a question: evidence is gathered from the transcripts, and an answer is made of it and nothing else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import mul

from sqlalchemy.orm import Session

from handlers.search import Place, best, inquire, transcriptions_by_id
from handlers.writing import written
from insights.exchange import EmbeddingsUnavailable
from insights.search.answers import Answer, Nearness, answered_by_quotes
from insights.search.sources import Found, with_segments
from insights.writing import answers as written_answers
from models import Account
from runtime import config, embeddings

EXTRACTIVE, WRITTEN = "extractive", "llm"
PASSAGES_READ = 8
EMBED_SECONDS = 10.0
# Less than the database lets a transaction idle for.
WRITE_SECONDS = 45.0
OnText = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A question, the passages nearest to it with their segments, and what people call the speakers in each.

    `revisions` are those at which the transcripts were read.
    """

    question: str
    vector: Sequence[float] | None
    found: Sequence[Found]
    names: Mapping[int, Mapping[str, str]]
    revisions: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, which engine gave it, and with which model."""

    answer: Answer
    engine: str
    model: str | None


def gather(session: Session, account: Account, text: str, transcription_ids: Sequence[str] | None) -> Evidence:
    """What the transcripts have to say to the question. Raises NotFound."""
    inquiry = inquire(session, account, text, Place(transcription_ids=transcription_ids))
    looked, hits = best(session, inquiry, PASSAGES_READ)
    found = with_segments(session, hits)
    rows = transcriptions_by_id(session, {hit.transcription_id for hit in hits})
    names = {number: row.speaker_names for number, row in rows.items()}
    revisions = {number: row.revision for number, row in rows.items()}
    return Evidence(text, looked.terms.vector, found, names, revisions)


def answer(evidence: Evidence, on_text: OnText | None = None) -> Answered:
    """By the language model where there is one and it does its work, else in the transcripts' own words."""
    by_model = _written(evidence, on_text)
    if by_model is not None:
        return by_model
    vector = evidence.vector
    quoted = answered_by_quotes(evidence.question, evidence.found, None if vector is None else _nearness(vector))
    return Answered(quoted, EXTRACTIVE, None if vector is None else config().embedding_model)


def _written(evidence: Evidence, on_text: OnText | None) -> Answered | None:
    made = written(
        lambda model: written_answers.write(
            model,
            evidence.question,
            evidence.found,
            tick=lambda: None,
            on_text=on_text,
            names=evidence.names,
            budget_seconds=WRITE_SECONDS,
        )
    )
    return Answered(made[0], WRITTEN, made[1]) if made else None


def _nearness(asked: Sequence[float]) -> Nearness:
    def nearness(texts: Sequence[str]) -> Sequence[float]:
        try:
            vectors = embeddings().passages(texts, timeout_seconds=EMBED_SECONDS)
        except EmbeddingsUnavailable:
            return [0.0] * len(texts)  # The words decide which sentence is quoted.
        return [sum(map(mul, each, asked)) for each in vectors.tolist()]

    return nearness
