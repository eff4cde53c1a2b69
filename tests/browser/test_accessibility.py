"""Every page for everybody: what axe finds, what a keyboard reaches, and what a small screen shows."""

import json
from importlib.resources import files
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, ViewportSize

import db
from models import Account
from tests.browser.complaints import Complaints
from tests.browser.conftest import Opens
from tests.browser.looks import Look, both_sizes
from tests.browser.pages import NO_PAGES, PAGES, ROOMS, ROOMS_OF_VISITORS, Places, furnish

AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
ASK_AXE = f"axe.run({{ runOnly: {{ type: 'tag', values: {json.dumps(RULES)} }}, resultTypes: ['violations'] }})"
# The menu lies over the page, and would hide parts of it.
OPEN_EVERYTHING = "for (const details of document.querySelectorAll('details:not(.menu)')) details.open = true"
SMALL_SCREEN: ViewportSize = {"width": 320, "height": 640}
OVERHANG = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

WALKED = ("/transcriptions", "/transcriptions/{interview}", "/search?q=budget", "/settings/account")
MOST_STOPS = 400
# Where the focus is, as a number of its own for each element; -1 outside of the page.
NUMBER_OF_FOCUS = """() => {
    const at = document.activeElement;
    if (!at || at === document.body) return -1;
    window.stops ??= [];
    if (!window.stops.includes(at)) window.stops.push(at);
    return window.stops.indexOf(at);
}"""
UNREACHED = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, audio")]
    .filter((element) => element.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }))
    .filter((element) => !element.disabled && element.type !== "hidden" && element.tabIndex >= 0)
    // Of radio buttons with one name the arrow keys reach the others.
    .filter((element) => element.type !== "radio" || element.checked)
    .filter((element) => !window.stops.includes(element))
    .map((element) => element.outerHTML.slice(0, 120))"""
IS_FOCUS_SHOWN = """() => {
    const at = document.activeElement;
    const shows = (element) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
    };
    // What is drawn over a radio button or a file's input shows its focus for it.
    const drawn = at.closest("label");
    return at === document.body || at.tagName === "AUDIO" || shows(at) || (drawn !== null && shows(drawn));
}"""


@pytest.fixture
def places(alice: Account) -> Places:
    with db.transaction() as session:
        return furnish(session, alice)


def violations(page: Page) -> list[str]:
    """What axe holds against the page with everything on it opened, one line each."""
    page.evaluate(OPEN_EVERYTHING)
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(ASK_AXE)["violations"]
    nodes = ((rule["id"], node) for rule in found for node in rule["nodes"])
    return [f"{rule}: {node['html'][:160]} ({node['failureSummary']})" for rule, node in nodes]


def look_at(page: Page, path: str) -> None:
    """Go there; on the one page that scripts alone make, wait for it and open an operation."""
    page.goto(path)
    if path == "/developers/docs":
        page.click("#operations-Account-get_me .opblock-summary-control")
        page.wait_for_selector("#operations-Account-get_me pre.microlight")


def test_every_page_of_the_route_table_is_looked_at(app: Flask) -> None:
    routes = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    of_pages = {endpoint for endpoint in routes if endpoint.startswith("pages.")}
    assert of_pages == PAGES.keys() | NO_PAGES, "a new page has its entry in tests/browser/pages.py"


@both_sizes
@pytest.mark.parametrize("room", ROOMS)
def test_axe_finds_nothing_and_no_page_is_wider_than_a_small_screen(
    room: str, opens: Opens, alice: Account, places: Places, look: Look
) -> None:
    page, found, wider = opens(None if room in ROOMS_OF_VISITORS else alice), dict[str, list[str]](), dict[str, int]()
    for path in places.pages_of(room):
        look_at(page, path)
        found[path] = violations(page)
        page.set_viewport_size(SMALL_SCREEN)
        wider[path] = page.evaluate(OVERHANG)
        page.set_viewport_size(look.options["viewport"])
    assert {path: lines for path, lines in found.items() if lines} == {}
    assert {path: pixels for path, pixels in wider.items() if pixels > 0} == {}


@both_sizes
def test_axe_finds_nothing_on_the_page_of_an_error(visitor: Page, complaints: Complaints) -> None:
    complaints.expect("404 of GET")
    visitor.goto("/nowhere")
    assert violations(visitor) == []


@both_sizes
def test_axe_finds_nothing_in_a_form_that_came_back(visitor: Page) -> None:
    visitor.goto("/signup")
    visitor.get_by_label("E-mail address").fill("alice@example.com")
    visitor.get_by_label("Password").fill("password123")
    visitor.get_by_role("button", name="Sign up").click()
    visitor.locator(".field-error").wait_for()
    assert violations(visitor) == []


@pytest.mark.parametrize("path", WALKED)
def test_a_keyboard_reaches_everything_and_shows_where_it_is(member: Page, places: Places, path: str) -> None:
    member.goto(path.format(interview=places.interview))
    seen, hidden = set[int](), list[str]()
    for _ in range(MOST_STOPS):
        member.keyboard.press("Tab")
        stop = member.evaluate(NUMBER_OF_FOCUS)
        if stop in seen:
            break
        if stop >= 0:
            seen.add(stop)
        if not member.evaluate(IS_FOCUS_SHOWN):
            hidden.append(member.evaluate("document.activeElement.outerHTML.slice(0, 120)"))
    assert hidden == []
    assert member.evaluate(UNREACHED) == []
