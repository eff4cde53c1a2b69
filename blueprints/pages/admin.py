"""The pages for operators: how the service is, and what was done. To everybody else there are no such pages."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from redis.exceptions import RedisError

from auth import require_operator
from blueprints.inputs import AdminActivityQuery, read
from blueprints.pages.acts import ACTORS, NAMES
from blueprints.pages.forms import asked
from db import transaction
from handlers.activities import Filters, activities
from handlers.backlog import backlog
from handlers.ledger_audits import last_audit, rules
from handlers.operators import provider_health
from jobs.queues import QueueName, WorkerState, lengths, workers
from runtime import config

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

ROOT = "/admin"


@blueprint.before_app_request
def _hide() -> None:
    """Whatever is asked for below /admin, and however, is not there for anybody else: not even a 405 or a redirect."""
    if request.path == ROOT or request.path.startswith(f"{ROOT}/"):
        require_operator()


@blueprint.get("")
def index() -> ResponseReturnValue:
    with transaction() as session:
        page = {
            "backlog": backlog(session),
            "providers": provider_health(session),
            "audit": last_audit(session),
            "rules": rules(),
        }
    bells, listeners = _of_redis()
    return render_template(
        "admin/index.html",
        **page,
        bells=bells,
        workers=listeners,
        at_work={name: sum(w.queue == name and w.is_busy for w in listeners or ()) for name in QueueName},
        live={name: sum(w.queue == name for w in listeners or ()) for name in QueueName},
    )


@blueprint.get("/activity")
def activity() -> ResponseReturnValue:
    query = read(AdminActivityQuery, asked())
    filters = Filters(account_id=query.account, about=query.about, actor=query.actor)
    with transaction() as session:
        listing = activities(session, filters, limit=query.limit, cursor=query.cursor)
    return render_template(
        "admin/activity.html",
        listing=listing,
        query=query,
        subjects=NAMES,
        actors=ACTORS,
        kept_days=config().activity_kept_days,
    )


def _of_redis() -> tuple[dict[QueueName, int] | None, list[WorkerState] | None]:
    """Doorbells and workers; None where Redis does not answer."""
    try:
        return lengths(), workers()
    except RedisError:
        return None, None
