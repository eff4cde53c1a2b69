"""The one place that answers an error: the object of the API to programs, a page or a fragment to everybody else."""

import logging
from typing import Any

from flask import Flask, Response, g, jsonify, make_response, redirect, render_template, url_for
from htmx_flask import request
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from blueprints.fragments import wants_fragment
from blueprints.pages.paths import path_of
from blueprints.programs import is_for_programs
from errors import (
    AppError,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    RequestTooLarge,
    SignInRequired,
    Unavailable,
    UnsupportedMediaType,
)
from runtime import config
from telemetry.metrics import count_error

log = logging.getLogger(__name__)

BY_STATUS: dict[int, type[AppError]] = {
    404: NotFound,
    405: MethodNotAllowed,
    413: RequestTooLarge,
    415: UnsupportedMediaType,
}


def register(app: Flask) -> None:
    app.register_error_handler(AppError, answer_error)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(OperationalError, _answer_database_down)
    app.register_error_handler(PoolTimeout, _answer_database_down)
    app.register_error_handler(Exception, _answer_unexpected)


def error_object(error: AppError) -> dict[str, Any]:
    """The JSON of an error, the same everywhere."""
    return {
        "type": error.type,
        "code": error.code,
        "message": error.message,
        "param": error.param,
        "request_id": g.get("request_id"),
        "doc_url": f"{config().base_url}/developers/errors#{error.code}",
    }


def answer_error(error: AppError) -> BaseResponse:
    count_error(error.code)
    g.error_code = error.code
    wants_json = is_for_programs() or request.path.startswith(("/store/", "/stripe/", "/uploads", "/metrics"))
    if isinstance(error, SignInRequired) and not wants_json:
        return _to_sign_in(error)
    if wants_json:
        response: Response = jsonify(error=error_object(error))
    else:
        template = "errors/_error.html" if wants_fragment() else "errors/error.html"
        response = make_response(render_template(template, error=error, request_id=g.get("request_id")))
    response.status_code = error.status
    if error.retry_after_seconds is not None:
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="api"'
    return response


def _to_sign_in(error: SignInRequired) -> BaseResponse:
    """A visitor is sent to sign in and back again. To a part of a page nothing is sent that would take its place:
    the page says so and stays as it is, with what was typed into it.
    """
    if wants_fragment():
        address = url_for("pages.sign_in.login", next=path_of(request.htmx.current_url))
        page = render_template("errors/_signed_out.html", error=error, address=address)
        return make_response(page, error.status)
    if request.method == "GET":
        address = url_for("pages.sign_in.login", next=request.full_path.rstrip("?"))
        if request.htmx.boosted:
            # As a whole page: the header above a tab is still that of who was signed in.
            return BaseResponse(status=204, headers={"HX-Redirect": address})
        return redirect(address, code=303)
    # Back to the page that the form stands on: what was sent is not repeated unasked.
    return redirect(url_for("pages.sign_in.login", next=path_of(request.referrer), signed_out="yes"), code=303)


def _answer_http(error: HTTPException) -> BaseResponse:
    if error.code is not None and error.code < 400:
        return error.get_response()
    kind = BY_STATUS.get(error.code or 500, InvalidRequest if (error.code or 500) < 500 else AppError)
    response = answer_error(kind())
    for name, value in error.get_response().headers:
        if name == "Allow":
            response.headers[name] = value
    return response


def _answer_database_down(error: Exception) -> BaseResponse:
    log.error("the database does not answer", extra={"reason": type(error).__name__})
    return answer_error(Unavailable(retry_after_seconds=5))


def _answer_unexpected(error: Exception) -> BaseResponse:
    log.exception("unexpected error")
    return answer_error(AppError())
