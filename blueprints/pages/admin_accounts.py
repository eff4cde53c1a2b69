"""Accounts, for operators: finding one, what it has and does, and credit."""

import secrets

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from auth import require_operator
from billing.prices import dollars
from blueprints.inputs import Adjustment, AdminAccountsQuery, read
from blueprints.pages.forms import FormState, asked, rejected, typed
from db import transaction
from errors import IdempotencyKeyInUse, IdempotencyKeyReused, InsufficientFunds, Invalid
from handlers import operators

blueprint = Blueprint("admin_accounts", __name__, url_prefix="/admin/accounts")


@blueprint.get("")
def index() -> ResponseReturnValue:
    query = read(AdminAccountsQuery, asked())
    with transaction() as session:
        listing = operators.list_accounts(session, query.q, limit=query.limit, cursor=query.cursor)
        return render_template("admin/accounts.html", listing=listing, q=query.q or "")


@blueprint.get("/<public_id:account_id>")
def show(account_id: str) -> ResponseReturnValue:
    return _page(account_id, saved=request.args.get("saved"), refund=request.args.get("refund"))


@blueprint.post("/<public_id:account_id>/adjust")
def adjust(account_id: str) -> ResponseReturnValue:
    operator = require_operator()
    try:
        wanted = read(Adjustment, typed())
        with transaction() as session:
            operators.adjust_once(
                session,
                operator,
                account_id,
                wanted.change_microusd,
                reason=wanted.reason,
                attempt=wanted.attempt,
            )
    except Invalid as error:
        return _page(account_id, form=rejected(error, without=("attempt",))), 422
    except (InsufficientFunds, IdempotencyKeyReused, IdempotencyKeyInUse) as error:
        return _page(account_id, form=FormState(typed(without=("attempt",)), {"": error.message})), error.status
    return redirect(url_for(".show", account_id=account_id, saved="adjust", _anchor="adjust"), code=303)


def _page(
    account_id: str, *, saved: str | None = None, refund: str | None = None, form: FormState | None = None
) -> str:
    with transaction() as session:
        sheet = operators.account_sheet(session, account_id)
        charge = operators.refundable(session, account_id, refund) if refund else None
        if charge is not None and form is None:
            amount = dollars(charge.charged).removeprefix("$")
            form = FormState({"amount_usd": amount, "reason": f"Refund of {charge.reference}"})
        return render_template(
            "admin/account.html",
            sheet=sheet,
            saved=saved,
            form=form or FormState(),
            attempt=secrets.token_urlsafe(16),
        )
