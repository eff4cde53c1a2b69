"""A shared transcript at `/s/…`, for whoever has the address: the same to everybody, its owner too.

Nothing of the account is shown. Every part asks anew whether the link still works, so that one that is revoked ends at
once, also for whoever has it open.
"""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from auth import signed_in_account
from blueprints.export_files import file_of
from blueprints.fragments import wants_fragment
from blueprints.inputs import ExportQuery, read
from blueprints.pages.forms import FormState, asked
from blueprints.pages.shown import Shown
from blueprints.pages.waves import wave_of
from blueprints.pages.windows import Window, window_at, windows_of
from blueprints.rate_limits import count_address
from blueprints.recordings import play
from db import transaction
from errors import NotFound, RateLimited
from exports import FORMATS
from handlers import shared
from handlers.speakers import speaker_turns
from handlers.transcriptions import segments
from models import Segment, Share, SharePart
from runtime import config

blueprint = Blueprint("shared", __name__, url_prefix="/s/<secret>")

# How long a browser is let in with the password it gave.
PASS_SECONDS = 12 * 3600
WRONG = "This is not the password of this link."


@blueprint.after_request
def _keep_to_itself(response: Response) -> Response:
    """The address is all it takes to read this, so nothing may pass it on, list it or keep what is behind it."""
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


@blueprint.get("")
def show(secret: str) -> ResponseReturnValue:
    with transaction() as session:
        share = shared.shared(session, secret, with_contents=True)
        if not _is_let_in(share):
            return _locked(secret)
        page = _show_page(session, share, secret)
    if _is_opening(share):
        with transaction() as session:
            shared.note_opening(session, share)
    return page


@blueprint.post("")
def unlock(secret: str) -> ResponseReturnValue:
    try:
        with transaction() as session:
            share = shared.shared(session, secret)
            is_right = share.password_hash is None or shared.is_share_password(
                session, share, request.form.get("password", ""), address=request.remote_addr or ""
            )
    except RateLimited as error:
        response = _locked(secret, error.message, status=error.status)
        response.headers["Retry-After"] = str(error.retry_after_seconds)
        return response
    if not is_right:
        return _locked(secret, WRONG, status=422)
    response = make_response(redirect(url_for(".show", secret=secret, t=request.args.get("t")), code=303))
    if share.password_hash is not None:
        _let_in(response, share, secret)
    return response


@blueprint.get("/segments")
def window(secret: str) -> ResponseReturnValue:
    """A stretch of the transcript, for the page that comes to it."""
    with transaction() as session:
        share = shared.shared(session, secret)
        if not _is_let_in(share):
            return _to_page(secret)
        found = window_at(windows_of(session, share.transcription), request.args.get("window"), None)
        if found is None:
            raise NotFound()
        return render_template("shares/_segments.html", **_window_context(session, share, secret, found))


@blueprint.get("/media")
def media(secret: str) -> ResponseReturnValue:
    """The recording, by ranges, where it is shared."""
    with transaction() as session:
        share = shared.shared(session, secret)
    if not _is_let_in(share) or not share.shows(SharePart.RECORDING):
        raise NotFound()
    return play(share.transcription.media)


@blueprint.get("/export")
def export(secret: str) -> ResponseReturnValue:
    """The transcript as a file, where that is offered."""
    count_address()
    with transaction() as session:
        share = shared.shared(session, secret, with_contents=True)
        if not _is_let_in(share):
            return _to_page(secret)
        query = read(ExportQuery, asked())
        if query.format not in shared.offered_formats(share):
            raise NotFound()
        source = shared.shared_exportable(session, share, query.format)
    # Written when nothing is locked any more: a stranger must not keep its owner from editing.
    return file_of(source, query.format, query.options())


def _show_page(session: Session, share: Share, secret: str) -> str:
    windows = windows_of(session, share.transcription)
    wanted = window_at(windows, request.args.get("window"), request.args.get("t"))
    context = _window_context(session, share, secret, wanted)
    turns = speaker_turns(session, share.transcription) if context["media_address"] else []
    understood = Shown(share)
    return render_template(
        "shares/show.html",
        **context,
        windows=windows,
        understood=understood,
        wave=wave_of(share.transcription, context["speakers"], turns) if context["media_address"] else None,
        transcription=understood.transcription,
        formats=[(code, FORMATS[code].label) for code in shared.offered_formats(share)],
        sought=_number_at(context["segments"], request.args.get("t", type=float)),
    )


def _window_context(session: Session, share: Share, secret: str, wanted: Window | None) -> dict[str, Any]:
    """What the page and its fragments show. No script can be given the address of a recording that is not shared."""
    transcription = share.transcription
    can_play = share.shows(SharePart.RECORDING) and transcription.media is not None
    return {
        "share": share,
        "secret": secret,
        "window": wanted,
        "segments": [] if wanted is None else segments(session, transcription, first=wanted.first, count=wanted.count),
        "speakers": shared.shown_speakers(session, share),
        "media_address": url_for(".media", secret=secret) if can_play else None,
    }


def _number_at(rows: Sequence[Segment], moment: float | None) -> int | None:
    """The number of the line that is spoken at a moment, or was last; None without a moment."""
    begun = [row.number for row in rows if moment is not None and row.start <= moment]
    return begun[-1] if begun else None


def _is_opening(share: Share) -> bool:
    """Whether somebody else than its owner comes to the page, and not merely to another stretch of it."""
    account = signed_in_account()
    is_owner = account is not None and account.id == share.account_id
    return request.method == "GET" and "window" not in request.args and not is_owner


# A password that was given is remembered in a signed cookie, for this link, this password and some hours alone.


def _is_let_in(share: Share) -> bool:
    if share.password_hash is None:
        return True
    try:
        given = _signer().loads(request.cookies.get(_cookie(), ""), max_age=PASS_SECONDS)
    except BadSignature:
        return False
    return hmac.compare_digest(str(given), _password_of(share))


def _let_in(response: Response, share: Share, secret: str) -> None:
    response.set_cookie(
        _cookie(),
        _signer().dumps(_password_of(share)),
        max_age=PASS_SECONDS,
        path=url_for(".show", secret=secret),
        secure=config().secure_cookies,
        httponly=True,
        samesite="Lax",
    )


def _password_of(share: Share) -> str:
    """Stands for the link with the password that it has now: another password, and nobody is let in any more."""
    return hashlib.sha256(share.secret_sha256 + (share.password_hash or "").encode()).hexdigest()


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(config().secret_key, salt="shares.password")


def _cookie() -> str:
    return "__Secure-share" if config().secure_cookies else "share"


def _locked(secret: str, wrong: str | None = None, *, status: int = 200) -> Response:
    """The question for the password, which tells nothing of what is behind it."""
    form = FormState(errors={"password": wrong} if wrong else {})
    action = url_for(".unlock", secret=secret, t=request.args.get("t"))
    response = make_response(render_template("shares/locked.html", form=form, action=action), status)
    # With no-referrer a form's Origin is null, and a browser that does not send Sec-Fetch-Site could not post it.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _to_page(secret: str) -> ResponseReturnValue:
    """Whose leave has run out is asked again: the whole page, also where a part of it was asked for."""
    if not wants_fragment():
        return redirect(url_for(".show", secret=secret), code=303)
    response = make_response("")
    response.headers["HX-Refresh"] = "true"
    return response
