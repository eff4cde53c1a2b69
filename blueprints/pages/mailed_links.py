"""What is done by a link in a mail: a new password, and an address confirmed."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from auth import this_browser
from blueprints.pages.forms import FormState, rejected
from db import transaction
from errors import Invalid
from handlers import mailed_links
from models import NoticeKind
from runtime import config

blueprint = Blueprint("mailed_links", __name__)


@blueprint.get("/forgotten")
def forgotten() -> ResponseReturnValue:
    return render_template("mailed_links/forgotten.html", sends_mail=config().mail is not None, asked=False)


@blueprint.post("/forgotten")
def ask() -> ResponseReturnValue:
    """The same answer whether or not there is such an account."""
    with transaction() as session:
        mailed_links.ask_for_password(session, email=request.form.get("email", ""), browser=this_browser())
    return render_template("mailed_links/forgotten.html", sends_mail=config().mail is not None, asked=True)


@blueprint.get("/reset/<token>")
def choose_password(token: str) -> ResponseReturnValue:
    with transaction() as session:
        account = mailed_links.account_of(session, NoticeKind.RESET_PASSWORD, token)
    if account is None:
        return _over()
    return render_template("mailed_links/reset.html", form=FormState(), email=account.email)


@blueprint.post("/reset/<token>")
def set_password(token: str) -> ResponseReturnValue:
    try:
        with transaction() as session:
            account = mailed_links.reset_password(session, token, request.form.get("new_password", ""))
    except Invalid as error:
        with transaction() as session:
            account = mailed_links.account_of(session, NoticeKind.RESET_PASSWORD, token)
        if account is None:
            return _over()
        form = rejected(error, without=("new_password",))
        return render_template("mailed_links/reset.html", form=form, email=account.email), 422
    if account is None:
        return _over()
    return redirect(url_for("pages.sign_in.login", password="changed"), code=303)  # noqa: S106 (no password)


@blueprint.get("/confirm/<token>")
def ask_to_confirm(token: str) -> ResponseReturnValue:
    """With a button: what looks through mails opens their links, and confirms nothing by that."""
    with transaction() as session:
        account = mailed_links.account_of(session, NoticeKind.CONFIRM_ADDRESS, token)
    if account is None:
        return _over()
    return render_template("mailed_links/confirm.html", email=account.email, is_confirmed=account.email_confirmed)


@blueprint.post("/confirm/<token>")
def confirm(token: str) -> ResponseReturnValue:
    with transaction() as session:
        account = mailed_links.confirm(session, token)
    if account is None:
        return _over()
    return render_template("mailed_links/confirm.html", email=account.email, is_confirmed=True)


@blueprint.after_request
def _tell_no_address(response: Response) -> Response:
    """The address of the page is a secret as long as it is good."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _over() -> ResponseReturnValue:
    return make_response(render_template("mailed_links/over.html"), 410)
