"""The account's own settings, and its API keys with their one-time plaintext."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from auth import begin_session, end_session, require_account
from blueprints.inputs import NewApiKey, read
from blueprints.pages.forms import FormState, rejected, typed
from db import transaction
from errors import AppError, Invalid
from handlers import accounts, api_keys, sign_in
from models import Account, ApiKey
from runtime import config

blueprint = Blueprint("settings", __name__, url_prefix="/settings")


@blueprint.get("/account")
def account() -> ResponseReturnValue:
    return _account_page(require_account())


@blueprint.post("/account/password")
def change_password() -> ResponseReturnValue:
    account = require_account()
    current, new = request.form.get("current_password", ""), request.form.get("new_password", "")
    try:
        with transaction() as session:
            accounts.change_password(session, account, current=current, new=new)
    except Invalid as error:
        return _account_page(account, password_form=rejected(error, without=("current_password", "new_password"))), 422
    begin_session(account)
    return redirect(url_for(".account"), code=303)


@blueprint.post("/account/sign-out-everywhere")
def sign_out_everywhere() -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        sign_in.end_all_sessions(session, account)
    end_session()
    return redirect(url_for("pages.sign_in.login"), code=303)


@blueprint.post("/account/delete")
def delete_account() -> ResponseReturnValue:
    account = require_account()
    if request.form.get("email", "").strip().lower() != account.email:
        error = Invalid("Type the e-mail address of this account to confirm.", param="email")
        return _account_page(account, delete_form=rejected(error)), 422
    with transaction() as session:
        accounts.delete_account(session, account)
    end_session()
    return redirect(url_for("pages.home.index"), code=303)


@blueprint.get("/api-keys", endpoint="api_keys")
def list_api_keys() -> ResponseReturnValue:
    return _keys_page(require_account())


@blueprint.post("/api-keys")
def create_api_key() -> ResponseReturnValue:
    account = require_account()
    try:
        wanted = read(NewApiKey, typed())
        with transaction() as session:
            created = api_keys.create_api_key(session, account, name=wanted.name)
    except Invalid as error:
        return _keys_page(account, form=rejected(error)), 422
    except AppError as error:
        return _keys_page(account, form=FormState(typed(), {"name": error.message})), error.status
    return _keys_page(account, created=created)


@blueprint.post("/api-keys/<public_id:key_id>/revoke")
def revoke_api_key(key_id: str) -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        api_keys.revoke_api_key(session, account, key_id)
    return redirect(url_for(".api_keys"), code=303)


def _account_page(
    account: Account, *, password_form: FormState | None = None, delete_form: FormState | None = None
) -> str:
    with transaction() as session:
        connected = accounts.connected_providers(session, account)
    return render_template(
        "settings/account.html",
        providers=config().sign_in_providers,
        connected=connected,
        password_form=password_form or FormState(),
        delete_form=delete_form or FormState(),
        has_password=account.password_hash is not None,
    )


def _keys_page(account: Account, *, form: FormState | None = None, created: tuple[ApiKey, str] | None = None) -> str:
    with transaction() as session:
        keys = api_keys.active_api_keys(session, account)
    return render_template("settings/api_keys.html", keys=keys, form=form or FormState(), created=created)
