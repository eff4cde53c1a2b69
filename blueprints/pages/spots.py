"""Going through a transcript: where a text stands in it, and the words that the engine was unsure of.

With htmx the places come into the toolbar of the transcript's page (static/spots.js); without, they are a page.
"""

from typing import Annotated

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import StringConstraints

from auth import require_account
from blueprints.fragments import wants_fragment
from blueprints.inputs import STORABLE, Input, read
from db import transaction
from handlers.spots import Spots, occurrences, unsure_words
from handlers.transcriptions import get_transcription
from models import Transcription
from speech.editing.replacing import Pattern

blueprint = Blueprint("spots", __name__, url_prefix="/transcriptions/<public_id:transcription_id>")

LINES_LISTED = 100


class FindQuery(Input):
    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), STORABLE] = ""


@blueprint.get("/find")
def find(transcription_id: str) -> ResponseReturnValue:
    account = require_account()
    q = read(FindQuery, request.args.to_dict()).q
    with transaction() as session:
        transcription = get_transcription(session, account, transcription_id)
        spots = occurrences(session, transcription, Pattern(q)) if q else None
    return _spots(transcription, spots, what="found", q=q)


@blueprint.get("/unsure")
def unsure(transcription_id: str) -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        transcription = get_transcription(session, account, transcription_id)
        spots = unsure_words(session, transcription)
    return _spots(transcription, spots, what="unsure", q="")


def _spots(transcription: Transcription, spots: Spots | None, *, what: str, q: str) -> str:
    is_page = not wants_fragment()
    return render_template(
        "transcriptions/spots.html" if is_page else "transcriptions/_spots.html",
        transcription=transcription,
        spots=spots,
        what=what,
        q=q,
        is_page=is_page,
        lines_listed=LINES_LISTED,
    )


def places_of(spots: Spots) -> str:
    """The spots as the script reads them: segment, second, first character and the one after the last."""
    return " ".join(
        f"{spot.number}:{spot.start:.2f}:{_units(line.text[: spot.first])}:{_units(line.text[: spot.after])}"
        for line in spots.lines
        for spot in line.spots
    )


def _units(text: str) -> int:
    """How long a script takes a text to be: in units of UTF-16."""
    return len(text.encode("utf-16-le")) // 2
