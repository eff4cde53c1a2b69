"""Uploads as JSON."""

from flask import Blueprint, Response, g
from sqlalchemy.orm import Session

from blueprints.api_v1.presenters import upload_json
from blueprints.api_v1.replies import in_transaction, reply
from blueprints.inputs import NewUpload, read_json
from handlers import uploads

blueprint = Blueprint("uploads", __name__, url_prefix="/uploads")


@blueprint.post("")
@in_transaction
def create(session: Session) -> Response:
    wanted = read_json(NewUpload)
    upload, ticket = uploads.create_upload(
        session,
        g.account,
        filename=wanted.filename,
        content_type=wanted.content_type,
        size_bytes=wanted.size_bytes,
        sha256=wanted.sha256,
    )
    return reply(upload_json(upload, complete=False, ticket=ticket), 201)


@blueprint.get("/<public_id:upload_id>")
@in_transaction
def show(session: Session, upload_id: str) -> Response:
    upload = uploads.get_upload(session, g.account, upload_id)
    return reply(upload_json(upload, complete=uploads.is_complete(upload), ticket=None))
