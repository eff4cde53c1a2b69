"""Search as JSON."""

from flask import Blueprint, Response, g
from sqlalchemy.orm import Session

from blueprints.api_v1.insight_presenters import search_json
from blueprints.api_v1.replies import in_transaction, reply
from blueprints.inputs import SearchFilters, SearchQuery, read_query
from blueprints.places import place_of
from handlers.search import Place, search

blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
@in_transaction
def everywhere(session: Session) -> Response:
    query = read_query(SearchQuery)
    return reply(search_json(search(session, g.account, query.q, place_of(query), limit=query.limit)))


@blueprint.get("/transcriptions/<public_id:transcription_id>/search")
@in_transaction
def in_one(session: Session, transcription_id: str) -> Response:
    query = read_query(SearchFilters)
    place = Place(transcription_ids=[transcription_id], speaker=query.speaker)
    return reply(search_json(search(session, g.account, query.q, place, limit=query.limit)))
