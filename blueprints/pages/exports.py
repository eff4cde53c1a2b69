"""Downloads of a transcript, a look at how one begins, and many as a zip."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from auth import require_account
from blueprints.export_files import export_file, zip_file
from blueprints.inputs import ExportQuery, ExportsQuery, read
from blueprints.pages.forms import asked
from blueprints.pages.list_views import TOLD
from blueprints.pages.paths import safe_path
from db import transaction
from errors import ChaptersUnavailable, Invalid
from exports import FORMATS
from handlers import library
from handlers.exports import exportable
from models import Status

blueprint = Blueprint("exports", __name__, url_prefix="/transcriptions")

PREVIEW_SEGMENTS = 12
PREVIEW_CHARACTERS = 900


@blueprint.get("/<public_id:transcription_id>/export")
def show(transcription_id: str) -> ResponseReturnValue:
    account = require_account()
    query = read(ExportQuery, asked())
    with transaction() as session:
        return export_file(session, account, transcription_id, query.format, query.options())


@blueprint.get("/<public_id:transcription_id>/export/preview")
def preview(transcription_id: str) -> ResponseReturnValue:
    """How the file begins, for formats that are text."""
    account = require_account()
    try:
        query = read(ExportQuery, asked())
    except Invalid as error:
        return render_template("transcriptions/_export_preview.html", refused=error, beginning=None), 422
    kind = FORMATS[query.format]
    with transaction() as session:
        source = exportable(session, account, transcription_id, only_first=PREVIEW_SEGMENTS)
    beginning, refused = None, None
    if kind.render is not None and kind.is_text:
        try:
            beginning = kind.render(source.document, query.options()).decode("utf-8-sig")[:PREVIEW_CHARACTERS]
        except ChaptersUnavailable as error:
            refused = error
    return render_template("transcriptions/_export_preview.html", beginning=beginning, refused=refused)


@blueprint.get("/export")
def index() -> ResponseReturnValue:
    account = require_account()
    chosen = {
        "transcription_ids": request.args.getlist("transcription_ids"),
        "formats": request.args.getlist("formats"),
    }
    query = read(ExportsQuery, chosen)
    with transaction() as session:
        some = library.some_of(session, account, query.transcription_ids)
    if not any(row.status is Status.COMPLETED for row in some):
        flash("None of those selected is transcribed yet, so there is nothing to download.", TOLD)
        return redirect(safe_path(request.args.get("back")) or url_for("pages.transcriptions.index"), code=303)
    return zip_file(account, query.transcription_ids, query.formats, query.options())
