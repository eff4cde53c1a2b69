"""The JSON API under /api/v1: a Bearer token in the place of the session cookie, and the handlers of the pages."""

from flask import Blueprint, request

from blueprints.api_v1 import (
    account,
    edits,
    events,
    exports,
    questions,
    quotes,
    search,
    shares,
    transcriptions,
    trash,
    uploads,
    webhooks,
)

blueprint = Blueprint("api_v1", __name__, url_prefix="/api/v1")
blueprint.register_blueprint(account.blueprint)
blueprint.register_blueprint(edits.blueprint)
blueprint.register_blueprint(quotes.blueprint)
blueprint.register_blueprint(questions.blueprint)
blueprint.register_blueprint(search.blueprint)
blueprint.register_blueprint(transcriptions.blueprint)
blueprint.register_blueprint(trash.blueprint)
blueprint.register_blueprint(exports.blueprint)
blueprint.register_blueprint(shares.blueprint)
blueprint.register_blueprint(uploads.blueprint)
blueprint.register_blueprint(webhooks.blueprint)
blueprint.register_blueprint(events.blueprint)

# A day of speech with the times of its words.
TAKE_TRANSCRIPTS = {"api_v1.transcriptions.create", "api_v1.quotes.create"}
MAX_TRANSCRIPT_BYTES = 16 * 1024**2


@blueprint.before_request
def _make_room() -> None:
    if request.endpoint in TAKE_TRANSCRIPTS:
        request.max_content_length = MAX_TRANSCRIPT_BYTES
