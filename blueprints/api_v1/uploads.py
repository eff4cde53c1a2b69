"""Uploads as JSON."""

from flask import Blueprint, Response, g
from sqlalchemy.orm import Session

from blueprints import sending
from blueprints.api_v1.replies import in_transaction, no_content
from blueprints.inputs import NewUpload, Nothing, WantedParts, read_json
from handlers import uploads

blueprint = Blueprint("uploads", __name__, url_prefix="/uploads")


@blueprint.post("")
@in_transaction
def create(session: Session) -> Response:
    return sending.create(session, g.account, read_json(NewUpload))


@blueprint.get("/<public_id:upload_id>")
def show(upload_id: str) -> Response:
    return sending.show(g.account, upload_id)


@blueprint.post("/<public_id:upload_id>/parts")
@in_transaction
def parts(session: Session, upload_id: str) -> Response:
    return sending.parts(session, g.account, upload_id, read_json(WantedParts))


@blueprint.post("/<public_id:upload_id>/complete")
def complete(upload_id: str) -> Response:
    read_json(Nothing)
    # Before the transaction that remembers the answer; doing it twice does no harm.
    sending.put_together(g.account, upload_id)
    return _completed(upload_id=upload_id)


@in_transaction
def _completed(session: Session, upload_id: str) -> Response:
    return sending.completed(session, g.account, upload_id)


@blueprint.delete("/<public_id:upload_id>")
@in_transaction
def delete(session: Session, upload_id: str) -> Response:
    uploads.delete_upload(session, g.account, upload_id)
    return no_content()
