"""Transcriptions as JSON."""

from flask import Blueprint, Response, g
from sqlalchemy.orm import Session

from blueprints.api_v1 import waiting
from blueprints.api_v1.presenters import list_json, result_json
from blueprints.api_v1.replies import in_transaction, no_content, reading, reply
from blueprints.inputs import (
    NewTranscription,
    Nothing,
    TranscriptionChanges,
    TranscriptionQuery,
    WaitQuery,
    read_json,
    read_query,
)
from blueprints.orders import order_and_tell
from blueprints.places import filters_of
from errors import Invalid
from handlers import library, transcriptions, webhook_endpoints
from handlers.speakers import speakers
from handlers.understanding import understand_again
from models import Transcription
from rendering.transcriptions import transcription_json

blueprint = Blueprint("transcriptions", __name__, url_prefix="/transcriptions")


@blueprint.post("")
@in_transaction
def create(session: Session) -> Response:
    wanted = read_json(NewTranscription)
    return _accepted(*order_and_tell(session, g.account, wanted, api_key=g.api_key, request_id=g.request_id))


@blueprint.get("")
@reading
def index(session: Session) -> Response:
    query = read_query(TranscriptionQuery)
    page = library.list_transcriptions(
        session, g.account, filters_of(query), limit=query.limit, cursor=query.cursor, sort=query.sort
    )
    return reply(list_json([transcription_json(row) for row in page.rows], page.next_cursor))


@blueprint.get("/<public_id:transcription_id>")
@reading
def show(session: Session, transcription_id: str) -> Response:
    return reply(transcription_json(*transcriptions.get_status(session, g.account, transcription_id)))


@blueprint.patch("/<public_id:transcription_id>")
@in_transaction
def change(session: Session, transcription_id: str) -> Response:
    changes = read_json(TranscriptionChanges)
    if "title" in changes.model_fields_set and changes.title is None:
        raise Invalid("title: a transcription cannot be without one.", param="title")
    transcription = transcriptions.update_transcription(
        session,
        g.account,
        transcription_id,
        title=changes.title,
        labels=changes.metadata,
        tags=changes.tags,
        speaker_names=changes.speakers,
    )
    return reply(transcription_json(transcription))


@blueprint.delete("/<public_id:transcription_id>")
@in_transaction
def delete(session: Session, transcription_id: str) -> Response:
    transcriptions.delete_transcription(session, g.account, transcription_id)
    return no_content()


@blueprint.post("/<public_id:transcription_id>/cancel")
@in_transaction
def cancel(session: Session, transcription_id: str) -> Response:
    read_json(Nothing)
    return reply(transcription_json(transcriptions.cancel_transcription(session, g.account, transcription_id)))


@blueprint.post("/<public_id:transcription_id>/retry")
@in_transaction
def retry(session: Session, transcription_id: str) -> Response:
    read_json(Nothing)
    transcription = transcriptions.retry_transcription(
        session, g.account, transcription_id, api_key=g.api_key, request_id=g.request_id
    )
    return _accepted(transcription, webhook_endpoints.tell_again(session, g.account, transcription_id, transcription))


@blueprint.post("/<public_id:transcription_id>/understand")
@in_transaction
def understand(session: Session, transcription_id: str) -> Response:
    read_json(Nothing)
    return reply(transcription_json(understand_again(session, g.account, transcription_id)), 202)


@blueprint.get("/<public_id:transcription_id>/result")
@in_transaction
def result(session: Session, transcription_id: str) -> Response:
    transcription = transcriptions.completed_transcription(session, g.account, transcription_id)
    segments = transcriptions.segments(session, transcription)
    return reply(result_json(transcription, segments, speakers(session, transcription)))


@blueprint.get("/<public_id:transcription_id>/wait")
def wait(transcription_id: str) -> Response:
    query = read_query(WaitQuery)
    return reply(waiting.until_final(g.account, transcription_id, timeout_seconds=query.timeout))


@blueprint.get("/<public_id:transcription_id>/events")
def events(transcription_id: str) -> Response:
    return waiting.event_stream(g.account, transcription_id)


def _accepted(transcription: Transcription, webhook_secret: str | None) -> Response:
    shape = transcription_json(transcription)
    if webhook_secret is not None:
        shape["webhook_secret"] = webhook_secret
    return reply(shape, 202, location=shape["links"]["self"])
