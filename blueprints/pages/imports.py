"""Transcripts that were made elsewhere, brought along as files: subtitles, or JSON with segments."""

from dataclasses import dataclass, field
from pathlib import PurePath

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from auth import require_account
from blueprints.fragments import wants_fragment
from blueprints.inputs import NewTranscription, read
from blueprints.orders import order
from blueprints.pages.adding import languages
from blueprints.pages.forms import FormState, typed
from db import transaction
from errors import Invalid
from models import Account, Transcription

blueprint = Blueprint("imports", __name__, url_prefix="/transcriptions/import")

FORMATS = {".srt": "srt", ".vtt": "vtt", ".json": "json"}
MOST_FILES = 50


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of files: those that are transcriptions now, and by its name why another is none."""

    made: list[Transcription] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


@blueprint.get("")
def show() -> ResponseReturnValue:
    require_account()
    return _page(FormState(), Brought())


@blueprint.post("")
def bring() -> ResponseReturnValue:
    """Each file for itself: what is wrong with one keeps nothing from the others."""
    account = require_account()
    files = [file for file in request.files.getlist("file") if file.filename]
    if not 1 <= len(files) <= MOST_FILES:
        message = f"Choose up to {MOST_FILES} files." if files else "Choose a file."
        return _page(FormState(typed(), {"file": message}), Brought()), 422
    brought = Brought()
    for file in files:
        try:
            brought.made.append(_bring(account, file))
        except Invalid as error:
            brought.refused[str(file.filename)] = error.message
    status = 422 if brought.refused else 200
    if wants_fragment():
        return render_template("transcriptions/_brought.html", brought=brought), status
    if len(brought.made) == 1 and not brought.refused:
        return redirect(url_for("pages.transcriptions.show", transcription_id=brought.made[0].public_id), code=303)
    return _page(FormState(typed()), brought), status


def _bring(account: Account, file: FileStorage) -> Transcription:
    name = PurePath(str(file.filename))
    brought = {"format": _format_of(name), "content": _text_of(file)}
    given = {"source": "transcript", "transcript": brought, "title": name.stem, **typed()}
    with transaction() as session:
        return order(session, account, read(NewTranscription, given), api_key=None, request_id=g.request_id)


def _format_of(name: PurePath) -> str:
    try:
        return FORMATS[name.suffix.lower()]
    except KeyError:
        raise Invalid("A transcript is a file that ends in .srt, .vtt or .json.", param="file") from None


def _text_of(file: FileStorage) -> str:
    content: bytes = file.read()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("Its letters are not written in UTF-8. Save it so, and choose it again.", param="file") from None


def _page(form: FormState, brought: Brought) -> str:
    return render_template(
        "transcriptions/import.html", form=form, brought=brought, languages=languages(), formats=FORMATS
    )
