"""Whether the process is up, and whether the service is."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from db import transaction
from jobs.queues import live_workers

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    checks = {"database": _database_answers(), **_redis_and_workers()}
    ready = all(checks.values())
    return jsonify(status="ready" if ready else "not ready", checks=checks), 200 if ready else 503


def _database_answers() -> bool:
    try:
        with transaction() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def _redis_and_workers() -> dict[str, bool]:
    try:
        return {"redis": True, "worker": live_workers() > 0}
    except RedisError:
        return {"redis": False, "worker": False}
