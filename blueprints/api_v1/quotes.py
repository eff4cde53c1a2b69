"""What a transcription would cost."""

from flask import Blueprint, Response, g
from sqlalchemy.orm import Session

from blueprints.api_v1.presenters import quote_json
from blueprints.api_v1.replies import in_transaction, reply
from blueprints.inputs import NewTranscription, read_json
from blueprints.orders import quote_of

blueprint = Blueprint("quotes", __name__, url_prefix="/quotes")


@blueprint.post("")
@in_transaction
def create(session: Session) -> Response:
    return reply(quote_json(quote_of(session, g.account, read_json(NewTranscription))))
