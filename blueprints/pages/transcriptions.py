"""The list, the transcript, and what can be done with them."""

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from auth import require_account
from blueprints.fragments import wants_fragment
from blueprints.inputs import TranscriptionChanges, listed, read
from blueprints.orders import order_links, quote_of_links
from blueprints.pages.adding import form_context, links_left
from blueprints.pages.export_choices import ExportChoices
from blueprints.pages.forms import ATTEMPT, FormState, new_transcription, rejected, typed, typed_links
from blueprints.pages.list_views import list_context
from blueprints.pages.notices import shown_notices
from blueprints.pages.pairs import fits_a_line, read_pairs
from blueprints.pages.sharing import sharing_of
from blueprints.pages.understanding import Understanding, understanding_of
from blueprints.pages.windows import (
    fresh_lines,
    live_window,
    speaker_context,
    window_at,
    window_context,
    windows_of,
)
from blueprints.recordings import play
from db import transaction
from errors import AccountOwes, AppError, InsufficientFunds, Invalid, MonthlyCapReached, NotFound
from handlers import transcriptions, trash, webhook_endpoints
from handlers.links import MOST_LINKS, Sum
from handlers.questions import list_questions
from handlers.revisions import ways_on
from handlers.samples import add_sample
from handlers.tags import load_tags
from handlers.understanding import understand_again
from models import Account, Status, Transcription

blueprint = Blueprint("transcriptions", __name__, url_prefix="/transcriptions")

QUESTIONS_SHOWN = 5
NOT_AFFORDABLE = (InsufficientFunds, AccountOwes, MonthlyCapReached)


@blueprint.get("")
def index() -> ResponseReturnValue:
    begun = min(request.args.get("begun", 0, type=int), MOST_LINKS)
    return _list_page(require_account(), FormState(), begun=max(begun, 0))


@blueprint.post("")
def create() -> ResponseReturnValue:
    account = require_account()
    urls = typed_links()
    try:
        wanted = new_transcription(urls)
        with transaction() as session:
            attempt = request.form.get(ATTEMPT)
            ordered = order_links(session, account, wanted, urls, request_id=g.request_id, attempt=attempt)
    except Invalid as error:
        return _form_again(account, rejected(error)), 422
    except NOT_AFFORDABLE as error:
        return _form_again(account, FormState(typed()), refused=error), error.status
    begun = len(ordered.made)
    if ordered.refused:
        return _form_again(account, links_left(ordered, urls, typed()), begun=begun), 422
    if wants_fragment():
        return _form_again(account, FormState(), begun=begun)
    if begun > 1:
        return redirect(url_for(".index", begun=begun), code=303)
    return _to_show(ordered.made[0])


@blueprint.post("/quote")
def quote() -> ResponseReturnValue:
    """The form again, as it was filled in, with what it would cost."""
    account = require_account()
    urls = typed_links()
    try:
        wanted = new_transcription(urls)
        with transaction() as session:
            quoted = quote_of_links(session, account, wanted, urls)
    except Invalid as error:
        return _form_again(account, rejected(error), fragment="quote"), 422
    return _form_again(account, FormState(typed()), quoted=quoted, fragment="quote")


@blueprint.post("/sample")
def transcribe_sample() -> ResponseReturnValue:
    account = require_account()
    try:
        with transaction() as session:
            sample = add_sample(session, account)
    except NOT_AFFORDABLE as error:
        return _list_page(account, FormState(), refused=error), error.status
    return _to_show(sample.public_id)


@blueprint.get("/<public_id:transcription_id>")
def show(transcription_id: str) -> ResponseReturnValue:
    try:
        return _show_page(transcription_id, FormState())
    except NotFound:
        with transaction() as session:
            transcription = trash.trashed_transcription(session, require_account(), transcription_id)
        return render_template("trash/trashed.html", transcription=transcription, kept_for=trash.KEPT_FOR)


@blueprint.get("/<public_id:transcription_id>/segments")
def segments(transcription_id: str) -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        transcription = transcriptions.get_transcription(session, account, transcription_id)
        window = window_at(windows_of(session, transcription), request.args.get("window"), None)
        if window is None:
            raise NotFound()
        return render_template("transcriptions/_segments.html", **window_context(session, transcription, window))


@blueprint.get("/<public_id:transcription_id>/progress")
def progress(transcription_id: str) -> ResponseReturnValue:
    """How far it is, with the lines after the first `shown`. Where there are fewer by now, the page is opened anew."""
    account = require_account()
    shown = request.args.get("shown", 0, type=int)
    with transaction() as session:
        transcription = transcriptions.get_transcription(session, account, transcription_id)
        before, fresh = fresh_lines(session, transcription, shown)
        response = make_response(
            render_template(
                "transcriptions/_progress.html",
                **window_context(session, transcription, None),
                shown=shown + len(fresh),
                fresh=fresh,
                speaker_before=before.speaker if before else None,
            )
        )
    if transcription.is_final or (shown and before is None):
        response.headers["HX-Refresh"] = "true"
    return response


@blueprint.get("/<public_id:transcription_id>/understanding")
def understanding(transcription_id: str) -> ResponseReturnValue:
    """What is made of the transcript: one line while as much is `left` as before, and all of it once there is more."""
    account = require_account()
    with transaction() as session:
        transcription = transcriptions.get_transcription(session, account, transcription_id, with_contents=True)
        understood = Understanding(transcription, windows_of(session, transcription))
    if understood.pending and ",".join(understood.pending) == request.args.get("left"):
        return render_template("transcriptions/_making.html", understood=understood)
    response = make_response(render_template("transcriptions/_understanding.html", understood=understood))
    response.headers["HX-Retarget"] = f"#understanding-{transcription_id}"
    return response


