"""What holds on every page: ids are unique, and each control works without script."""

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

import runtime
from config import StripeKeys
from handlers import api_keys, notices, shares, spending, wallets, webhook_endpoints
from models import Account, DisabledReason, SharePart, Status, Transcription
from tests.factories import make_completed, make_media, make_transcription


class Page(HTMLParser):
    """The ids of a page, and the htmx controls that would do nothing without script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.forms: list[dict[str, str | None]] = []
        self.helpless: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids[str(given["id"])] += 1
        if tag == "form":
            self.forms.append(given)
        acts = "hx-get" in given or "hx-post" in given
        refreshes_itself = bool(re.match(r"load|intersect|revealed|htmx:sseError", given.get("hx-trigger") or ""))
        works = (tag == "a" and "href" in given) or (tag == "form" and "action" in given) or bool(self.forms)
        if acts and not refreshes_itself and not works:
            self.helpless.append(self.get_starttag_text() or tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.forms.pop()


@pytest.fixture
def paths(session: Session, alice: Account) -> list[str]:
    media = make_media(session, alice)
    done = make_completed(session, alice, texts=[f"Sentence {number}." for number in range(250)], media_id=media.id)
    processing = make_transcription(session, alice)
    failed = make_transcription(session, alice, status=Status.FAILED)
    ids = [row.public_id for row in (done, processing, failed)]
    leave_traces_of_money(session, alice)
    pages = ["/transcriptions", "/settings/account", "/settings/api-keys", "/billing", "/billing/ledger"]
    pages += ["/ask", "/search", "/search?q=sentence"]
    pages += leave_traces_of_webhooks(session, alice)
    pages += leave_traces_of_sharing(session, alice, done)
    pages += [f"/billing/usage?group_by={group}" for group in ("day", "pipeline", "api_key")]
    return [*pages, *(f"/transcriptions/{each}" for each in ids)]


def leave_traces_of_money(session: Session, alice: Account) -> None:
    """Two notices, an active key and a revoked one that spent something."""
    for name in ("kept", "revoked"):
        key, _ = api_keys.create_api_key(session, alice, name=name)
        make_completed(session, alice, api_key_id=key.id)
    api_keys.revoke_api_key(session, alice, key.public_id)
    month = spending.month_of(session, wallets.wallet_of(session, alice))
    for cap in (month.committed_microusd, month.committed_microusd * 10 // 9):
        alice.monthly_cap_microusd = cap
        session.flush()
        notices.note_spending(session, alice, month)


def leave_traces_of_webhooks(session: Session, alice: Account) -> list[str]:
    """Two endpoints, one of them switched off with a notice, a delivery, and the pages that show them."""
    created = [webhook_endpoints.create_endpoint(session, alice, url=f"http://127.0.0.1/{n}")[0] for n in range(2)]
    delivery = webhook_endpoints.send_test(session, alice, created[0].public_id)
    webhook_endpoints.switch_off(session, [created[1].id], DisabledReason.GONE)
    root = "/settings/webhooks"
    return [
        root,
        f"{root}/single",
        *(f"{root}/{endpoint.public_id}" for endpoint in created),
        f"{root}/deliveries/{delivery.public_id}",
    ]


def leave_traces_of_sharing(session: Session, alice: Account, done: Transcription) -> list[str]:
    """A link that shows everything, one with a password, and the pages of both and of their owner."""
    made = [
        shares.create_share(session, alice, done.public_id, parts=list(SharePart), password=password)
        for password in (None, "open sesame, please")
    ]
    owners = f"/transcriptions/{done.public_id}/shares"
    read = [urlsplit(str(shares.address(share))).path for share in made]
    return [owners, f"{owners}?done=made&share={made[0].public_id}", *read, f"{read[0]}?t=700"]


@pytest.fixture(params=[False, True], ids=["without payment", "with payment"])
def payment(request: pytest.FixtureRequest, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = StripeKeys("sk_test_nobody", "whsec_nobody", "http://127.0.0.1:9") if request.param else None
    monkeypatch.setattr(runtime, "_config", replace(runtime.config(), stripe=keys))


def test_ids_are_unique_and_controls_work_without_script(
    browser: FlaskClient, visitor: FlaskClient, paths: list[str], payment: None
) -> None:
    pages = {path: browser.get(path).text for path in paths}
    pages |= {path: visitor.get(path).text for path in ("/", "/pricing", "/login", "/signup")}
    for path, text in pages.items():
        page = Page(text)
        assert [name for name, count in page.ids.items() if count > 1] == [], path
        assert page.helpless == [], path
