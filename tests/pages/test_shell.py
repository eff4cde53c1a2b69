"""What is around every page: the header with its menu, the choice of colours, and static files with their versions."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Account
from tests.pages.conftest import CountQueries, text_of

STATIC = Path(__file__).parents[2] / "static"
HX = {"HX-Request": "true"}


def address_of(page: str, filename: str) -> str:
    found = re.search(rf'"(/static/{re.escape(filename)}[^"#]*)', page)
    assert found
    return found[1]


def test_the_menu_shows_who_is_signed_in_and_what_is_available(browser: FlaskClient, alice: Account) -> None:
    menu = text_of(browser.get("/settings/account").text.partition('class="menu-box"')[2])
    assert alice.email in menu
    assert "Available $10.00" in menu


@pytest.mark.parametrize(("path", "name"), [("/transcriptions", "Transcriptions"), ("/billing/usage", "Billing")])
def test_the_section_one_is_in_is_marked(browser: FlaskClient, path: str, name: str) -> None:
    assert set(re.findall(r'aria-current="page">([^<]+)</a></li>', browser.get(path).text)) >= {name}


def test_what_is_available_costs_no_query_of_its_own(browser: FlaskClient, count_queries: CountQueries) -> None:
    # The session with its account and wallet; nothing else is asked for a page that shows nothing of the account.
    assert count_queries(browser, "/pricing") <= 2


def test_the_search_of_the_header_works_without_script(browser: FlaskClient) -> None:
    page = browser.get("/transcriptions").text
    assert re.search(r'<form class="search-box header-search"[^>]*method="get" action="/search"', page)
    assert "header-search" not in browser.get("/search").text


# Colours


def test_a_theme_is_kept_and_leads_back(visitor: FlaskClient) -> None:
    here = {"Referer": "http://localhost/pricing?minutes=5"}
    answer = visitor.post("/theme", data={"theme": "dark"}, headers=here)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/pricing?minutes=5")
    page = visitor.get("/pricing").text
    assert '<html lang="en" data-theme="dark">' in page
    assert '<meta name="color-scheme" content="dark">' in page
    assert re.findall(r'value="(\w+)" aria-pressed="true"', page) == ["dark"]


def test_the_system_decides_again(visitor: FlaskClient) -> None:
    visitor.post("/theme", data={"theme": "light"})
    visitor.post("/theme", data={"theme": "system"})
    assert "data-theme" not in visitor.get("/pricing").text


def test_with_script_the_page_is_told_and_stays(visitor: FlaskClient) -> None:
    answer = visitor.post("/theme", data={"theme": "dark"}, headers=HX)
    assert (answer.status_code, answer.text) == (204, "")
    assert answer.headers["HX-Trigger"] == '{"theme": {"chosen": "dark"}}'


def test_a_theme_that_is_none_changes_nothing(visitor: FlaskClient) -> None:
    visitor.post("/theme", data={"theme": '"><script>'})
    visitor.set_cookie("theme", "neon")
    assert "data-theme" not in visitor.get("/pricing").text


@pytest.mark.parametrize("elsewhere", ["https://evil.example/x", "http://localhost//evil.example", ""])
def test_p46_a_theme_leads_nowhere_else(visitor: FlaskClient, elsewhere: str) -> None:
    assert visitor.post("/theme", data={"theme": "dark"}, headers={"Referer": elsewhere}).headers["Location"] == "/"


# Static files


def test_a_file_is_kept_for_good_under_the_address_of_its_content(visitor: FlaskClient) -> None:
    answer = visitor.get(address_of(visitor.get("/").text, "style.css"), buffered=True)
    assert answer.data == (STATIC / "style.css").read_bytes()
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("path", ["/static/style.css", "/static/style.css?v=000000000000"])
def test_another_address_is_asked_for_anew_each_time(visitor: FlaskClient, path: str) -> None:
    first = visitor.get(path, buffered=True)
    assert first.headers["Cache-Control"] == "no-cache"
    again = visitor.get(path, headers={"If-None-Match": first.headers["ETag"]}, buffered=True)
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/none.css", "/static/vendor"])
def test_only_what_lies_in_the_folder_is_sent(visitor: FlaskClient, path: str) -> None:
    assert visitor.get(path).status_code == 404


# Signed out meanwhile


def test_a_part_of_a_page_is_refused_with_the_way_to_sign_in(visitor: FlaskClient) -> None:
    here = {**HX, "HX-Current-URL": "http://localhost/search?q=budget"}
    answer = visitor.get("/search?q=budget", headers=here)
    assert answer.status_code == 401
    assert 'href="/login?next=/search?q%3Dbudget"' in answer.text
    assert "<form" not in answer.text
    assert "WWW-Authenticate" not in answer.headers


def test_a_tab_is_sent_to_sign_in_as_a_whole_page(visitor: FlaskClient) -> None:
    answer = visitor.get("/billing/usage?from=2026-11-01", headers={**HX, "HX-Boosted": "true"})
    assert answer.headers["HX-Redirect"] == "/login?next=/billing/usage?from%3D2026-11-01"
    assert answer.text == ""


def test_a_form_that_came_too_late_leads_back_to_its_page(visitor: FlaskClient) -> None:
    answer = visitor.post(
        "/settings/api-keys", data={"name": "x"}, headers={"Referer": "http://localhost/settings/api-keys"}
    )
    assert answer.headers["Location"] == "/login?next=/settings/api-keys&signed_out=yes"
    assert "You had been signed out" in visitor.get(answer.headers["Location"]).text


@pytest.mark.parametrize("elsewhere", ["https://evil.example/x", "", "http://[::1"])
def test_p46_another_site_is_nowhere_to_come_back_to(visitor: FlaskClient, elsewhere: str) -> None:
    answer = visitor.post("/settings/api-keys", headers={"Referer": elsewhere})
    assert answer.headers["Location"] == "/login?signed_out=yes"
    part = visitor.get("/search", headers={**HX, "HX-Current-URL": elsewhere})
    assert 'href="/login"' in part.text


# The first visit


def test_a_new_account_is_shown_the_way(browser: FlaskClient, session: Session) -> None:
    page = text_of(browser.get("/transcriptions").text)
    assert "Your first transcript is a minute away" in page
    assert "You have $10.00 to begin with, which is about 2,000 minutes." in page
    assert "Nothing to search yet" in browser.get("/search").text
    assert "Nothing to ask yet" in browser.get("/ask").text
