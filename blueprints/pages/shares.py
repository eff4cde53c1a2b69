"""Share links for their owner: made, changed, revoked, brought back. All of them answer with the panel of the page.

Without script the panel has a page of its own, to which every form leads.
"""

from typing import get_args

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from auth import require_account
from blueprints.fragments import wants_fragment
from blueprints.inputs import read
from blueprints.pages.forms import FormState, typed
from blueprints.pages.sharing import Done, Rejected, sharing_of
from blueprints.share_inputs import ShareForm
from db import now, transaction
from errors import Invalid, NotFound, TooManyShares
from handlers import shares
from handlers.shares import UNCHANGED
from handlers.transcriptions import completed_transcription
from models import Account, Share

blueprint = Blueprint("shares", __name__)

# Where the page asks for what a handler refuses.
FIELD = {"expires_at": "expires_on"}


@blueprint.get("/transcriptions/<public_id:transcription_id>/shares")
def index(transcription_id: str) -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        return _page(session, account, transcription_id, told=_asked(session, account))


@blueprint.post("/transcriptions/<public_id:transcription_id>/shares")
def create(transcription_id: str) -> ResponseReturnValue:
    account = require_account()
    try:
        wanted = _wanted()
        with transaction() as session:
            share = shares.create_share(
                session,
                account,
                transcription_id,
                parts=wanted.parts,
                expires_at=wanted.expires_at(now(session)),
                password=wanted.password,
            )
            return _done(session, "made", share)
    except (Invalid, TooManyShares) as error:
        return _refused(account, transcription_id, None, error)


@blueprint.post("/shares/<public_id:share_id>")
def change(share_id: str) -> ResponseReturnValue:
    account = require_account()
    try:
        wanted = _wanted()
        with transaction() as session:
            share = shares.update_share(
                session,
                account,
                share_id,
                parts=wanted.parts,
                expires_at=UNCHANGED if wanted.keeps_expiry else wanted.expires_at(now(session)),
                password=None if wanted.remove_password else wanted.password or UNCHANGED,
            )
            return _done(session, "changed", share)
    except Invalid as error:
        with transaction() as session:
            transcription_id = shares.get_share(session, account, share_id).transcription.public_id
        return _refused(account, transcription_id, share_id, error)


@blueprint.post("/shares/<public_id:share_id>/revoke")
def revoke(share_id: str) -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        return _done(session, "revoked", shares.revoke_share(session, account, share_id))


@blueprint.post("/shares/<public_id:share_id>/restore")
def restore(share_id: str) -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        return _done(session, "restored", shares.bring_back_share(session, account, share_id))


def _wanted() -> ShareForm:
    return read(ShareForm, {**typed(without=("parts",)), "parts": request.form.getlist("parts")})


def _asked(session: Session, account: Account) -> tuple[Done, Share] | None:
    """What the address says has just been done, by a form that led here."""
    done: Done | None = next((each for each in get_args(Done) if each == request.args.get("done")), None)
    if done is None:
        return None
    find = shares.revoked_share if done == "revoked" else shares.get_share
    try:
        return done, find(session, account, request.args.get("share", ""))
    except NotFound:
        return None


def _done(session: Session, done: Done, share: Share) -> ResponseReturnValue:
    if wants_fragment():
        sharing = sharing_of(session, share.transcription, is_open=True, told=(done, share))
        return render_template("shares/_panel.html", sharing=sharing)
    transcription_id = share.transcription.public_id
    return redirect(url_for(".index", transcription_id=transcription_id, done=done, share=share.public_id), code=303)


def _refused(
    account: Account, transcription_id: str, share_id: str | None, error: Invalid | TooManyShares
) -> ResponseReturnValue:
    """The panel again, with the message beside its field."""
    errors = error.fields if isinstance(error, Invalid) else {"": error.message}
    shown = {FIELD.get(name, name): _beside(name, message) for name, message in errors.items()}
    form = FormState(typed(without=("password", "parts")), shown)
    state = Rejected(share_id, form, request.form.getlist("parts"))
    with transaction() as session:
        return _page(session, account, transcription_id, refused=state), 422


def _beside(name: str, message: str) -> str:
    """The message without the name of its field, which it stands beside."""
    words = message.removeprefix(f"{name}: ")
    return words[:1].upper() + words[1:]


def _page(
    session: Session,
    account: Account,
    transcription_id: str,
    *,
    told: tuple[Done, Share] | None = None,
    refused: Rejected | None = None,
) -> str:
    transcription = completed_transcription(session, account, transcription_id)
    sharing = sharing_of(session, transcription, is_open=True, told=told, rejected=refused)
    template = "shares/_panel.html" if wants_fragment() else "shares/index.html"
    return render_template(template, sharing=sharing)
