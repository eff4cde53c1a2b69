"""What static/uploads.js asks for: uploads for a browser with a session, answered in JSON as by the API."""

from flask import Blueprint, Response, g, url_for

from auth import require_account
from blueprints import sending
from blueprints.api_v1.presenters import quote_json
from blueprints.api_v1.replies import no_content, reply
from blueprints.inputs import NewUpload, Nothing, WantedParts, read_json
from blueprints.orders import order_and_tell, quote_of
from blueprints.pages.forms import new_transcription
from db import transaction
from errors import UploadAlreadyUsed
from handlers import uploads
from handlers.transcriptions import made_of_upload

blueprint = Blueprint("uploads", __name__, url_prefix="/uploads")


@blueprint.post("")
def create() -> Response:
    account = require_account()
    with transaction() as session:
        return sending.create(session, account, read_json(NewUpload))


@blueprint.get("/<public_id:upload_id>")
def show(upload_id: str) -> Response:
    return sending.show(require_account(), upload_id)


@blueprint.post("/<public_id:upload_id>/parts")
def parts(upload_id: str) -> Response:
    account = require_account()
    with transaction() as session:
        return sending.parts(session, account, upload_id, read_json(WantedParts))


@blueprint.post("/<public_id:upload_id>/complete")
def complete(upload_id: str) -> Response:
    account = require_account()
    read_json(Nothing)
    sending.put_together(account, upload_id)
    with transaction() as session:
        return sending.completed(session, account, upload_id)


@blueprint.post("/<public_id:upload_id>/quote")
def quote(upload_id: str) -> Response:
    """What the upload would cost as the form of the list says, as the API answers it."""
    account = require_account()
    wanted = new_transcription(source="upload", upload_id=upload_id)
    with transaction() as session:
        return reply(quote_json(quote_of(session, account, wanted)))


@blueprint.post("/<public_id:upload_id>/transcribe")
def transcribe(upload_id: str) -> Response:
    """Transcribe the upload as the form of the list says; the address of its page, also for a request sent again."""
    account = require_account()
    wanted = new_transcription(source="upload", upload_id=upload_id)
    try:
        with transaction() as session:
            # The secret of its webhook is made anew on the webhook's page: forty uploads would be forty to copy.
            transcription, _ = order_and_tell(session, account, wanted, api_key=None, request_id=g.request_id)
    except UploadAlreadyUsed:
        with transaction() as session:
            made = made_of_upload(session, account, upload_id)
        if made is None:
            raise
        transcription = made
    page = url_for("pages.transcriptions.show", transcription_id=transcription.public_id)
    return reply({"id": transcription.public_id, "page": page}, 202)


@blueprint.post("/<public_id:upload_id>/delete")
def delete(upload_id: str) -> Response:
    account = require_account()
    with transaction() as session:
        uploads.delete_upload(session, account, upload_id)
    return no_content()
