"""The wallet: what is in it, putting money in, the plan, and the notices about it."""

import secrets
from collections.abc import Callable

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

import runtime
from auth import require_account
from blueprints.fragments import wants_fragment
from blueprints.inputs import Checkout, TopUp, read
from blueprints.pages.forms import FormState, typed
from blueprints.pages.notices import shown_notices
from blueprints.pages.paths import safe_path
from db import transaction
from errors import Conflict, IdempotencyKeyReused, Invalid, PaymentsUnavailable
from handlers import notices, payments
from handlers.spending import month_of
from handlers.statements import statement
from handlers.wallets import wallet_of
from models import Account, Plan

blueprint = Blueprint("billing", __name__, url_prefix="/billing")

RECENT = 5
# By a word in the address, so that nobody can have this page say something of theirs.
RETURNS = {
    "paid": "Added. Thank you.",
    "processing": "The payment is being processed; it shows here in a moment.",
}


@blueprint.get("")
def index() -> ResponseReturnValue:
    return _billing_page(require_account(), FormState(), notice=RETURNS.get(request.args.get("payment", "")))


@blueprint.post("/top-up")
def top_up() -> ResponseReturnValue:
    account = require_account()
    form = request.form
    try:
        wanted = read(
            TopUp,
            {
                "amount_usd": form.get("other_usd", "").strip() or form.get("amount_usd", ""),
                "attempt": form.get("attempt", ""),
            },
        )
    except Invalid as error:
        errors = {name: TopUp.TAKES if name == "amount_usd" else message for name, message in error.fields.items()}
        return _billing_page(account, FormState(typed(), errors)), 422
    return _leave_for(
        account,
        lambda session: payments.start_top_up(
            session, account, amount_cents=wanted.amount_cents, attempt=wanted.attempt
        ),
    )


@blueprint.post("/pro")
def go_pro() -> ResponseReturnValue:
    account = require_account()
    wanted = read(Checkout, typed())
    return _leave_for(account, lambda session: payments.start_subscription(session, account, attempt=wanted.attempt))


@blueprint.post("/portal")
def manage() -> ResponseReturnValue:
    account = require_account()
    return _leave_for(account, lambda session: payments.portal(session, account))


@blueprint.get("/return")
def returned() -> ResponseReturnValue:
    """Back from paying: credited at once where it is paid, and otherwise by the event that follows."""
    account = require_account()
    try:
        with transaction() as session:
            paid = payments.finish_checkout(session, account, request.args.get("session_id", ""))
    except PaymentsUnavailable:
        paid = False
    return redirect(url_for(".index", payment="paid" if paid else "processing"), code=303)


@blueprint.get("/receipts/<public_id:movement_id>")
def receipt(movement_id: str) -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        address = payments.receipt(session, account, movement_id)
    return redirect(address, code=303)


@blueprint.post("/notices/<public_id:notice_id>/dismiss")
def dismiss(notice_id: str) -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        notices.dismiss(session, account, notice_id)
    if wants_fragment():
        return ""
    return redirect(safe_path(request.form.get("next")) or url_for(".index"), code=303)


def _leave_for(account: Account, begin: Callable[[Session], str]) -> ResponseReturnValue:
    """Off to the payment service. The content security policy lets no form lead to another site, so htmx is told to
    go there, and without script a link does it.
    """
    try:
        with transaction() as session:
            address = begin(session)
    except (Conflict, IdempotencyKeyReused) as error:
        if wants_fragment():
            raise
        return _billing_page(account, FormState(), refusal=error.message), error.status
    if wants_fragment():
        response = make_response("")
        response.headers["HX-Redirect"] = address
        return response
    return render_template("billing/leave.html", address=address)


def _billing_page(account: Account, form: FormState, *, notice: str | None = None, refusal: str | None = None) -> str:
    with transaction() as session:
        wallet = wallet_of(session, account)
        return render_template(
            "billing/index.html",
            notice=notice,
            refusal=refusal,
            notices=shown_notices(session, account),
            wallet=wallet,
            month=month_of(session, wallet),
            recent=statement(session, account, limit=RECENT, cursor=None).rows,
            cap_microusd=account.monthly_cap_microusd,
            terms=runtime.tariff().terms[account.plan],
            pro=runtime.tariff().terms[Plan.PRO],
            can_pay=runtime.config().stripe is not None,
            form=form,
            attempt=secrets.token_urlsafe(16),
            choices_cents=payments.TOP_UP_CHOICES_CENTS,
            least_cents=payments.LEAST_TOP_UP_CENTS,
            most_cents=payments.MOST_TOP_UP_CENTS,
        )
