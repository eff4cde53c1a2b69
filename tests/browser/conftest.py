"""The service behind a real port, and pages of it in a real browser, whose complaints fail the test.

`member` is a page that Alice is signed in on, `visitor` one that nobody is; `opens` opens further ones. `looks.py` says
how a test has them looked at, `scenes.py` makes what there is to see.
"""

import io
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

import db
import runtime
from models import Account, Transcription
from storage.local import LocalStore
from tests import factories
from tests.browser import scenes
from tests.browser.complaints import TELL_OF_THE_POLICY, Complaints
from tests.browser.looks import DESKTOP, Look
from tests.serving import served

COOKIE = "session"
COLOURS = 128

Opens = Callable[[Account | None], Page]
Shot = Callable[[Page, str], None]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What lies here is marked, so that it is run by `make test-browser`, and by `make screenshots` what takes any."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            if "shot" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.screenshots)


@pytest.fixture
def look() -> Look:
    """How the test's pages are looked at, unless it says otherwise."""
    return DESKTOP


@pytest.fixture
def site(app: Flask, committed: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of the service, whose store signs addresses of this port, and whose search finds by words."""
    monkeypatch.setattr("handlers.search.QUESTION_SECONDS", 0.05)
    with served(app) as address:
        monkeypatch.setattr(runtime, "_config", replace(runtime.config(), base_url=address))
        monkeypatch.setattr(runtime, "_store", LocalStore(tmp_path / "objects", secret_key="secret", base_url=address))
        yield address


@pytest.fixture
def alice(site: str) -> Account:
    """Has $10, and owns what the test makes in a transaction of its own."""
    with db.transaction() as session:
        return factories.make_account(session, email="alice@example.com")


@pytest.fixture
def charlie(site: str) -> Account:
    """A stranger."""
    with db.transaction() as session:
        return factories.make_account(session, email="charlie@example.com")


@pytest.fixture
def interview(alice: Account) -> Transcription:
    """Alice's, which plays, and of which everything was made."""
    with db.transaction() as session:
        return scenes.interview(session, alice)


@pytest.fixture
def complaints(site: str) -> Complaints:
    return Complaints(site)


@pytest.fixture
def opens(app: Flask, site: str, chromium: Browser, look: Look, complaints: Complaints) -> Iterator[Opens]:
    """Opens a page in a browser of its own, signed in as the account, and knows paths: `page.goto("/search")`."""
    contexts: list[BrowserContext] = []

    def open_page(account: Account | None) -> Page:
        context = chromium.new_context(base_url=site, **look.options)
        contexts.append(context)
        context.set_default_timeout(15_000)
        context.add_init_script(TELL_OF_THE_POLICY)
        if account is not None:
            cookie = factories.browser(app, account).get_cookie(COOKIE)
            assert cookie is not None
            context.add_cookies([{"name": COOKIE, "value": cookie.value, "url": site}])
        page = context.new_page()
        complaints.listen(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    complaints.check()


@pytest.fixture
def member(opens: Opens, alice: Account) -> Page:
    return opens(alice)


@pytest.fixture
def visitor(opens: Opens) -> Page:
    return opens(None)


@pytest.fixture
def shot(look: Look) -> Shot:
    """Takes a picture of what the screen shows, into the folder that SCREENSHOTS names and else not at all."""

    def take(page: Page, name: str) -> None:
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            picture = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
            picture.convert("RGB").quantize(COLOURS).save(Path(folder) / f"{name}.{look}.png", optimize=True)

    return take
