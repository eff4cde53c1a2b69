"""The dashboard: HTML pages and fragments, for a browser with a session cookie."""

from collections.abc import Callable

from flask import Blueprint, Response, request

from auth import refuse_cross_site, signed_in_account
from blueprints.pages import (
    activity,
    acts,
    admin,
    admin_accounts,
    admin_jobs,
    billing,
    calls,
    developers,
    editing,
    exports,
    formats,
    home,
    imports,
    library,
    list_views,
    mailed_links,
    moments,
    movements,
    pairs,
    questions,
    search,
    settings,
    shared,
    shares,
    sign_in,
    spots,
    statements,
    themes,
    transcriptions,
    trash,
    two_factor,
    understanding,
    uploads,
    usage,
    webhooks,
)
from blueprints.programs import is_for_programs
from handlers.pipelines import cheapest_per_minute
from rendering.devices import device_name
from runtime import config, store
from speech.transcript import is_unsure

blueprint = Blueprint("pages", __name__)
for room in (
    home,
    themes,
    developers,
    sign_in,
    mailed_links,
    transcriptions,
    library,
    imports,
    uploads,
    editing,
    exports,
    spots,
    calls,
    trash,
    search,
    questions,
    billing,
    statements,
    usage,
    settings,
    activity,
    admin,
    admin_accounts,
    admin_jobs,
    two_factor,
    webhooks,
    shares,
    shared,
):
    blueprint.register_blueprint(room.blueprint)
blueprint.before_request(refuse_cross_site)

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self' {store}",
        "media-src 'self' blob: {store}",  # blob: is what the reader has chosen or recorded, before it is sent.
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
PUBLIC_ENDPOINTS = frozenset({"static", "pages.home.index", "pages.home.pricing", "pages.home.sample_recording"})


@blueprint.app_context_processor
def _globals() -> dict[str, object]:
    return {
        "signed_in": signed_in_account(),
        "base_url": config().base_url,
        "cheapest_per_minute": cheapest_per_minute,
        "theme": themes.chosen_theme(),
        "themes": themes.THEMES,
    }


@blueprint.after_app_request
def _protect(response: Response) -> Response:
    if is_for_programs():
        return response
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY.format(store=store().origin))
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(self)"
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers["X-Frame-Options"] = "DENY"
    if config().secure_cookies:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    is_public = _is_public(request.endpoint or "") and signed_in_account() is None
    if request.endpoint != "static" and not is_public:
        response.headers["Cache-Control"] = "no-store"
    if request.blueprint and request.blueprint.startswith("pages"):
        response.vary.add("HX-Request")
    return response


def _is_public(endpoint: str) -> bool:
    return endpoint in PUBLIC_ENDPOINTS or endpoint.startswith("pages.developers.")


@blueprint.record_once
def _register_filters(state: object) -> None:
    app = state.app  # type: ignore[attr-defined]
    filters: list[Callable[..., object]] = [
        *(formats.clock, formats.usd, formats.usd_change, formats.when, formats.day, formats.language),
        *(formats.time_left, list_views.pipeline_name, list_views.in_address, pairs.write_pairs),
        *(movements.happened, movements.asides, movements.change, moments.marked, understanding.made_by),
        *(webhooks.came_of, webhooks.fault, acts.act, acts.acted),
        *(spots.places_of, is_unsure, device_name),
    ]
    app.jinja_env.filters.update({function.__name__: function for function in filters})
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
