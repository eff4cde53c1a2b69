"""Questions to transcripts, their answers, and the quotes that these rest on."""

from collections.abc import Mapping

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from db import transaction
from errors import NotFound
from handlers.answering import Answered, OnText, answer, gather
from handlers.finding import found
from handlers.listing import Page, page_of
from handlers.search import check_owned
from handlers.transcriptions import segments
from insights.search import citations
from models import Account, Citation, Question, Transcription

WITH_CITATIONS = selectinload(Question.citations).options(joinedload(Citation.transcription))


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


def answer_question(account: Account, public_id: str, *, on_text: OnText | None = None) -> Question:
    """Answer a question that was put; the first answer stays. Raises NotFound.

    Nothing of the database is held while a language model writes, which may take a minute. `on_text` gets what there is
    of a written answer while it grows; the answer that comes back may be another.
    """
    with transaction() as session:
        question = get_question(session, account, public_id)
        if question.answered_at is not None:
            return question
        evidence = gather(session, account, question.question, question.transcription_ids)
    answered = answer(evidence, on_text)
    with transaction() as session:
        return _keep(session, account, question, answered, evidence.revisions)


def answer_within(session: Session, account: Account, public_id: str) -> Question:
    """The same as part of a transaction, where the request has to take effect as a whole. Raises NotFound."""
    question = get_question(session, account, public_id)
    if question.answered_at is not None:
        return question
    evidence = gather(session, account, question.question, question.transcription_ids)
    return _keep(session, account, question, answer(evidence), evidence.revisions)


def get_question(session: Session, account: Account, public_id: str) -> Question:
    """A question with its answer and citations. Raises NotFound."""
    query = _owned(account).where(Question.public_id == public_id).options(WITH_CITATIONS)
    return found(session, query.execution_options(populate_existing=True))


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


def _keep(
    session: Session, account: Account, question: Question, answered: Answered, revisions: Mapping[int, int]
) -> Question:
    """Store the answer, unless there is one by now; one that cites what is gone meanwhile says nothing."""
    quotes = answered.answer.citations
    # Transcriptions come before questions, as in their deletion, which then takes this answer along.
    cited = {citation.transcription_id for citation in quotes}
    there = select(Transcription).where(Transcription.id.in_(cited)).order_by(Transcription.id)
    there = there.with_for_update(key_share=True, read=True).execution_options(populate_existing=True)
    rows = {row.id: row for row in session.scalars(there)}
    quotes = [each for quote in quotes if (each := _as_it_stands(session, quote, rows, revisions))]
    is_whole = len(quotes) == len(answered.answer.citations)
    locked = session.get(Question, question.id, with_for_update=True, populate_existing=True)
    if locked is None:
        raise NotFound()
    if locked.answered_at is not None:
        return get_question(session, account, question.public_id)
    locked.engine, locked.model = answered.engine, answered.model
    locked.answered_at = session.scalar(select(func.clock_timestamp()))
    if is_whole:
        locked.answer = answered.answer.text
        session.add_all(_row(locked, number, citation) for number, citation in enumerate(quotes))
    session.flush()
    return get_question(session, account, question.public_id)


def _as_it_stands(
    session: Session,
    quote: citations.Citation,
    transcriptions: Mapping[int, Transcription],
    revisions: Mapping[int, int],
) -> citations.Citation | None:
    """The quote where it is now: an edit may have moved or changed it since the transcript was read at a revision."""
    transcription = transcriptions.get(quote.transcription_id)
    if transcription is None or transcription.revision == revisions.get(transcription.id):
        return quote if transcription else None
    return citations.verified(quote.quote, segments(session, transcription))


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
    """The account's questions, but for those whose answers quote what is in the trash."""
    quotes_trash = (
        select(Citation.question_id)
        .join(Transcription, Transcription.id == Citation.transcription_id)
        .where(Citation.question_id == Question.id, Transcription.trashed_at.is_not(None))
    )
    return select(Question).where(Question.account_id == account.id, ~quotes_trash.exists())
