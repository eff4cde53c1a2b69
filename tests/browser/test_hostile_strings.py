"""Whatever stands in a field is shown and runs nowhere: on every page, in a real browser (P47, P48).

Complaints fail the test: a violation of the policy, an error of a script, a request that leads nowhere. What runs says
so.
"""

from itertools import cycle, islice
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Dialog, Page
from sqlalchemy.orm import Session

import db
from handlers import api_keys, shares, sign_in, webhook_endpoints
from handlers.artifacts import Made, keep_artifact
from handlers.questions import answer_within, put_question
from handlers.tags import set_tags
from models import Account, ArtifactKind, DeliveryState, SharePart, Status, Transcription, WebhookAttempt
from tests import factories
from tests.browser import scenes
from tests.browser.pages import PAGES, ROOMS_OF_VISITORS, Places, furnish
from tests.hostile import COMMANDS, HOSTILE, LETTERS, MARKUP

PWNED = "window.pwned = () => console.error('something ran'); window.alert = window.confirm = window.pwned;"
# The page is searched for what only markup that came alive would have made.
ALIVE = """() => [...document.querySelectorAll(`[onerror], [onload], [onfocus], [ontoggle], [onbegin], iframe, object,
    base, animate, [src='x'], [href^='javascript'], [href^='https://evil'], [href^='//evil'], [hx-get='/logout']`)]
    .map((element) => element.outerHTML.slice(0, 200))"""


def kept(texts: list[str], length: int) -> list[str]:
    """Those that a field of so many characters takes."""
    return [text[:length] for text in texts if text.strip()]


SHOWN = kept(HOSTILE, 2000)
TITLES = kept([*MARKUP, *COMMANDS, *LETTERS], 300)
SHORT = cycle(kept(MARKUP, 60))


def short(count: int) -> list[str]:
    return list(islice(SHORT, count))


def hostile_library(session: Session, account: Account) -> Transcription:
    """A transcript that says every string, under titles, names and everything else that is made of them."""
    for title in TITLES:
        made = factories.make_completed(session, account, texts=[title], title=title)
        made.url = f"https://example.com/{title}"
    factories.make_transcription(
        session, account, status=Status.FAILED, title=MARKUP[3], error_message=MARKUP[0], error_code="media_undecodable"
    )
    scene = scenes.interview(
        session,
        account,
        title=MARKUP[0],
        speaker_names={"S1": MARKUP[3], "S2": MARKUP[4]},
        labels={MARKUP[0]: MARKUP[3]},
        warnings=[{"code": "low_coverage", "message": MARKUP[3]}],
        vocabulary=short(5),
        engine_model=MARKUP[0],
    )
    whole = factories.make_completed(
        session, account, texts=SHOWN, title="All of them", speaker_names={"S1": MARKUP[5], "S2": MARKUP[8]}
    )
    for transcription in (scene, whole):
        understand(session, transcription)
        set_tags(session, transcription, [text[:40] for text in short(6)])
        factories.make_searchable(session, transcription)
    return whole


def understand(session: Session, transcription: Transcription) -> None:
    """Chapters, topics and a summary as a language model that was talked into it would write them."""
    whole = {"start": 0.0, "end": transcription.duration_seconds}
    item = {"start": 0.0, "end": 5.0}
    contents: dict[ArtifactKind, Any] = {
        ArtifactKind.CHAPTERS: [{"title": text, "summary": text, **whole} for text in MARKUP[:12]],
        ArtifactKind.TOPICS: [{"label": text, "score": 1.0, "mentions": [item]} for text in MARKUP[:12]],
        ArtifactKind.SUMMARY: {
            "short": " ".join(MARKUP),
            "bullets": [{"text": text, **item} for text in MARKUP],
            "key_phrases": MARKUP,
            "action_items": [{"text": text, "owner": text, **item} for text in MARKUP],
        },
    }
    for kind, content in contents.items():
        keep_artifact(session, transcription, kind, Made(content, "llm", MARKUP[0]))


