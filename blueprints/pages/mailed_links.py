"""What is done by a link in a mail: a new password, and an address confirmed."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from auth import this_browser
from blueprints.pages.forms import FormState, rejected
from db import transaction
from errors import Invalid
from handlers import mailed_links
from models import Account, NoticeKind
from runtime import config

blueprint = Blueprint("mailed_links", __name__)


class LinkIsOver(Exception):
    """The link was used, is too old, or was never one."""


@blueprint.get("/forgotten")
def forgotten() -> ResponseReturnValue:
    return _forgotten_page(asked=False)


@blueprint.post("/forgotten")
def ask() -> ResponseReturnValue:
    """The same answer whether or not there is such an account."""
    with transaction() as session:
        mailed_links.ask_for_password(session, email=request.form.get("email", ""), browser=this_browser())
    return _forgotten_page(asked=True)


@blueprint.get("/reset/<token>")
def choose_password(token: str) -> ResponseReturnValue:
    return _reset_page(token, FormState())


@blueprint.post("/reset/<token>")
def set_password(token: str) -> ResponseReturnValue:
    try:
        with transaction() as session:
            _still_good(mailed_links.reset_password(session, token, request.form.get("new_password", "")))
    except Invalid as error:
        return _reset_page(token, rejected(error, without=("new_password",))), 422
    return redirect(url_for("pages.sign_in.login", password="changed"), code=303)  # noqa: S106 (no password)


@blueprint.get("/confirm/<token>")
def ask_to_confirm(token: str) -> ResponseReturnValue:
    """With a button: what looks through mails opens their links, and confirms nothing by that."""
    return _confirm_page(_owner(NoticeKind.CONFIRM_ADDRESS, token))


@blueprint.post("/confirm/<token>")
def confirm(token: str) -> ResponseReturnValue:
    with transaction() as session:
        account = _still_good(mailed_links.confirm(session, token))
    return _confirm_page(account)


@blueprint.after_request
def _tell_no_address(response: Response) -> Response:
    """The address of the page is a secret as long as it is good."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.errorhandler(LinkIsOver)
def _over(_: LinkIsOver) -> ResponseReturnValue:
    return render_template("mailed_links/over.html"), 410


def _owner(kind: NoticeKind, token: str) -> Account:
    with transaction() as session:
        return _still_good(mailed_links.account_of(session, kind, token))


def _still_good(account: Account | None) -> Account:
    if account is None:
        raise LinkIsOver()
    return account


def _forgotten_page(*, asked: bool) -> str:
    return render_template("mailed_links/forgotten.html", sends_mail=config().mail is not None, asked=asked)


def _reset_page(token: str, form: FormState) -> str:
    account = _owner(NoticeKind.RESET_PASSWORD, token)
    return render_template("mailed_links/reset.html", form=form, email=account.email)


def _confirm_page(account: Account) -> str:
    return render_template("mailed_links/confirm.html", email=account.email, is_confirmed=account.email_confirmed)
