"""`/metrics`, for Prometheus alone: who knows METRICS_TOKEN. Without one there is no such page.

Not by address: behind a proxy of the same machine everybody comes from loopback.
"""

import hmac
import logging
import time
from threading import Lock

from flask import Blueprint, Flask, Response, g, request
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from db import transaction
from errors import InvalidApiKey, NotFound
from handlers import metrics
from jobs.queues import lengths, workers
from runtime import config
from telemetry.metrics import CONTENT_TYPE, Distribution, Family, count_request, told

log = logging.getLogger(__name__)

blueprint = Blueprint("metrics", __name__)

KEPT_SECONDS = 5.0
# What answers for as long as somebody watches, or tells of nothing but that the process is up.
UNCOUNTED = frozenset({"metrics.show", "health.healthz", "health.readyz"})


class _Remembered:
    """What was asked a moment ago: several who scrape ask the servers once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked: list[Family | Distribution] = []
        self._until = 0.0

    def families(self) -> list[Family | Distribution]:
        with self._lock:
            if time.monotonic() >= self._until:
                self._asked = _asked()
                self._until = time.monotonic() + KEPT_SECONDS
            return self._asked

    def forget(self) -> None:
        self._until = 0.0


remembered = _Remembered()


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.after_request(_count)


@blueprint.get("/metrics")
def show() -> Response:
    _check_token()
    return Response(told(remembered.families()), content_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})


def _check_token() -> None:
    """NotFound where no token is set, InvalidApiKey where it is another."""
    token = config().metrics_token
    if token is None:
        raise NotFound()
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
        raise InvalidApiKey("This page takes the operator's METRICS_TOKEN as its Bearer token.")


def _asked() -> list[Family | Distribution]:
    """What the servers know; where one does not answer, that, and what the other knows."""
    database = redis = True
    found: list[Family | Distribution] = []
    try:
        with transaction() as session:
            found += metrics.of_database(session)
    except SQLAlchemyError as error:
        log.warning("metrics without the database", extra={"reason": type(error).__name__})
        database = False
    try:
        found += metrics.of_queues(lengths(), workers())
    except RedisError as error:
        log.warning("metrics without Redis", extra={"reason": type(error).__name__})
        redis = False
    return [*metrics.up(database=database, redis=redis), *found]


def _count(response: Response) -> Response:
    if request.endpoint not in UNCOUNTED:
        count_request(
            method=request.method,
            route=request.url_rule.rule if request.url_rule else None,
            status=response.status_code,
            seconds=time.monotonic() - g.began,
        )
    return response
