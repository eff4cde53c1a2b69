"""Editing a transcript on its page: a line, its speakers, find and replace, undo and redo.

With htmx an answer brings what was asked for and, out of band, all that tells of the transcript; `edited` tells which
windows to load again (static/editor.js). Without, every form leads back to the page.
"""

import json
from collections.abc import Iterable, Sequence

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from auth import require_account
from blueprints.edit_inputs import LineForm, MergeSpeakersForm, ReplaceForm, ReplaceQuery, RevisionForm
from blueprints.fragments import wants_fragment
from blueprints.inputs import PageQuery, read
from blueprints.pages.forms import FormState, rejected
from blueprints.pages.understanding import understanding_of
from blueprints.pages.windows import WINDOW_SIZE, Window, speaker_context, window_context, windows_of
from db import transaction
from errors import Invalid, NotFound, RevisionConflict
from handlers import editing, revisions, transcriptions
from handlers.editing import Edited
from handlers.revisions import ways_on
from handlers.speakers import lines_of_turn
from models import Account, RevisionKind, Segment, Transcription
from speech.editing.edits import MergeSpeakers
from speech.editing.splices import Splice, placed

blueprint = Blueprint("editing", __name__, url_prefix="/transcriptions/<public_id:transcription_id>")

MATCHES_SHOWN = 20
TOLD = {RevisionKind.UNDO: "Undone: {}", RevisionKind.REDO: "Made again: {}"}


@blueprint.get("/segments/<int:number>")
def line(transcription_id: str, number: int) -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        transcription = transcriptions.get_transcription(session, account, transcription_id)
        segment = _segment(session, transcription, number)
        if not wants_fragment():
            return _to_show(transcription_id, segment)
        return _line(session, transcription, segment)


@blueprint.get("/segments/<int:number>/edit")
def form(transcription_id: str, number: int) -> ResponseReturnValue:
    account = require_account()
    known = request.args.get("revision", type=int)
    with transaction() as session:
        transcription = transcriptions.get_transcription(session, account, transcription_id)
        if known is not None and known != transcription.revision:
            raise RevisionConflict("The transcript was edited elsewhere since this page was opened. Reload it first.")
        state = FormState({"reach": request.args.get("reach", "line")})
        return _line_form(session, transcription, _segment(session, transcription, number), state)


@blueprint.post("/segments/<int:number>")
def save(transcription_id: str, number: int) -> ResponseReturnValue:
    account = require_account()
    try:
        wanted = read(LineForm, request.form.to_dict())
        with transaction() as session:
            return _saved(session, account, transcription_id, number, wanted)
    except (Invalid, RevisionConflict) as error:
        with transaction() as session:
            transcription = transcriptions.get_transcription(session, account, transcription_id)
            segment = _segment(session, transcription, number)
            return _line_form(session, transcription, segment, _not_saved(error)), 422