def hostile_programs(session: Session, account: Account) -> str:
    """Keys and an endpoint with such names, and an endpoint that answers so; the id of its delivery."""
    for name in short(15):
        api_keys.create_api_key(session, account, name=name)
    endpoint, _ = webhook_endpoints.create_endpoint(
        session, account, url=f"http://127.0.0.1:9/{quote(MARKUP[0])}", description=MARKUP[3]
    )
    delivery = webhook_endpoints.send_test(session, account, endpoint.public_id)
    values = {"number": 1, "attempted_at": factories.db_now(session), "url": endpoint.url, "signature": MARKUP[0]}
    session.add(
        WebhookAttempt(delivery_id=delivery.id, status=500, duration_ms=1, answer=" ".join(MARKUP)[:1000], **values)
    )
    delivery.state, delivery.last_status, delivery.attempts_count = DeliveryState.PENDING, 500, 1
    return delivery.public_id


@pytest.fixture
def places(alice: Account) -> Places:
    with db.transaction() as session:
        places = furnish(session, alice)  # By itself: it sets triggers aside to give the ledger a past.
    with db.transaction() as session:
        whole = hostile_library(session, alice)
        delivery = hostile_programs(session, alice)
        for text in MARKUP[:8]:
            asked = put_question(session, alice, text)
            answer_within(session, alice, asked.public_id)
            asked.answer = " ".join(MARKUP)
        for text in MARKUP[:5]:
            sign_in.start_session(session, alice, sign_in.Browser(f"Firefox/{text} Linux", text[:60]))
        share = shares.create_share(session, alice, whole.public_id, parts=list(SharePart))
        secret = str(shares.address(share)).rpartition("/")[2]
        names = {name: getattr(places, name) for name in Places.__slots__}
        return Places(**{**names, "interview": whole.public_id, "shared": secret, "delivery": delivery})


def look_at(page: Page, path: str) -> list[str]:
    page.goto(path)
    for details in page.locator("details:not([open]) > summary").all()[:12]:
        if details.is_visible():
            details.evaluate("summary => { summary.parentElement.open = true }")
    return [f"{path}: {each}" for each in page.evaluate(ALIVE)]


def watched(page: Page, dialogs: list[str]) -> Page:
    """The page, which reports what runs in it, and whose dialogs are collected."""

    def note(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.add_init_script(PWNED)
    page.on("dialog", note)
    return page


# Swagger UI shows our own document, and nothing that a customer wrote.
ROOMS = sorted({endpoint.split(".")[1] for endpoint in PAGES} - {"developers"})


def test_P48_nothing_that_is_stored_runs_on_any_page(member: Page, visitor: Page, places: Places) -> None:
    dialogs: list[str] = []
    pages, alive = (watched(member, dialogs), watched(visitor, dialogs)), []
    for room in ROOMS:
        for path in places.pages_of(room):
            alive += look_at(pages[room in ROOMS_OF_VISITORS], path)
    assert alive == dialogs == []


def test_P48_every_string_is_shown_as_it_is(member: Page, places: Places) -> None:
    watched(member, []).goto(f"/transcriptions/{places.interview}")
    shown = member.evaluate("() => document.querySelector('#transcript').textContent")
    squeezed = " ".join(shown.split())
    missing = [text for text in SHOWN[:100] if " ".join(text.split()) not in squeezed]
    assert missing == []


ADDRESSES = (
    "/transcriptions?q={}",
    "/transcriptions?tag={}&sort={}&status={}",
    "/search?q={}",
    "/ask?q={}",
    "/login?next={}",
    "/signup?next=/{}",
    "/billing/usage?group_by={}&from={}",
    "/settings/account?saved={}",
    "/transcriptions/{{interview}}?t={}&window={}",
    "/transcriptions/{{interview}}/find?q={}",
    "/transcriptions/{{interview}}/replace?find={}&replacement={}",
    "/?q={}",
)


IN_ADDRESSES = [MARKUP[1], MARKUP[4], MARKUP[24], "javascript:pwned()", "{{7*191}}"]


def test_P48_nothing_that_stands_in_an_address_runs(member: Page, visitor: Page, places: Places) -> None:
    dialogs: list[str] = []
    pages, alive = (watched(member, dialogs), watched(visitor, dialogs)), []
    for address in ADDRESSES:
        for text in IN_ADDRESSES:
            path = address.replace("{{interview}}", places.interview).replace("{}", quote(text, safe=""))
            page = pages[path.startswith(("/login", "/signup", "/?"))]
            alive += look_at(page, path)
            assert "1337" not in page.content()
    assert alive == dialogs == []
