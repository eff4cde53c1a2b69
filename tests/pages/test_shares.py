"""Share links on the transcript's page: made, changed, revoked, with htmx and without."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from handlers import shares
from models import Account, Share, SharePart
from tests.factories import browser as sign_in
from tests.factories import make_completed, make_transcription
from tests.pages.conftest import CountQueries, text_of

HX = {"HX-Request": "true"}
FORM: dict[str, Any] = {"expiry": "never", "expires_on": "", "password": "", "parts": ["summary", "recording"]}
PASSWORD = "open sesame, please"


@pytest.fixture
def path(session: Session, alice: Account) -> str:
    public_id = make_completed(session, alice, title="Board meeting").public_id
    session.commit()
    return f"/transcriptions/{public_id}"


def only_share(session: Session) -> Share:
    session.expire_all()
    return session.query(Share).one()


def share_of(session: Session, account: Account, path: str) -> Share:
    share = shares.create_share(session, account, path.rpartition("/")[2])
    session.commit()
    return share


def test_a_link_is_made_and_its_address_shown_to_be_copied(browser: FlaskClient, session: Session, path: str) -> None:
    answer = browser.post(f"{path}/shares", data=FORM)
    assert answer.status_code == 303

    page = browser.get(answer.headers["Location"]).text

    share = only_share(session)
    address = shares.address(share)
    assert share.parts == ["summary", "recording"]
    assert f'<code id="address-made">{address}</code>' in page
    assert 'data-copy="#address-made"' in page
    assert str(address) not in answer.headers["Location"]


def test_with_htmx_the_panel_comes_back(browser: FlaskClient, session: Session, path: str) -> None:
    answer = browser.post(f"{path}/shares", data=FORM, headers=HX)

    assert answer.status_code == 200
    assert answer.text.lstrip().startswith(f'<details id="shares-{path.rpartition("/")[2]}"')
    assert str(shares.address(only_share(session))) in answer.text


def test_the_transcripts_page_has_the_panel_with_its_links(
    browser: FlaskClient, session: Session, alice: Account, path: str
) -> None:
    assert "a link that anyone can read" in browser.get(path).text
    share = share_of(session, alice, path)

    page = browser.get(path).text

    assert str(shares.address(share)) in page
    assert "not opened yet" in page


def test_what_is_not_completed_has_no_panel(browser: FlaskClient, session: Session, alice: Account) -> None:
    processing = make_transcription(session, alice).public_id

    assert 'class="sharing"' not in browser.get(f"/transcriptions/{processing}").text
    assert browser.get(f"/transcriptions/{processing}/shares").status_code == 409


@pytest.mark.parametrize(("expiry", "days"), [("never", None), ("day", 1), ("week", 7), ("month", 30)])
def test_it_ends_as_chosen(browser: FlaskClient, session: Session, path: str, expiry: str, days: int | None) -> None:
    browser.post(f"{path}/shares", data={**FORM, "expiry": expiry, "expires_on": "2001-01-01"})

    ends = only_share(session).expires_at
    if days is None:
        assert ends is None
    else:
        assert ends is not None
        assert abs(ends - datetime.now(UTC) - timedelta(days=days)) < timedelta(minutes=5)


def test_a_day_counts_to_its_end(browser: FlaskClient, session: Session, path: str) -> None:
    day = datetime.now(UTC).date() + timedelta(days=3)
    browser.post(f"{path}/shares", data={**FORM, "expiry": "date", "expires_on": day.isoformat()})

    ends = only_share(session).expires_at
    assert ends is not None
    assert ends.astimezone(UTC).isoformat() == f"{day}T23:59:59.999999+00:00"


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"expiry": "date"}, "expires_on", "Choose the last day"),
        ({"expiry": "date", "expires_on": "2001-01-01"}, "expires_on", "still to come"),
        ({"expiry": "date", "expires_on": "9999-12-31"}, "expires_on", "within ten years"),
        ({"expiry": "date", "expires_on": "tomorrow"}, "expires_on", "date"),
        ({"password": "short"}, "password", "8 to 128 characters"),
        ({"password": "password1"}, "password", "first that anybody would try"),
    ],
)
@pytest.mark.parametrize("headers", [{}, HX], ids=["page", "htmx"])
def test_what_is_wrong_is_said_beside_its_field(
    browser: FlaskClient,
    session: Session,
    path: str,
    headers: dict[str, str],
    given: dict[str, str],
    field: str,
    said: str,
) -> None:
    answer = browser.post(f"{path}/shares", data={**FORM, **given, "parts": ["topics"]}, headers=headers)

    assert answer.status_code == 422
    message = re.search(rf'id="share-field-{field}-error">([^<]*)<', answer.text)
    assert message is not None
    assert said in message[1]
    assert re.findall(r'value="(\w+)" checked', answer.text) == ["topics"]
    assert session.query(Share).count() == 0
    for secret in (given.get("password"), PASSWORD):
        assert secret is None or f'value="{secret}"' not in answer.text


def test_it_is_changed_and_its_address_stays(browser: FlaskClient, session: Session, alice: Account, path: str) -> None:
    share = share_of(session, alice, path)
    before = shares.address(share)

    answer = browser.post(
        f"/shares/{share.public_id}", data={**FORM, "expiry": "day", "password": PASSWORD}, follow_redirects=True
    )

    changed = only_share(session)
    assert "The link is changed" in answer.text
    assert (changed.parts, shares.address(changed)) == (["summary", "recording"], before)
    assert changed.expires_at is not None
    assert changed.password_hash is not None


def test_what_is_left_as_it_is_stays(browser: FlaskClient, session: Session, alice: Account, path: str) -> None:
    ends = datetime.now(UTC) + timedelta(days=3)
    share = shares.create_share(session, alice, path.rpartition("/")[2], expires_at=ends, password=PASSWORD)
    session.commit()
    password = share.password_hash

    browser.post(f"/shares/{share.public_id}", data={**FORM, "expiry": "keep"})
    kept = only_share(session)
    assert (kept.expires_at, kept.password_hash) == (ends, password)

    browser.post(f"/shares/{share.public_id}", data={**FORM, "expiry": "never", "remove_password": "yes"})
    freed = only_share(session)
    assert (freed.expires_at, freed.password_hash) == (None, None)


def test_a_change_that_is_refused_opens_its_own_form(
    browser: FlaskClient, session: Session, alice: Account, path: str
) -> None:
    one, other = share_of(session, alice, path), share_of(session, alice, path)

    answer = browser.post(f"/shares/{one.public_id}", data={**FORM, "password": "short"})

    assert answer.status_code == 422
    assert f'id="{one.public_id}-field-password-error"' in answer.text
    assert f'id="{other.public_id}-field-password-error"' not in answer.text


@pytest.mark.parametrize("headers", [{}, HX], ids=["page", "htmx"])
def test_revoking_can_be_undone(
    browser: FlaskClient, session: Session, alice: Account, path: str, headers: dict[str, str]
) -> None:
    share = share_of(session, alice, path)

    revoked = browser.post(f"/shares/{share.public_id}/revoke", headers=headers, follow_redirects=True).text
    assert f'action="/shares/{share.public_id}/restore"' in revoked
    assert f'id="link-{share.public_id}"' not in revoked

    restored = browser.post(f"/shares/{share.public_id}/restore", headers=headers, follow_redirects=True).text
    assert f'id="link-{share.public_id}"' in restored
    assert "The link works again" in restored


def test_there_is_an_end_to_links(
    browser: FlaskClient, session: Session, alice: Account, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shares, "MOST_SHARES", 1)
    share_of(session, alice, path)

    answer = browser.post(f"{path}/shares", data=FORM)

    assert answer.status_code == 422
    assert "at most 50 share links" in answer.text


def test_one_whose_address_cannot_be_shown_says_so(
    browser: FlaskClient, session: Session, alice: Account, path: str
) -> None:
    share_of(session, alice, path).secret_sha256 = b"of another key"
    session.commit()

    page = browser.get(path).text

    assert "cannot be shown any more" in page
    assert "/s/" not in page


def test_openings_are_told(browser: FlaskClient, session: Session, alice: Account, path: str) -> None:
    share = share_of(session, alice, path)
    share.openings, share.last_opened_at = 1234, datetime(2026, 11, 3, 9, 5, tzinfo=UTC)
    session.commit()

    assert "opened 1,234 times, last 3 Nov 2026, 09:05 UTC" in text_of(browser.get(path).text)


def test_P41_a_strangers_links_are_missing_ones(app: Flask, session: Session, alice: Account, charlie: Account) -> None:
    transcription = make_completed(session, alice)
    share = shares.create_share(session, alice, transcription.public_id)
    session.commit()
    client = sign_in(app, charlie)

    def answers(transcription_id: str, share_id: str) -> list[tuple[int, str]]:
        got = [
            client.get(f"/transcriptions/{transcription_id}/shares"),
            client.post(f"/transcriptions/{transcription_id}/shares", data=FORM),
            client.post(f"/shares/{share_id}", data={**FORM, "expiry": "keep"}),
            client.post(f"/shares/{share_id}/revoke"),
            client.post(f"/shares/{share_id}/restore"),
        ]
        return [(answer.status_code, answer.text.replace(answer.headers["X-Request-Id"], "")) for answer in got]

    hers = answers(transcription.public_id, share.public_id)
    assert hers == answers(transcription.public_id[:-4] + "zzzz", share.public_id[:-4] + "zzzz")
    assert {status for status, _ in hers} == {404}
    session.refresh(share)
    assert (share.revoked_at, share.parts) == (None, [part.value for part in SharePart if part != SharePart.EXPORTS])


def test_the_panel_takes_as_many_statements_with_many_links(
    browser: FlaskClient, session: Session, alice: Account, path: str, count_queries: CountQueries
) -> None:
    share_of(session, alice, path)
    few = count_queries(browser, path)
    for _ in range(5):
        share_of(session, alice, path)

    assert count_queries(browser, path) == few
