"""Every route says who may call it: here stands who may call without signing in, and all others must refuse."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

# For whoever runs the service; to everybody else they are what no address is.
OPERATORS = ("metrics.", "pages.admin")
PUBLIC = {
    "static",
    "health.healthz",
    "health.readyz",
    "openapi.show",
    "local_store.get",
    "local_store.put",  # The signature in the address is the authority.
    "local_store.put_part",
    "stripe_events.receive",  # So is the signature of the body.
    "pages.home.index",
    "pages.home.pricing",
    "pages.home.sample_recording",
    "pages.themes.choose",
    "pages.developers.docs",
    "pages.developers.errors",
    "pages.developers.for_language_models",
    "pages.developers.guide_source",
    "pages.developers.show_guide",
    "pages.shared.show",  # The secret in the address is the authority.
    "pages.shared.unlock",
    "pages.shared.window",
    "pages.shared.media",
    "pages.shared.export",
    "pages.sign_in.login",
    "pages.sign_in.log_in",
    "pages.sign_in.signup",
    "pages.sign_in.sign_up",
    "pages.sign_in.logout",
    "pages.sign_in.code",  # Leads to the sign-in, until a password was given.
    "pages.sign_in.give_code",
    "pages.sign_in.with_provider",
    "pages.sign_in.callback",
    "pages.mailed_links.forgotten",
    "pages.mailed_links.ask",
    "pages.mailed_links.choose_password",  # The token in the address is the authority.
    "pages.mailed_links.set_password",
    "pages.mailed_links.ask_to_confirm",
    "pages.mailed_links.confirm",
}


def address(rule: Rule) -> str:
    return re.sub(r"<[^>]+>", "tr_01k00000000000000000000000", re.sub(r"<int:[^>]+>", "0", rule.rule))


def test_every_private_route_refuses_a_visitor(app: Flask, visitor: FlaskClient) -> None:
    open_doors = []
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if rule.endpoint in PUBLIC:
                continue
            answer = visitor.open(address(rule), method=method)
            if rule.endpoint.startswith(OPERATORS):
                if answer.status_code != 404:
                    open_doors.append(f"{method} {rule.rule}: {answer.status_code}")
                continue
            to_sign_in = answer.status_code == 303 and answer.headers["Location"].startswith("/login")
            if not (to_sign_in or answer.status_code == 401):
                open_doors.append(f"{method} {rule.rule}: {answer.status_code}")
    assert open_doors == []


def test_the_public_list_names_only_routes_that_exist(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} >= PUBLIC


@pytest.mark.parametrize("path", ["/", "/pricing", "/login", "/signup", "/developers/errors", "/healthz"])
def test_a_public_page_opens_for_a_visitor(visitor: FlaskClient, path: str) -> None:
    assert visitor.get(path).status_code == 200
