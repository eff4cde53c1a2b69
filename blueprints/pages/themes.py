"""Light or dark: as the system has it, or as this browser was told."""

import json

from flask import Blueprint, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.fragments import wants_fragment
from blueprints.pages.paths import path_of
from runtime import config

blueprint = Blueprint("themes", __name__)

SYSTEM = "system"
THEMES = {SYSTEM: "System", "light": "Light", "dark": "Dark"}
COOKIE = "theme"
COOKIE_SECONDS = 365 * 24 * 3600


def chosen_theme() -> str:
    return _known(request.cookies.get(COOKIE))


@blueprint.post("/theme")
def choose() -> ResponseReturnValue:
    """Kept in a cookie, so that the first byte of the next page is in the right colours."""
    theme = _known(request.form.get("theme"))
    if wants_fragment():
        response = make_response("", 204)
        response.headers["HX-Trigger"] = json.dumps({"theme": {"chosen": theme}})
    else:
        response = make_response(redirect(path_of(request.referrer) or url_for("pages.home.index"), code=303))
    if theme == SYSTEM:
        response.delete_cookie(COOKIE, secure=config().secure_cookies, httponly=True, samesite="Lax")
    else:
        response.set_cookie(
            COOKIE, theme, max_age=COOKIE_SECONDS, secure=config().secure_cookies, httponly=True, samesite="Lax"
        )
    return response


def _known(theme: str | None) -> str:
    return theme if theme is not None and theme in THEMES else SYSTEM
