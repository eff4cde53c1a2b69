"""Questions and answers as JSON."""

from flask import Blueprint, Response, g, request
from sqlalchemy.orm import Session

from blueprints.api_v1.insight_presenters import question_json
from blueprints.api_v1.presenters import list_json
from blueprints.api_v1.replies import in_transaction, no_content, reply
from blueprints.inputs import NewQuestion, PageQuery, QuestionToOne, read_json, read_query
from db import transaction
from handlers import questions

blueprint = Blueprint("questions", __name__)


@blueprint.post("/questions")
def ask() -> Response:
    wanted = read_json(NewQuestion)
    return _answered(wanted.question, wanted.transcription_ids)


@blueprint.post("/transcriptions/<public_id:transcription_id>/questions")
def ask_one(transcription_id: str) -> Response:
    return _answered(read_json(QuestionToOne).question, [transcription_id])


@blueprint.get("/questions")
@in_transaction
def index(session: Session) -> Response:
    query = read_query(PageQuery)
    page = questions.list_questions(session, g.account, limit=query.limit, cursor=query.cursor)
    return reply(list_json([question_json(row) for row in page.rows], page.next_cursor))


@blueprint.get("/questions/<public_id:question_id>")
@in_transaction
def show(session: Session, question_id: str) -> Response:
    return reply(question_json(questions.get_question(session, g.account, question_id)))


@blueprint.delete("/questions/<public_id:question_id>")
@in_transaction
def delete(session: Session, question_id: str) -> Response:
    questions.delete_question(session, g.account, question_id)
    return no_content()


def _answered(text: str, transcription_ids: list[str] | None) -> Response:
    # An Idempotency-Key keeps question and answer together; without one, nothing is held while a model writes.
    if "Idempotency-Key" in request.headers:
        return in_transaction(_answered_within)(text=text, transcription_ids=transcription_ids)
    with transaction() as session:
        put = questions.put_question(session, g.account, text, transcription_ids)
    return reply(question_json(questions.answer_question(g.account, put.public_id)))


def _answered_within(session: Session, text: str, transcription_ids: list[str] | None) -> Response:
    put = questions.put_question(session, g.account, text, transcription_ids)
    return reply(question_json(questions.answer_within(session, g.account, put.public_id)))
