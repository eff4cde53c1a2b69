"""What is on a transcript's page as calls of the API, written by what writes the samples of the reference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from pydantic import Field, StringConstraints

from auth import require_account
from blueprints.api_v1.documents import OPERATIONS
from blueprints.api_v1.documents.operation import Operation
from blueprints.api_v1.documents.samples import written
from blueprints.fragments import wants_fragment
from blueprints.inputs import STORABLE, ExportFormat, ExportOptions, read
from blueprints.pages.forms import asked
from blueprints.pages.guides import Sample
from db import transaction
from handlers.speakers import Speaker, speakers
from handlers.transcriptions import get_transcription
from models import Transcription
from runtime import config

blueprint = Blueprint("calls", __name__, url_prefix="/transcriptions/<public_id:transcription_id>")

Typed = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000), STORABLE]


class OnScreen(ExportOptions):
    """What is typed and chosen on the page: in the search, in the question, and for an export."""

    q: Typed = ""
    question: Typed = ""
    format: ExportFormat = Field(default="srt", validate_default=True)


@dataclass(frozen=True, slots=True)
class Call:
    """One operation with what is on the page, in each language."""

    operation: Operation
    samples: Sequence[Sample]


@blueprint.get("/code")
def show(transcription_id: str) -> ResponseReturnValue:
    account = require_account()
    on_screen = read(OnScreen, asked())
    with transaction() as session:
        transcription = get_transcription(session, account, transcription_id)
        people = speakers(session, transcription)
    template = "transcriptions/_calls.html" if wants_fragment() else "transcriptions/calls.html"
    return render_template(template, transcription=transcription, calls=_calls(transcription, people, on_screen))


def _calls(transcription: Transcription, people: Sequence[Speaker], on_screen: OnScreen) -> Sequence[Call]:
    chosen = on_screen.model_dump(mode="json", exclude_defaults=True, exclude={"q", "question", "format"})
    names = {person.label: person.name for person in people}
    return [
        _call("get_transcription_result", transcription),
        _call("search_transcription", transcription, asked={"q": on_screen.q} if on_screen.q else None),
        _call(
            "ask_transcription", transcription, fields={"question": on_screen.question} if on_screen.question else None
        ),
        _call("export_transcription", transcription, asked={"format": on_screen.format, **chosen}),
        _call(
            "update_transcription",
            transcription,
            fields={"title": transcription.title, **({"speakers": names} if names else {})},
        ),
    ]


def _call(
    operation_id: str,
    transcription: Transcription,
    *,
    asked: Mapping[str, Any] | None = None,
    fields: Mapping[str, Any] | None = None,
) -> Call:
    operation = next(each for each in OPERATIONS if each.id == operation_id)
    ids = {"transcription_id": transcription.public_id}
    made = written(operation, config().base_url, ids=ids, fields=fields, asked=asked)
    return Call(operation, [Sample(each["label"], each["source"]) for each in made])
