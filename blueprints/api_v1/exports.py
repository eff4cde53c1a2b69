"""Exports: a transcription as a file, and many of them as a zip."""

from flask import Blueprint, Response, g
from sqlalchemy.orm import Session

from blueprints.api_v1.replies import in_transaction
from blueprints.export_files import export_file, zip_file
from blueprints.inputs import ExportQuery, ExportsQuery, read_query
from handlers.exports import check_exportable

blueprint = Blueprint("exports", __name__)


@blueprint.get("/transcriptions/<public_id:transcription_id>/export")
@in_transaction
def show(session: Session, transcription_id: str) -> Response:
    query = read_query(ExportQuery)
    return export_file(session, g.account, transcription_id, query.format, query.options())


@blueprint.get("/exports")
@in_transaction
def index(session: Session) -> Response:
    query = read_query(ExportsQuery)
    check_exportable(session, g.account, query.transcription_ids)
    return zip_file(g.account, query.transcription_ids, query.formats, query.options())
