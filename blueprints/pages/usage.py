"""What was transcribed and spent in a period, by day, pipeline or key: the rows of the API's `/usage`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from auth import require_account
from billing.prices import as_usd
from blueprints.inputs import UsageQuery, read
from blueprints.pages.charts import day_chart, shares
from blueprints.pages.csv_files import cell, csv_file
from blueprints.pages.forms import FormState
from blueprints.pages.notices import shown_notices
from db import transaction
from errors import Invalid
from handlers.api_keys import key_names
from handlers.spending import DASHBOARD, Grouping, Usage, days_asked_for, today, usage_of
from models import Account
from runtime import installed_pipelines

blueprint = Blueprint("usage", __name__, url_prefix="/billing")


@dataclass(frozen=True, slots=True)
class Period:
    """UTC days, both included."""

    first: date
    last: date

    def name(self, day: date) -> str:
        """A day of it for people: "Sun 22 Nov", with the year where there are two."""
        return f"{day:%a} {day.day} {day:%b}{'' if self.first.year == self.last.year else f' {day.year}'}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `code` says more exactly which group it is, where its name does not."""

    name: str
    code: str | None
    share: float
    usage: Usage


@blueprint.get("/usage")
def index() -> ResponseReturnValue:
    account = require_account()
    try:
        return _usage_page(account, read(UsageQuery, _asked()))
    except Invalid as error:
        return _usage_page(account, UsageQuery(), form=FormState(_asked(), error.fields or {"": error.message})), 422


@blueprint.get("/usage.csv")
def as_csv() -> ResponseReturnValue:
    account = require_account()
    query = read(UsageQuery, _asked())
    with transaction() as session:
        period = Period(*days_asked_for(today(session), query.first, query.last))
        rows = usage_of(session, account, first=period.first, last=period.last, group_by=query.group_by)
        names = _names(session, account, query.group_by)
    return csv_file(f"usage-{period.first}-{period.last}.csv", _csv_rows(rows, names, query.group_by))


def _asked() -> dict[str, str]:
    return {name: value for name, value in request.args.items() if value}


def _usage_page(account: Account, query: UsageQuery, *, form: FormState | None = None) -> str:
    with transaction() as session:
        now = today(session)
        period = Period(*days_asked_for(now, query.first, query.last))
        rows = usage_of(session, account, first=period.first, last=period.last, group_by=query.group_by)
        names = _names(session, account, query.group_by)
        notices = shown_notices(session, account)
    return render_template(
        "billing/usage.html",
        notices=notices,
        period=period,
        quick_periods=_quick_periods(now),
        group_by=query.group_by,
        rows=[_row(row, share, names, query.group_by, period) for row, share in zip(rows, shares(rows), strict=True)],
        chart=day_chart(rows, period.first, period.last) if query.group_by == "day" else None,
        spent_microusd=sum(row.spent_microusd for row in rows),
        transcriptions=sum(row.transcriptions for row in rows),
        seconds=sum(row.seconds for row in rows),
        form=form or FormState(),
    )


def _quick_periods(now: date) -> Sequence[tuple[str, Period]]:
    this_month = now.replace(day=1)
    last_month = this_month - timedelta(days=1)
    return [
        ("This month", Period(this_month, now)),
        ("Last month", Period(last_month.replace(day=1), last_month)),
        ("Last 30 days", Period(now - timedelta(days=29), now)),
    ]


def _names(session: Session, account: Account, group_by: Grouping) -> Mapping[str, str]:
    """What the groups are called on a page, where they are called otherwise in the API."""
    if group_by == "api_key":
        return {**key_names(session, account), DASHBOARD: "Dashboard"}
    if group_by == "pipeline":
        return {code: pipeline.name for code, pipeline in installed_pipelines().items()}
    return {}


def _row(usage: Usage, share: float, names: Mapping[str, str], group_by: Grouping, period: Period) -> Row:
    if group_by == "day":
        return Row(period.name(date.fromisoformat(usage.group)), None, share, usage)
    is_coded = usage.group in names and usage.group != DASHBOARD
    return Row(names.get(usage.group, usage.group), usage.group if is_coded else None, share, usage)


def _csv_rows(rows: Sequence[Usage], names: Mapping[str, str], group_by: Grouping) -> Iterator[Sequence[str | int]]:
    yield (group_by, "name", "transcriptions", "seconds", "spent_usd")
    for row in rows:
        name = names.get(row.group, row.group)
        yield (row.group, cell(name), row.transcriptions, str(row.seconds), as_usd(row.spent_microusd))
