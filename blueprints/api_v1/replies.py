"""Answering: what every JSON route does around its handler, once."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, g, jsonify, request
from sqlalchemy.orm import Session

import db
from db import transaction
from handlers.idempotency import Answer, answer_once, fingerprint, read_key

View = Callable[..., Response]


def in_transaction(view: View) -> View:
    """Run a view as `view(session, …)` in one transaction, and a POST with an Idempotency-Key at most once."""

    @wraps(view)
    def wrapped(**arguments: Any) -> Response:
        key = read_key(request.headers.getlist("Idempotency-Key")) if request.method == "POST" else None
        with transaction() as session:
            if key is None:
                return view(session, **arguments)
            return _once(session, key, lambda: view(session, **arguments))

    return wrapped


def reading(view: View) -> View:
    """Run a view as `view(session, …)` that looks up what its one or two statements say, and changes nothing."""

    @wraps(view)
    def wrapped(**arguments: Any) -> Response:
        with db.reading() as session:
            return view(session, **arguments)

    return wrapped


def reply(body: Any, status: int = 200, *, location: str | None = None) -> Response:
    response = jsonify(body)
    response.status_code = status
    if location is not None:
        response.headers["Location"] = location
    return response


def no_content() -> Response:
    return Response(status=204)


def _once(session: Session, key: str, run: Callable[[], Response]) -> Response:
    def answer() -> Answer:
        response = run()
        return Answer(
            response.status_code, response.get_data(), response.content_type or "", response.headers.get("Location")
        )

    request_digest = fingerprint(request.method, request.path, request.get_data())
    stored, replayed = answer_once(session, g.account, key=key, request=request_digest, run=answer)
    response = Response(stored.body, stored.status, content_type=stored.content_type)
    if stored.location is not None:
        response.headers["Location"] = stored.location
    if replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response