@blueprint.post("/<public_id:transcription_id>/understand")
def understand(transcription_id: str) -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        understand_again(session, account, transcription_id)
    return _to_show(transcription_id)


@blueprint.get("/<public_id:transcription_id>/media")
def media(transcription_id: str) -> ResponseReturnValue:
    """The recording, by ranges, as its owner's browser asks for it."""
    return play(_owned(transcription_id).media)


@blueprint.post("/<public_id:transcription_id>/title")
def rename(transcription_id: str) -> ResponseReturnValue:
    account = require_account()
    try:
        changes = read(TranscriptionChanges, {"title": request.form.get("title", "")})
    except Invalid as error:
        return _show_page(transcription_id, rejected(error)), 422
    with transaction() as session:
        transcription = transcriptions.update_transcription(session, account, transcription_id, title=changes.title)
    if wants_fragment():
        return render_template("transcriptions/_title.html", transcription=transcription, is_saved=True)
    return _to_show(transcription_id)


@blueprint.post("/<public_id:transcription_id>/details")
def describe(transcription_id: str) -> ResponseReturnValue:
    """Other tags and metadata. Pairs that no line can say stay as they are."""
    account = require_account()
    try:
        labels = read_pairs(request.form.get("metadata", ""), param="metadata")
        tags = listed(request.form.get("tags", ""))
        with transaction() as session:
            before = transcriptions.get_transcription(session, account, transcription_id).labels
            kept = {name: value for name, value in before.items() if not fits_a_line(name, value)}
            changes = read(TranscriptionChanges, {"tags": tags, "metadata": {**kept, **labels}})
            transcription = transcriptions.update_transcription(
                session, account, transcription_id, labels=changes.metadata, tags=changes.tags
            )
    except Invalid as error:
        return _show_page(transcription_id, FormState(), details_form=rejected(error)), 422
    if wants_fragment():
        return render_template("transcriptions/_details.html", transcription=transcription, is_saved=True)
    return _to_show(transcription_id)


@blueprint.post("/<public_id:transcription_id>/speakers")
def rename_speakers(transcription_id: str) -> ResponseReturnValue:
    account = require_account()
    changes = read(TranscriptionChanges, {"speakers": request.form.to_dict()})
    with transaction() as session:
        transcriptions.update_transcription(session, account, transcription_id, speaker_names=changes.speakers)
    return _to_show(transcription_id)


@blueprint.post("/<public_id:transcription_id>/cancel")
def cancel(transcription_id: str) -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        transcriptions.cancel_transcription(session, account, transcription_id)
    return _to_show(transcription_id)


@blueprint.post("/<public_id:transcription_id>/retry")
def retry(transcription_id: str) -> ResponseReturnValue:
    account = require_account()
    try:
        with transaction() as session:
            again = transcriptions.retry_transcription(session, account, transcription_id, request_id=g.request_id)
            webhook_endpoints.tell_again(session, account, transcription_id, again)
    except NOT_AFFORDABLE as error:
        return _show_page(transcription_id, FormState(), refused=error), error.status
    return _to_show(again.public_id)


@blueprint.post("/<public_id:transcription_id>/media/delete")
def delete_media(transcription_id: str) -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        transcriptions.delete_media(session, account, transcription_id)
    return _to_show(transcription_id)


def _owned(transcription_id: str) -> Transcription:
    account = require_account()
    with transaction() as session:
        return transcriptions.get_transcription(session, account, transcription_id)


def _to_show(transcription_id: str) -> Response:
    return redirect(url_for(".show", transcription_id=transcription_id), code=303)  # type: ignore[return-value]


def _show_page(
    transcription_id: str,
    title_form: FormState,
    *,
    details_form: FormState | None = None,
    refused: AppError | None = None,
) -> str:
    account = require_account()
    with transaction() as session:
        transcription = transcriptions.get_transcription(session, account, transcription_id, with_contents=True)
        load_tags(session, transcription)
        windows = windows_of(session, transcription)
        window = window_at(windows, request.args.get("window"), request.args.get("t"))
        if transcription.status is Status.PROCESSING:
            window = live_window(windows)
        return render_template(
            "transcriptions/show.html",
            **speaker_context(session, window_context(session, transcription, window)),
            title_form=title_form,
            details_form=details_form,
            endpoints=webhook_endpoints.list_endpoints(
                session, account, transcription_id=transcription_id, limit=1, cursor=None
            ).rows,
            refused=refused,
            windows=windows,
            shown=sum(each.count for each in windows),
            ways=ways_on(session, transcription),
            understood=understanding_of(transcription, windows),
            export_choices=ExportChoices(),
            sharing=sharing_of(session, transcription),
            questions=list_questions(session, account, transcription_id=transcription_id, limit=QUESTIONS_SHOWN),
        )


def _form_again(
    account: Account,
    form: FormState,
    *,
    fragment: str = "links",
    refused: AppError | None = None,
    quoted: Sum | None = None,
    begun: int = 0,
) -> str:
    """What came of the form: the fragment of it that a script asks for, else the page."""
    if not wants_fragment():
        return _list_page(account, form, refused=refused, quoted=quoted, begun=begun)
    with transaction() as session:
        context = form_context(session, account, form, refused=refused, quoted=quoted, begun=begun)
    return render_template(f"transcriptions/_{fragment}.html", **context, is_alone=True)


def _list_page(
    account: Account,
    form: FormState,
    *,
    refused: AppError | None = None,
    quoted: Sum | None = None,
    begun: int = 0,
) -> str:
    with transaction() as session:
        shown = list_context(session, account)
        notices = shown_notices(session, account)
        new = form_context(session, account, form, refused=refused, quoted=quoted, begun=begun)
    return render_template(
        "transcriptions/list.html",
        **shown,
        notices=notices,
        **new,
    )
