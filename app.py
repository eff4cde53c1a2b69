"""create_app(): reads the configuration, wires, registers blueprints. No routes, no rules."""

from flask import Flask
from htmx_flask import Htmx
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

import auth
import commands
import runtime
from blueprints import (
    api_v1,
    compression,
    error_responses,
    health,
    local_store,
    mcp,
    metrics,
    openai_v1,
    openapi,
    pages,
    programs,
    request_ids,
    static_files,
    stripe_events,
    traces,
)
from config import Config, from_env_or_exit
from logs import configure_logging

MAX_BODY_BYTES = 2 * 1024**2
SESSION_SECONDS = 90 * 24 * 3600


class PublicIdConverter(BaseConverter):
    """`<public_id:…>` in a route: anything that cannot be one of our ids is a 404 before it reaches the database."""

    regex = r"[a-z]{1,8}_[0-9a-z]{1,31}"


def create_app(config: Config | None = None) -> Flask:
    config = config or from_env_or_exit()
    configure_logging(config.log_format)
    runtime.wire(config)
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=config.secret_key,
        SECRET_KEY_FALLBACKS=list(config.secret_key_fallbacks),
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BODY_BYTES,
        SESSION_COOKIE_NAME="__Host-session" if config.secure_cookies else "session",
        SESSION_COOKIE_SECURE=config.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=SESSION_SECONDS,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.converters["public_id"] = PublicIdConverter
    app.url_map.strict_slashes = False
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    Htmx(app)
    compression.register(app)
    request_ids.register(app)
    traces.register(app)
    error_responses.register(app)
    static_files.register(app)
    auth.register(app, config.sign_in_providers)
    programs.register(app)
    app.register_blueprint(health.blueprint)
    metrics.register(app)
    app.register_blueprint(api_v1.blueprint)
    app.register_blueprint(openai_v1.blueprint)
    app.register_blueprint(mcp.blueprint)
    app.register_blueprint(openapi.blueprint)
    app.register_blueprint(local_store.blueprint)
    app.register_blueprint(stripe_events.blueprint)
    app.register_blueprint(pages.blueprint)
    commands.register(app)
    return app
