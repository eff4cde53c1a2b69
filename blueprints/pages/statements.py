"""The ledger, line by line: as a page and as a file."""

from collections.abc import Iterator, Sequence

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from auth import require_account
from billing.prices import as_usd
from blueprints.inputs import PageQuery, read
from blueprints.pages.csv_files import cell, csv_file, every_row
from blueprints.pages.movements import happened
from blueprints.pages.notices import shown_notices
from db import transaction
from handlers.statements import Line, statement
from models import Account
from rendering.timestamps import timestamp
from runtime import config

blueprint = Blueprint("statements", __name__, url_prefix="/billing")

AT_ONCE = 500
COLUMNS = (
    *("id", "time", "kind", "what", "reference", "reason", "monthly_credit_usd", "top_up_usd", "held_usd"),
    *("owed_usd", "charged_usd", "available_after_usd"),
)


@blueprint.get("/ledger")
def index() -> ResponseReturnValue:
    account = require_account()
    query = read(PageQuery, {name: value for name, value in request.args.items() if value})
    with transaction() as session:
        return render_template(
            "billing/ledger.html",
            notices=shown_notices(session, account),
            listing=statement(session, account, limit=query.limit, cursor=query.cursor),
            can_pay=config().stripe is not None,
        )


@blueprint.get("/ledger.csv")
def as_csv() -> ResponseReturnValue:
    return csv_file("ledger.csv", _rows(require_account()))


def _rows(account: Account) -> Iterator[Sequence[str]]:
    yield COLUMNS
    # Nothing in the ledger changes and the pages go backwards, so they fit together.
    listed = every_row(lambda session, cursor: statement(session, account, limit=AT_ONCE, cursor=cursor))
    yield from map(_row, listed)


def _row(line: Line) -> Sequence[str]:
    amounts = (line.monthly_credit, line.top_up, line.held, line.owed, line.charged, line.available_after)
    return (
        line.public_id,
        timestamp(line.at),
        line.kind.value,
        happened(line),
        cell(line.reference),
        cell(line.reason),
        *map(as_usd, amounts),
    )