def _saved(
    session: Session, account: Account, transcription_id: str, number: int, wanted: LineForm
) -> ResponseReturnValue:
    transcription = transcriptions.get_transcription(session, account, transcription_id)
    segment = _segment(session, transcription, number)
    turn = lines_of_turn(session, transcription, number) if wanted.reach == "turn" else [number]
    edits = wanted.edits(turn, segment.text, segment.speaker)
    if not edits:
        return _line(session, transcription, segment) if wants_fragment() else _to_show(transcription_id, segment)
    edited = editing.edit_transcript(session, account, transcription_id, edits, revision=wanted.revision)
    session.expire_all()
    transcription = transcriptions.get_transcription(session, account, transcription_id, with_contents=True)
    windows = windows_of(session, transcription)
    number = min(number, sum(window.count for window in windows) - 1)
    segment = _segment(session, transcription, number)
    if not wants_fragment():
        return _to_show(transcription_id, segment)
    if _is_text_alone(edited.splices):
        content = _line(session, transcription, segment)
        return _with_what_follows(session, transcription, edited, windows, content, shown=number // WINDOW_SIZE)
    window = windows[number // WINDOW_SIZE]
    content = render_template(
        "transcriptions/_segments.html", **window_context(session, transcription, window), focused=number
    )
    response = _with_what_follows(session, transcription, edited, windows, content, shown=window.number)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = f"#window-{window.number}", "outerHTML"
    return response


@blueprint.post("/undo")
def undo(transcription_id: str) -> ResponseReturnValue:
    account = require_account()
    wanted = read(RevisionForm, request.form.to_dict())
    with transaction() as session:
        edited = editing.undo(session, account, transcription_id, revision=wanted.revision)
        return _whole(session, account, edited)


@blueprint.post("/redo")
def redo(transcription_id: str) -> ResponseReturnValue:
    account = require_account()
    wanted = read(RevisionForm, request.form.to_dict())
    with transaction() as session:
        edited = editing.redo(session, account, transcription_id, revision=wanted.revision)
        return _whole(session, account, edited)


@blueprint.post("/speakers/merge")
def merge_speakers(transcription_id: str) -> ResponseReturnValue:
    account = require_account()
    wanted = read(MergeSpeakersForm, request.form.to_dict())
    edit = MergeSpeakers(wanted.speaker, wanted.into)
    with transaction() as session:
        edited = editing.edit_transcript(session, account, transcription_id, [edit], revision=wanted.revision)
        return _whole(session, account, edited)


@blueprint.get("/replace")
def preview_replacement(transcription_id: str) -> ResponseReturnValue:
    account = require_account()
    wanted = read(ReplaceQuery, request.args.to_dict())
    with transaction() as session:
        transcription = transcriptions.get_transcription(session, account, transcription_id)
        would = None
        if wanted.find:
            edits = [wanted.edit()]
            would = editing.preview_edits(session, account, transcription_id, edits, revision=transcription.revision)
    template = "transcriptions/_replacement.html" if wants_fragment() else "transcriptions/replace.html"
    return render_template(
        template,
        transcription=transcription,
        wanted=wanted,
        would=would,
        matches=[] if would is None else [splice.before[0] for splice in would.splices[:MATCHES_SHOWN]],
        pattern=wanted.edit().pattern,
    )


@blueprint.post("/replace")
def replace(transcription_id: str) -> ResponseReturnValue:
    account = require_account()
    wanted = read(ReplaceForm, request.form.to_dict())
    with transaction() as session:
        edited = editing.edit_transcript(session, account, transcription_id, [wanted.edit()], revision=wanted.revision)
        return _whole(session, account, edited)


@blueprint.get("/revisions")
def history(transcription_id: str) -> ResponseReturnValue:
    account = require_account()
    query = read(PageQuery, request.args.to_dict())
    with transaction() as session:
        rows, next_cursor = revisions.list_revisions(
            session, account, transcription_id, limit=query.limit, cursor=query.cursor
        )
        transcription = transcriptions.get_transcription(session, account, transcription_id)
        return render_template(
            "transcriptions/revisions.html",
            transcription=transcription,
            revisions=rows,
            next_cursor=next_cursor,
            ways=ways_on(session, transcription),
        )


def _whole(session: Session, account: Account, edited: Edited) -> ResponseReturnValue:
    """The answer to what may have changed any part of a transcript."""
    public_id = edited.transcription.public_id
    if not wants_fragment():
        return _to_show(public_id, None)
    session.expire_all()
    transcription = transcriptions.get_transcription(session, account, public_id, with_contents=True)
    return _with_what_follows(session, transcription, edited, windows_of(session, transcription), "")


def _with_what_follows(
    session: Session,
    transcription: Transcription,
    edited: Edited,
    windows: Sequence[Window],
    content: str,
    *,
    shown: int | None = None,
) -> Response:
    """The content with all else on the page that tells of the transcript, and which windows are to be loaded again.

    `shown` is the window that the content brings up to date.
    """
    is_text_alone = _is_text_alone(edited.splices)
    context = window_context(session, transcription, None)
    before = sum(window.count for window in windows) - sum(splice.growth for splice in edited.splices)
    follows = render_template(
        "transcriptions/_edited.html",
        **(context if is_text_alone else speaker_context(session, context)),
        edited=edited,
        told=TOLD.get(edited.kind, "{}").format(edited.description),
        understood=understanding_of(transcription, windows),
        ways=ways_on(session, transcription),
        windows=windows,
        new_windows=windows[-(-before // WINDOW_SIZE) :],
        is_text_alone=is_text_alone,
    )
    response = make_response(content + follows)
    changed = sorted(_windows_of(edited.splices) - {shown})
    first = next((splice.first // WINDOW_SIZE for splice in edited.splices if splice.growth), None)
    told = {"windows": changed, "from": first, "count": len(windows), "shown": shown}
    response.headers["HX-Trigger-After-Settle"] = json.dumps({"edited": told})
    return response


def _windows_of(splices: Iterable[Splice]) -> set[int]:
    return {
        place // WINDOW_SIZE for splice, first in placed(splices) for place in (first, first + len(splice.after) - 1)
    }


def _is_text_alone(splices: Sequence[Splice]) -> bool:
    """Whether lines stay where they are and who says them stays too."""
    return all(splice.growth == 0 and splice.before[0].speaker == splice.after[0].speaker for splice in splices)


def _segment(session: Session, transcription: Transcription, number: int) -> Segment:
    found = transcriptions.segments(session, transcription, first=number, count=1)
    if not found or found[0].number != number:
        raise NotFound()
    return found[0]


def _line(session: Session, transcription: Transcription, segment: Segment) -> str:
    return render_template(
        "transcriptions/_segment.html",
        **window_context(session, transcription, None),
        segment=segment,
        focused=segment.number,
    )


def _line_form(session: Session, transcription: Transcription, segment: Segment, state: FormState) -> str:
    template = "transcriptions/_segment_form.html" if wants_fragment() else "transcriptions/edit.html"
    return render_template(template, **window_context(session, transcription, None), segment=segment, form=state)


def _not_saved(error: Invalid | RevisionConflict) -> FormState:
    if isinstance(error, Invalid):
        # Messages about an edit stand beside the text, which is where the form's edits come from.
        state = rejected(error)
        return FormState(request.form.to_dict(), {"text": next(iter(state.errors.values()))})
    message = "The transcript was edited elsewhere meanwhile. Copy your text, reload the page, and change it again."
    return FormState(request.form.to_dict(), {"text": message})


def _to_show(transcription_id: str, segment: Segment | None) -> Response:
    anchor = f"segment-{segment.number}" if segment else None
    moment = f"{segment.start:.2f}" if segment else None
    address = url_for("pages.transcriptions.show", transcription_id=transcription_id, t=moment, _anchor=anchor)
    return redirect(address, code=303)  # type: ignore[return-value]
