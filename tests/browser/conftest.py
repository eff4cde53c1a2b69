"""The service behind a real port, and a real browser that Alice is signed in with."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page
from playwright.sync_api import Error as BrowserError

import db
import runtime
from models import Account
from storage.local import LocalStore
from tests import factories
from tests.serving import served

COOKIE = "session"


@pytest.fixture
def site(app: Flask, committed: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of the service, whose store signs addresses of this port."""
    with served(app) as address:
        monkeypatch.setattr(runtime, "_config", replace(runtime.config(), base_url=address))
        monkeypatch.setattr(runtime, "_store", LocalStore(tmp_path / "objects", secret_key="secret", base_url=address))
        yield address


@pytest.fixture
def page(app: Flask, site: str, chromium: BrowserContext) -> Iterator[Page]:
    """A page of Alice's; what its scripts complain of fails the test."""
    with db.transaction() as session:
        alice: Account = factories.make_account(session, email="alice@example.com")
    cookie = factories.browser(app, alice).get_cookie(COOKIE)
    assert cookie is not None
    chromium.clear_cookies()
    chromium.add_cookies([{"name": COOKIE, "value": cookie.value, "url": site}])
    page, complaints = chromium.new_page(), list[BrowserError]()
    page.on("pageerror", lambda complaint: complaints.append(complaint))
    page.set_default_timeout(15_000)
    yield page
    page.close()
    assert complaints == []
