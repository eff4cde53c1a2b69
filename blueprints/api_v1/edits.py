"""Editing transcripts as JSON."""

from flask import Blueprint, Response, g
from sqlalchemy.orm import Session

from blueprints.api_v1.edit_presenters import edited_json, revision_json
from blueprints.api_v1.presenters import list_json
from blueprints.api_v1.replies import in_transaction, reply
from blueprints.edit_inputs import Edits, RevisionToChange
from blueprints.inputs import PageQuery, read_json, read_query
from handlers import editing, revisions

blueprint = Blueprint("edits", __name__, url_prefix="/transcriptions/<public_id:transcription_id>")


@blueprint.post("/edits")
@in_transaction
def create(session: Session, transcription_id: str) -> Response:
    wanted = read_json(Edits)
    edits = [each.edit() for each in wanted.edits]
    if wanted.dry_run:
        would = editing.preview_edits(session, g.account, transcription_id, edits, revision=wanted.revision)
        return reply(edited_json(would, dry_run=True))
    edited = editing.edit_transcript(
        session, g.account, transcription_id, edits, revision=wanted.revision, api_key=g.api_key
    )
    return reply(edited_json(edited))


@blueprint.post("/undo")
@in_transaction
def undo(session: Session, transcription_id: str) -> Response:
    known = read_json(RevisionToChange)
    edited = editing.undo(session, g.account, transcription_id, revision=known.revision, api_key=g.api_key)
    return reply(edited_json(edited))


@blueprint.post("/redo")
@in_transaction
def redo(session: Session, transcription_id: str) -> Response:
    known = read_json(RevisionToChange)
    edited = editing.redo(session, g.account, transcription_id, revision=known.revision, api_key=g.api_key)
    return reply(edited_json(edited))


@blueprint.get("/revisions")
@in_transaction
def index(session: Session, transcription_id: str) -> Response:
    query = read_query(PageQuery)
    rows, next_cursor = revisions.list_revisions(
        session, g.account, transcription_id, limit=query.limit, cursor=query.cursor
    )
    return reply(list_json([revision_json(row) for row in rows], next_cursor))
