"""The account's own settings, and its API keys with their one-time plaintext."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from auth import begin_session, end_session, require_account, session_token, this_browser
from billing.prices import dollars
from blueprints.inputs import MediaRetention, MonthlyCap, NewApiKey, Pipelines, read
from blueprints.pages.forms import FormState, rejected, typed
from blueprints.pages.notices import shown_notices
from blueprints.pages.retentions import RETENTIONS
from db import transaction
from errors import AppError, Invalid, PipelineNotFound
from handlers import accounts, api_keys, mailed_links, sign_in, two_factor
from handlers.media import set_retention as set_media_retention
from handlers.pipelines import offers
from handlers.spending import KeySpending, month_of, spending_by_key
from handlers.wallets import wallet_of
from models import Account, ApiKey, retention_of
from runtime import config

blueprint = Blueprint("settings", __name__, url_prefix="/settings")


@blueprint.get("/account")
def account() -> ResponseReturnValue:
    return _account_page(require_account(), saved=request.args.get("saved"))


@blueprint.post("/account/password")
def change_password() -> ResponseReturnValue:
    account = require_account()
    current, new = request.form.get("current_password", ""), request.form.get("new_password", "")
    address = this_browser().address
    try:
        with transaction() as session:
            sign_in.refuse_if_guessing(session, email=account.email, address=address)
            accounts.change_password(session, account, current=current, new=new)
    except Invalid as error:
        if error.param == "current_password":
            with transaction() as session:
                sign_in.note_failure(session, email=account.email, address=address)
        return _account_page(account, password_form=rejected(error, without=("current_password", "new_password"))), 422
    begin_session(account, is_expected=True)
    return _saved("password")


@blueprint.post("/account/cap")
def set_monthly_cap() -> ResponseReturnValue:
    account = require_account()
    try:
        wanted = read(MonthlyCap, request.form.to_dict())
    except Invalid as error:
        errors = {name: MonthlyCap.TAKES if name == "monthly_cap_usd" else text for name, text in error.fields.items()}
        return _account_page(account, cap_form=FormState(typed(), errors)), 422
    with transaction() as session:
        accounts.set_monthly_cap(session, account, wanted.cap_microusd)
    return _saved("monthly-cap")


@blueprint.post("/account/pipelines")
def set_pipelines() -> ResponseReturnValue:
    account = require_account()
    try:
        wanted = read(Pipelines, typed())
        with transaction() as session:
            accounts.set_pipelines(session, account, default=wanted.default_pipeline_code, fallbacks=wanted.fallbacks)
    except (Invalid, PipelineNotFound) as error:
        form = rejected(error) if isinstance(error, Invalid) else FormState(typed(), {"": error.message})
        return _account_page(account, pipelines_form=form), 422
    return _saved("pipelines")


@blueprint.post("/account/recordings")
def set_retention() -> ResponseReturnValue:
    account = require_account()
    try:
        wanted = read(MediaRetention, typed())
    except Invalid as error:
        return _account_page(account, retention_form=rejected(error)), 422
    with transaction() as session:
        set_media_retention(session, account, wanted.media)
    return _saved("recordings")


@blueprint.post("/account/confirm")
def ask_to_confirm() -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        mailed_links.ask_to_confirm(session, account)
    return _saved("account")


@blueprint.post("/account/sessions/<public_id:session_id>/end")
def end_session_of(session_id: str) -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        sign_in.end_session_of(session, account, session_id)
    return _saved("sessions")


@blueprint.post("/account/sessions/end-others")
def end_other_sessions() -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        sign_in.end_other_sessions(session, account, session_token())
    return _saved("sessions")


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


def _saved(section: str) -> Response:
    """Back to a section of the account's page, which says that it was saved."""
    return redirect(url_for(".account", saved=section, _anchor=section), code=303)  # type: ignore[return-value]


def _account_page(
    account: Account,
    *,
    saved: str | None = None,
    cap_form: FormState | None = None,
    pipelines_form: FormState | None = None,
    retention_form: FormState | None = None,
    password_form: FormState | None = None,
    delete_form: FormState | None = None,
) -> str:
    cap = account.monthly_cap_microusd
    with transaction() as session:
        return render_template(
            "settings/account.html",
            saved=saved,
            notices=shown_notices(session, account),
            month=month_of(session, wallet_of(session, account)),
            cap_microusd=cap,
            cap_usd="" if cap is None else dollars(cap).removeprefix("$"),
            cap_form=cap_form or FormState(),
            offers=offers(account.plan),
            default_pipeline_code=account.default_pipeline_code or "",
            fallbacks=account.fallback_pipeline_codes,
            pipelines_form=pipelines_form or FormState(),
            retention=str(retention_of(account.media_kept_hours)),
            retentions=RETENTIONS,
            retention_form=retention_form or FormState(),
            sends_mail=config().mail is not None,
            providers=config().sign_in_providers,
            connected=accounts.connected_providers(session, account),
            sessions=[
                (sign_in.id_of(row), row, sign_in.is_session_of(row, session_token()))
                for row in sign_in.list_sessions(session, account)
            ],
            has_two_factor=two_factor.is_on(session, account),
            password_form=password_form or FormState(),
            delete_form=delete_form or FormState(),
            has_password=account.password_hash is not None,
        )


def _keys_page(account: Account, *, form: FormState | None = None, created: tuple[ApiKey, str] | None = None) -> str:
    with transaction() as session:
        spending = spending_by_key(session, account)
        keys = api_keys.listed_api_keys(session, account, spenders=list(spending))
        notices = shown_notices(session, account)
    return render_template(
        "settings/api_keys.html",
        notices=notices,
        keys=[key for key in keys if key.revoked_at is None],
        revoked=[key for key in keys if key.revoked_at is not None],
        spending=spending,
        total=KeySpending(
            sum(each.this_month_microusd for each in spending.values()),
            sum(each.all_time_microusd for each in spending.values()),
        ),
        form=form or FormState(),
        created=created,
    )
