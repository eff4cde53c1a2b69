"""Signing up, in and out."""

from dataclasses import asdict

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from auth import (
    Client,
    OutsideSignInFailed,
    Visitor,
    account_awaiting_code,
    await_code,
    awaited_by,
    begin_session,
    end_session,
    identify,
    leave_for,
    oauth,
    signed_in_account,
    this_browser,
)
from blueprints.pages.forms import FormState, rejected
from blueprints.pages.paths import safe_path
from db import transaction
from errors import Invalid, NotFound
from handlers import accounts, mailed_links, sign_in, two_factor
from models import Account
from runtime import config

blueprint = Blueprint("sign_in", __name__)


@blueprint.get("/login")
def login() -> ResponseReturnValue:
    if signed_in_account() is not None:
        return redirect(_next(), code=303)
    return _login_page(FormState())


@blueprint.post("/login")
def log_in() -> ResponseReturnValue:
    email, password, address = request.form.get("email", ""), request.form.get("password", ""), _address()
    with transaction() as session:
        sign_in.refuse_if_guessing(session, email=email, address=address)
        account = sign_in.sign_in(session, email=email, password=password)
        takes_code = account is not None and two_factor.is_on(session, account)
        if account is None:
            sign_in.note_failure(session, email=email, address=address)
        elif not takes_code:  # Or whoever knows the password could guess at codes for as long as they like.
            sign_in.forget_failures(session, email=email)
    if account is None:
        return _login_page(rejected(sign_in.wrong_credentials(), without=("password",))), 422
    return _signed_in(account, by="password", takes_code=takes_code)


@blueprint.get("/login/code")
def code() -> ResponseReturnValue:
    with transaction() as session:
        account = account_awaiting_code(session)
    return _to_login() if account is None else _code_page(FormState())


@blueprint.post("/login/code")
def give_code() -> ResponseReturnValue:
    with transaction() as session:
        account = account_awaiting_code(session)
        if account is None:
            return _to_login()
        sign_in.refuse_if_guessing(session, email=account.email, address=_address())
        is_right = two_factor.is_code(session, account, request.form.get("code", ""))
        if is_right:
            sign_in.forget_failures(session, email=account.email)
        else:
            sign_in.note_refused_code(session, account, this_browser())
    if not is_right:
        return _code_page(rejected(two_factor.wrong_code(), without=("code",))), 422
    begin_session(account, by=awaited_by())
    return redirect(_next(), code=303)


@blueprint.get("/signup")
def signup() -> ResponseReturnValue:
    if signed_in_account() is not None:
        return redirect(_next(), code=303)
    return _signup_page(FormState())


@blueprint.post("/signup")
def sign_up() -> ResponseReturnValue:
    try:
        with transaction() as session:
            sign_in.refuse_if_asking_around(session, address=_address())
            account = accounts.create_account(
                session, email=request.form.get("email", ""), password=request.form.get("password", "")
            )
            mailed_links.ask_to_confirm(session, account)
    except Invalid as error:
        if isinstance(error, accounts.AddressTaken):
            with transaction() as session:
                sign_in.note_asking_around(session, address=_address())
        return _signup_page(rejected(error, without=("password",))), 422
    begin_session(account, by="password", is_expected=True)
    return redirect(_next(), code=303)


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    end_session()
    return redirect(url_for("pages.home.index"), code=303)


@blueprint.get("/login/<name>")
def with_provider(name: str) -> ResponseReturnValue:
    """Off to the provider, by a plain link: the content security policy forbids forms that lead elsewhere."""
    try:
        return leave_for(_client(name), f"{config().base_url}{url_for('.callback', name=name)}")  # type: ignore[no-any-return]
    except OutsideSignInFailed as error:
        return _login_page(FormState({}, {"": error.message})), 503


@blueprint.get("/login/<name>/callback")
def callback(name: str) -> ResponseReturnValue:
    try:
        visitor = identify(name, _client(name))
        signed_in = signed_in_account()
        if signed_in is not None:
            return _connect(signed_in, visitor)
        with transaction() as session:
            account = accounts.account_for_identity(session, **asdict(visitor))
            takes_code = two_factor.is_on(session, account)
    except Invalid as error:
        return _login_page(FormState({}, {"": error.message})), 422
    return _signed_in(account, by=name, takes_code=takes_code)


def _signed_in(account: Account, *, by: str, takes_code: bool) -> ResponseReturnValue:
    """On to where the visitor wanted to go, by way of the code where the account takes one."""
    if takes_code:
        await_code(account, by=by)
        return redirect(url_for(".code", next=_next()), code=303)
    begin_session(account, by=by)
    return redirect(_next(), code=303)


def _to_login() -> ResponseReturnValue:
    """Whoever took too long begins anew."""
    return redirect(url_for(".login", next=safe_path(request.values.get("next"))), code=303)


def _connect(account: Account, visitor: Visitor) -> ResponseReturnValue:
    with transaction() as session:
        accounts.connect_identity(session, account, provider=visitor.provider, subject=visitor.subject)
    return redirect(url_for("pages.settings.account"), code=303)


def _client(name: str) -> Client:
    client: Client | None = oauth.create_client(name)
    if client is None:
        raise NotFound()
    return client


def _login_page(form: FormState) -> str:
    return render_template("sign_in/login.html", form=form, providers=config().sign_in_providers, next=_next())


def _code_page(form: FormState) -> str:
    return render_template("sign_in/code.html", form=form, next=_next())


def _signup_page(form: FormState) -> str:
    return render_template("sign_in/signup.html", form=form, providers=config().sign_in_providers, next=_next())


def _next() -> str:
    return safe_path(request.values.get("next")) or url_for("pages.transcriptions.index")


def _address() -> str:
    return request.remote_addr or ""
