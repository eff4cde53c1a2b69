"""The trash: putting there, looking, bringing back, deleting for good."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from auth import require_account
from blueprints.inputs import PageQuery, read_query
from blueprints.pages.list_views import TRASHED
from db import transaction
from handlers import transcriptions, trash

blueprint = Blueprint("trash", __name__)


@blueprint.get("/trash")
def index() -> ResponseReturnValue:
    account = require_account()
    query = read_query(PageQuery)
    with transaction() as session:
        listing = trash.list_trash(session, account, limit=query.limit, cursor=query.cursor)
    return render_template("trash/index.html", listing=listing, kept_for=trash.KEPT_FOR)


@blueprint.post("/transcriptions/<public_id:transcription_id>/trash")
def put(transcription_id: str) -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        trash.trash_transcription(session, account, transcription_id)
    flash(transcription_id, TRASHED)
    return redirect(url_for("pages.transcriptions.index"), code=303)


@blueprint.post("/transcriptions/<public_id:transcription_id>/restore")
def restore(transcription_id: str) -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        trash.restore_transcription(session, account, transcription_id)
    return redirect(url_for("pages.transcriptions.show", transcription_id=transcription_id), code=303)


@blueprint.post("/transcriptions/<public_id:transcription_id>/delete")
def delete(transcription_id: str) -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        transcriptions.delete_transcription(session, account, transcription_id)
    return redirect(url_for("pages.trash.index"), code=303)


@blueprint.post("/trash/empty")
def empty() -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        trash.empty_trash(session, account)
    return redirect(url_for("pages.trash.index"), code=303)
