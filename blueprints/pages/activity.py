"""The log of an account's activity, for its owner: as a page and as a file."""

from collections.abc import Iterator, Sequence

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from auth import require_account
from blueprints.inputs import ActivityQuery, read
from blueprints.pages.acts import NAMES
from blueprints.pages.csv_files import cell, csv_file, every_row
from blueprints.pages.forms import asked
from blueprints.pages.notices import shown_notices
from db import transaction
from handlers.activities import About, Filters, activities
from models import Account, Activity
from rendering.timestamps import timestamp
from runtime import config

blueprint = Blueprint("activity", __name__, url_prefix="/settings")

AT_ONCE = 500
COLUMNS = ("id", "time", "action", "actor", "actor_id", "object", "details", "address", "user_agent", "request_id")


@blueprint.get("/activity")
def index() -> ResponseReturnValue:
    account = require_account()
    query = read(ActivityQuery, asked())
    filters = Filters(account_id=account.public_id, about=query.about)
    with transaction() as session:
        return render_template(
            "settings/activity.html",
            notices=shown_notices(session, account),
            listing=activities(session, filters, limit=query.limit, cursor=query.cursor),
            about=query.about,
            subjects=NAMES,
            kept_days=config().activity_kept_days,
        )


@blueprint.get("/activity.csv")
def as_csv() -> ResponseReturnValue:
    account = require_account()
    return csv_file("activity.csv", _rows(account, read(ActivityQuery, asked()).about))


def _rows(account: Account, about: About | None) -> Iterator[Sequence[str]]:
    filters = Filters(account_id=account.public_id, about=about)
    yield COLUMNS
    listed = every_row(lambda session, cursor: activities(session, filters, limit=AT_ONCE, cursor=cursor))
    yield from map(_row, listed)


def _row(activity: Activity) -> Sequence[str]:
    return (
        activity.public_id,
        timestamp(activity.created_at),
        activity.action.value,
        activity.actor.value,
        activity.actor_id or "",
        activity.object_id or "",
        cell(", ".join(f"{name}: {value}" for name, value in activity.details.items())),
        activity.address or "",
        cell(activity.user_agent),
        activity.request_id or "",
    )
