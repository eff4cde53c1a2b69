"""OpenAI's transcription endpoint under /v1, for programs made for theirs: our keys, handlers, prices and limits.

What it takes, what it ignores and what it refuses stands in docs/guides/openai.md.
"""

from flask import Blueprint
from werkzeug.wrappers import Response

from blueprints.error_responses import answer_error
from blueprints.openai_v1 import model_list, transcriptions
from blueprints.openai_v1.failures import is_worth_a_retry
from errors import AppError

blueprint = Blueprint("openai_v1", __name__, url_prefix="/v1")
blueprint.register_blueprint(model_list.blueprint)
blueprint.register_blueprint(transcriptions.blueprint)


@blueprint.errorhandler(AppError)
def _answer(error: AppError) -> Response:
    response = answer_error(error)
    if not is_worth_a_retry(error):
        # OpenAI's clients try every 409 and 5xx again unless they are told not to.
        response.headers["X-Should-Retry"] = "false"
    return response
