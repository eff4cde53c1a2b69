"""The trash as JSON, and recordings that go while their transcripts stay."""

from flask import Blueprint, Response, g
from sqlalchemy.orm import Session

from blueprints.api_v1.presenters import list_json
from blueprints.api_v1.replies import in_transaction, no_content, reply
from blueprints.inputs import Nothing, PageQuery, read_json, read_query
from handlers import transcriptions, trash
from rendering.transcriptions import transcription_json

blueprint = Blueprint("trash", __name__)


@blueprint.get("/trash")
@in_transaction
def index(session: Session) -> Response:
    query = read_query(PageQuery)
    page = trash.list_trash(session, g.account, limit=query.limit, cursor=query.cursor)
    return reply(list_json([transcription_json(row) for row in page.rows], page.next_cursor))


@blueprint.post("/transcriptions/<public_id:transcription_id>/trash")
@in_transaction
def put(session: Session, transcription_id: str) -> Response:
    read_json(Nothing)
    return reply(transcription_json(trash.trash_transcription(session, g.account, transcription_id)))


@blueprint.post("/transcriptions/<public_id:transcription_id>/restore")
@in_transaction
def restore(session: Session, transcription_id: str) -> Response:
    read_json(Nothing)
    return reply(transcription_json(trash.restore_transcription(session, g.account, transcription_id)))


@blueprint.delete("/transcriptions/<public_id:transcription_id>/media")
@in_transaction
def delete_media(session: Session, transcription_id: str) -> Response:
    transcriptions.delete_media(session, g.account, transcription_id)
    return no_content()
