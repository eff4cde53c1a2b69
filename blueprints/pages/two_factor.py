"""Two-factor sign-in under Settings: set up, turned off, recovery codes shown once."""

from collections.abc import Sequence

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from auth import require_account, session_token, this_browser
from blueprints.pages.forms import FormState, rejected
from blueprints.pages.qr_codes import qr_code
from db import transaction
from errors import Conflict, Invalid
from handlers import sign_in, two_factor
from models import Account

blueprint = Blueprint("two_factor", __name__, url_prefix="/settings/account/two-factor")

SECRETS = ("current_password", "code")


@blueprint.get("")
def show() -> ResponseReturnValue:
    return _page(require_account())


@blueprint.post("/begin")
def begin() -> ResponseReturnValue:
    """Make a secret for the app. It takes the password, or who finds a browser signed in could lock its owner out."""
    account = require_account()
    refusal = _refusal(account, takes_code=False)
    if refusal is not None:
        return _page(account, form=rejected(refusal, without=SECRETS)), 422
    try:
        with transaction() as session:
            two_factor.begin(session, account)
    except Conflict:
        pass  # It is on, which the page says.
    return _to_page()


@blueprint.post("/confirm")
def confirm() -> ResponseReturnValue:
    """Turn it on with a code of the app; every other browser is signed out, since it has given none."""
    account = require_account()
    try:
        with transaction() as session:
            codes = two_factor.confirm(session, account, request.form.get("code", ""))
            sign_in.end_other_sessions(session, account, session_token())
    except Conflict:
        return _to_page()
    except Invalid as error:
        return _page(account, form=rejected(error, without=SECRETS)), 422
    return _page(account, codes=codes)


@blueprint.post("/recovery-codes")
def replace_recovery_codes() -> ResponseReturnValue:
    account = require_account()
    refusal = _refusal(account, takes_code=True)
    if refusal is not None:
        return _page(account, codes_form=rejected(refusal, without=SECRETS)), 422
    with transaction() as session:
        codes = two_factor.replace_recovery_codes(session, account)
    return _page(account, codes=codes)


@blueprint.post("/off")
def turn_off() -> ResponseReturnValue:
    account = require_account()
    refusal = _refusal(account, takes_code=True)
    if refusal is not None:
        return _page(account, off_form=rejected(refusal, without=SECRETS)), 422
    with transaction() as session:
        two_factor.turn_off(session, account)
    return redirect(url_for("pages.settings.account", saved="two-factor", _anchor="two-factor"), code=303)


def _refusal(account: Account, *, takes_code: bool) -> Invalid | None:
    """What is wrong with the password and code that were given, None when they are right; counted like a sign-in."""
    browser = this_browser()
    with transaction() as session:
        sign_in.refuse_if_guessing(session, email=account.email, address=browser.address)
        if not sign_in.is_owner(session, account, request.form.get("current_password", "")):
            sign_in.note_failure(session, email=account.email, address=browser.address)
            return Invalid("This is not your present password.", param="current_password")
        if takes_code and not two_factor.is_code(session, account, request.form.get("code", "")):
            sign_in.note_refused_code(session, account, browser)
            return two_factor.wrong_code()
        sign_in.forget_failures(session, email=account.email)
    return None


def _to_page() -> Response:
    return redirect(url_for(".show"), code=303)  # type: ignore[return-value]


def _page(
    account: Account,
    *,
    form: FormState | None = None,
    codes_form: FormState | None = None,
    off_form: FormState | None = None,
    codes: Sequence[str] = (),
) -> str:
    with transaction() as session:
        return render_template(
            "settings/two_factor.html",
            **_state(session, account),
            codes=codes,
            form=form or FormState(),
            codes_form=codes_form or FormState(),
            off_form=off_form or FormState(),
            has_password=account.password_hash is not None,
        )


def _state(session: Session, account: Account) -> dict[str, object]:
    setup = two_factor.setup(session, account)
    return {
        "is_on": two_factor.is_on(session, account),
        "left": two_factor.recovery_codes_left(session, account),
        "setup": setup,
        "image": qr_code(setup.address) if setup else None,
    }
