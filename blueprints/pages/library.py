"""The list at work: live status, tags of a row, and what is done with many at once."""

from contextlib import ExitStack
from typing import Annotated, Literal

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BeforeValidator, Field

from auth import require_account
from blueprints.api_v1.waiting import streamed
from blueprints.fragments import wants_fragment
from blueprints.inputs import Input, Tags, Text, listed, read
from blueprints.pages.forms import FormState, rejected
from blueprints.pages.list_streams import ListWatch
from blueprints.pages.list_views import TOLD, TRASHED, asked_view
from blueprints.pages.paths import safe_path
from blueprints.seats import page_seats, seats
from db import transaction
from errors import Invalid, NotFound
from handlers import library, selections
from handlers.selections import MOST, Outcome
from handlers.transcriptions import get_transcription

blueprint = Blueprint("library", __name__, url_prefix="/transcriptions")

Ids = Annotated[list[Text], Field(max_length=MOST), BeforeValidator(listed)]
TypedTags = Annotated[Tags, BeforeValidator(listed)]


class Watched(Input):
    """What the page has: rows that are processing, and the newest of all, where newer ones are to be added."""

    watch: Ids = Field(default_factory=list)
    newest: Text | None = None


class TagChanges(Input):
    """Tags to put on and to take off, separated by commas."""

    add: TypedTags = Field(default_factory=list)
    remove: TypedTags = Field(default_factory=list)


class Selection(Input):
    """What is to be done, and with which transcriptions; tags where they are put on or taken off."""

    do: Literal["trash", "restore", "retry", "tag", "untag"]
    transcription_ids: Annotated[list[Text], Field(max_length=MOST)]
    tags: TypedTags = Field(default_factory=list)


SAID = {
    "restore": "{} restored.",
    "retry": "{} tried again, each as a new transcription.",
    "tag": "Tags put on {}.",
    "untag": "Tags taken off {}.",
}


@blueprint.get("/events")
def events() -> Response:
    account = require_account()
    own = set(Watched.model_fields)
    watched = read(Watched, {name: request.args[name] for name in own if request.args.get(name)})
    with ExitStack() as held:
        held.enter_context(page_seats.seat(account.id))
        held.enter_context(seats.seat(account.id))
        watch = ListWatch(account, asked_view(), watched.watch, watched.newest)
        return streamed(watch.events(), held)


@blueprint.get("/<public_id:transcription_id>/row")
def row(transcription_id: str) -> ResponseReturnValue:
    """A row, which asks for itself again while it is processing: the way without the stream."""
    return _row(transcription_id, is_asked_for=True)


@blueprint.post("/<public_id:transcription_id>/tags")
def tag(transcription_id: str) -> ResponseReturnValue:
    account = require_account()
    form = FormState()
    try:
        changes = read(TagChanges, {name: request.form[name] for name in ("add", "remove") if name in request.form})
        with transaction() as session:
            outcome = selections.tag_many(session, account, [transcription_id], add=changes.add, remove=changes.remove)
        if any(refusal.title is None for refusal in outcome.refused):
            raise NotFound()
        if outcome.refused:
            raise Invalid(outcome.refused[0].reason, param="add")
    except Invalid as error:
        form = rejected(error)
    if wants_fragment():
        return _row(transcription_id, tag_form=form), 422 if form.errors else 200
    if form.errors:
        flash(next(iter(form.errors.values())), TOLD)
    return _back()


@blueprint.post("/many")
def act() -> ResponseReturnValue:
    account = require_account()
    ids = request.form.getlist("transcription_ids")
    wanted = read(
        Selection, {"do": request.form.get("do"), "transcription_ids": ids, "tags": request.form.get("tags", "")}
    )
    with transaction() as session:
        match wanted.do:
            case "trash":
                outcome = selections.trash_many(session, account, wanted.transcription_ids)
            case "restore":
                outcome = selections.restore_many(session, account, wanted.transcription_ids)
            case "retry":
                outcome = selections.retry_many(session, account, wanted.transcription_ids, request_id=g.request_id)
            case "tag":
                outcome = selections.tag_many(session, account, wanted.transcription_ids, add=wanted.tags)
            case "untag":
                outcome = selections.tag_many(session, account, wanted.transcription_ids, remove=wanted.tags)
    _tell(wanted, outcome)
    return _back()


def _row(transcription_id: str, *, tag_form: FormState | None = None, is_asked_for: bool = False) -> str:
    account = require_account()
    with transaction() as session:
        transcription = get_transcription(session, account, transcription_id)
        choices = library.choices(session, account) if tag_form is not None else None
    return render_template(
        "transcriptions/_row.html",
        transcription=transcription,
        tag_form=tag_form,
        choices=choices,
        is_asked_for=is_asked_for,
    )


def _tell(wanted: Selection, outcome: Outcome) -> None:
    """Say on the next page what was done, and what was not and why."""
    if not wanted.transcription_ids:
        flash("Nothing is selected. Tick the transcriptions that you mean first.", TOLD)
    elif wanted.do in ("tag", "untag") and not wanted.tags:
        flash("Write the tags first, separated by commas.", TOLD)
    elif wanted.do == "trash" and outcome.done:
        flash(outcome.done[0], TRASHED)
    elif outcome.done:
        flash(SAID[wanted.do].format(_counted(len(outcome.done))), TOLD)
    reasons: dict[str, list[str]] = {}
    for refusal in outcome.refused:
        reasons.setdefault(refusal.reason, []).append(refusal.title or "One that is not here any more")
    for reason, titles in reasons.items():
        others = f" and {len(titles) - 1} more" if len(titles) > 1 else ""
        flash(f"Not done: {titles[0]}{others}. {reason}", TOLD)


def _counted(count: int) -> str:
    return "1 transcription" if count == 1 else f"{count} transcriptions"


def _back() -> ResponseReturnValue:
    """To where the form was."""
    return redirect(safe_path(request.form.get("back")) or url_for("pages.transcriptions.index"), code=303)
