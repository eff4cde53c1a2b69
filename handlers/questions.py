"""Questions to transcripts: evidence is looked for, an answer is made of it, and its quotes are kept with it."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import mul

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from errors import NotFound
from handlers.listing import Page, page_of
from handlers.search import Place, best, check_owned, inquire, transcriptions_by_id
from insights import citations, written_answers
from insights.answers import Answer, Nearness, answered_by_quotes
from insights.exchange import EmbeddingsUnavailable
from insights.llm_faults import LlmFailed
from insights.sources import Found, with_segments
from models import Account, Citation, Question, Transcription
from runtime import config, embeddings, llm

log = logging.getLogger(__name__)

EXTRACTIVE, WRITTEN = "extractive", "llm"
PASSAGES_READ = 8
EMBED_SECONDS = 10.0
WITH_CITATIONS = selectinload(Question.citations).options(joinedload(Citation.transcription))
OnText = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Answered:
    """An answer, which engine gave it, and with which model."""

    answer: Answer
    engine: str
    model: str | None


def put_question(session: Session, account: Account, text: str, transcription_ids: list[str] | None = None) -> Question:
    """Write down a question to some transcripts, or to all there are. Raises NotFound."""
    if transcription_ids is not None:
        transcription_ids = list(dict.fromkeys(transcription_ids))
        check_owned(session, account, transcription_ids)
    question = Question(
        account_id=account.id,
        question=text,
        transcription_ids=transcription_ids,
    )
    session.add(question)
    session.flush()
    return question


def answer_question(session: Session, account: Account, public_id: str, *, on_text: OnText | None = None) -> Question:
    """Answer a question that was put; the first answer stays. Raises NotFound.

    `on_text` gets what there is of a written answer while it grows; the answer that comes back may be another.
    """
    question = get_question(session, account, public_id)
    if question.answered_at is None:
        _keep(session, question, _answered(session, account, question, on_text))
    return get_question(session, account, public_id)


def get_question(session: Session, account: Account, public_id: str) -> Question:
    """A question with its answer and citations. Raises NotFound."""
    query = _owned(account).where(Question.public_id == public_id).options(WITH_CITATIONS)
    question = session.scalar(query.execution_options(populate_existing=True))
    if question is None:
        raise NotFound()
    return question


def list_questions(
    session: Session, account: Account, *, transcription_id: str | None = None, limit: int, cursor: str | None = None
) -> Page[Question]:
    """What was asked and answered, the latest first; of one transcription, what was put to it alone."""
    query = _owned(account).where(Question.answered_at.is_not(None)).options(WITH_CITATIONS)
    if transcription_id is not None:
        query = query.where(Question.transcription_ids == [transcription_id])
    return page_of(session, query, Question.public_id, limit=limit, cursor=cursor)


def delete_question(session: Session, account: Account, public_id: str) -> None:
    """Forget a question and its answer. Raises NotFound."""
    session.delete(get_question(session, account, public_id))
    session.flush()


def _answered(session: Session, account: Account, question: Question, on_text: OnText | None) -> _Answered:
    inquiry = inquire(session, account, question.question, Place(transcription_ids=question.transcription_ids))
    _, hits = best(session, inquiry, PASSAGES_READ)
    found = with_segments(session, hits)
    written = _written(session, question.question, found, on_text)
    if written is not None:
        return written
    vector = inquiry.question.vector
    answer = answered_by_quotes(question.question, found, None if vector is None else _nearness(vector))
    return _Answered(answer, EXTRACTIVE, None if vector is None else config().embedding_model)


def _written(session: Session, text: str, found: Sequence[Found], on_text: OnText | None) -> _Answered | None:
    """The language model's answer; None where there is no model or it fails."""
    model, endpoint = llm(), config().llm
    if model is None or endpoint is None:
        return None
    try:
        answer = written_answers.write(
            model, text, found, tick=lambda: None, on_text=on_text, names=_names(session, found)
        )
    except LlmFailed as failure:
        log.warning("the language model failed", extra={"reason": type(failure).__name__})
        return None
    return _Answered(answer, WRITTEN, endpoint.model)


def _names(session: Session, found: Sequence[Found]) -> Mapping[int, Mapping[str, str]]:
    """What people call the speakers, by transcription."""
    rows = transcriptions_by_id(session, {hit.transcription_id for hit, _ in found})
    return {number: row.speaker_names for number, row in rows.items()}


def _nearness(vector: Iterable[float]) -> Nearness:
    asked = list(vector)

    def nearness(texts: Sequence[str]) -> Sequence[float]:
        try:
            vectors = embeddings().passages(texts, timeout_seconds=EMBED_SECONDS)
        except EmbeddingsUnavailable:
            return [0.0] * len(texts)  # The words decide which sentence is quoted.
        return [sum(map(mul, each, asked)) for each in vectors.tolist()]

    return nearness


def _keep(session: Session, question: Question, answered: _Answered) -> None:
    """Store the answer, unless there is one by now; one that cites what has been deleted meanwhile says nothing."""
    quotes = answered.answer.citations
    # Transcriptions come before questions, as in their deletion, which then takes this answer along.
    cited = {citation.transcription_id for citation in quotes}
    there = select(Transcription.id).where(Transcription.id.in_(cited)).order_by(Transcription.id)
    is_whole = set(session.scalars(there.with_for_update(key_share=True, read=True))) == cited
    locked = session.get(Question, question.id, with_for_update=True, populate_existing=True)
    if locked is None:
        raise NotFound()
    if locked.answered_at is not None:
        return
    locked.engine, locked.model = answered.engine, answered.model
    locked.answered_at = session.scalar(select(func.clock_timestamp()))
    if is_whole:
        locked.answer = answered.answer.text
        session.add_all(_row(locked, number, citation) for number, citation in enumerate(quotes))
    session.flush()


def _row(question: Question, number: int, citation: citations.Citation) -> Citation:
    return Citation(
        question_id=question.id,
        number=number,
        transcription_id=citation.transcription_id,
        first_segment=citation.segments[0],
        last_segment=citation.segments[-1],
        start=citation.start,
        end=citation.end,
        speaker=citation.speaker,
        quote=citation.quote,
    )


def _owned(account: Account) -> Select[Question]:
    return select(Question).where(Question.account_id == account.id)
