"""The transcript's page in a real browser: playing, following, keys, going through places, editing, speakers, code."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select, update

import db
from handlers.accounts import account_by_email
from models import Segment
from tests.factories import make_completed, make_media
from tests.jobs.conftest import CLIP

pytestmark = pytest.mark.whole

TEXTS = ["And so, my fellow Americans,", "ask not what your country can do for you,", "ask what you can do for it."]
PLAYED = "document.querySelector('#player audio').currentTime"
IS_PAUSED = "document.querySelector('#player audio').paused"
SEEK = "#seek"


def make_talk(texts: list[str]) -> str:
    """Alice's transcript of a real recording of eleven seconds, five seconds a line, with an unsure word."""
    with db.transaction() as session:
        alice = account_by_email(session, "alice@example.com")
        waveform = bytes(40 + (each * 37) % 200 for each in range(1500))
        media = make_media(session, alice, CLIP, waveform=waveform, content_type="audio/flac")
        talk = make_completed(session, alice, texts=texts, media_id=media.id, title="The speech")
        first = session.scalars(select(Segment).where(Segment.transcription_id == talk.id, Segment.number == 1)).one()
        words = [*first.words[:-1], [*first.words[-1][:3], 0.2]] if first.words else None
        session.execute(update(Segment).where(Segment.id == first.id).values(words=words))
        return talk.public_id


@pytest.fixture
def address(page: Page, site: str) -> str:
    return f"{site}/transcriptions/{make_talk(TEXTS)}"


@pytest.fixture(params=[(1280, 800), (390, 844)], ids=["desktop", "phone"])
def talk(request: pytest.FixtureRequest, page: Page, address: str) -> Iterator[Page]:
    width, height = request.param
    page.set_viewport_size({"width": width, "height": height})
    page.goto(address)
    page.wait_for_function("document.querySelector('#player audio').readyState >= 2")
    yield page
    page.evaluate("localStorage.clear(), sessionStorage.clear()")


@pytest.fixture
def desktop(page: Page, address: str) -> Iterator[Page]:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address)
    page.wait_for_function("document.querySelector('#player audio').readyState >= 2")
    yield page
    page.evaluate("localStorage.clear(), sessionStorage.clear()")


def wait_until_played(page: Page, seconds: float) -> None:
    page.wait_for_function(f"Math.abs({PLAYED} - {seconds}) < 0.6")


def test_words_are_marked_as_they_are_spoken(talk: Page) -> None:
    talk.get_by_role("button", name="Play", exact=True).click()
    expect(talk.locator(".now")).to_have_count(1)
    first = talk.locator(".now").inner_text()
    expect(talk.locator(".now")).not_to_have_text(first)
    talk.get_by_role("button", name="Pause", exact=True).click()
    assert talk.evaluate(IS_PAUSED)


def test_a_click_on_a_word_plays_from_there(talk: Page) -> None:
    talk.get_by_text("country", exact=True).click()
    expect(talk.locator(".now")).to_contain_text(re.compile("country|can"))
    assert not talk.evaluate(IS_PAUSED)


def test_the_waveform_is_a_slider(talk: Page) -> None:
    slider = talk.get_by_role("slider", name="Place in the recording")
    box = slider.bounding_box()
    assert box
    talk.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    wait_until_played(talk, 7.5)
    expect(slider).to_have_attribute("aria-valuetext", "0:07 of 0:15")
    slider.focus()
    slider.press("ArrowLeft")
    wait_until_played(talk, 2.5)
    slider.press("Home")
    wait_until_played(talk, 0)


def test_the_bar_skips_and_changes_speed(talk: Page) -> None:
    talk.get_by_role("button", name="Ahead five seconds").click()
    wait_until_played(talk, 5)
    talk.get_by_role("combobox", name="Speed").select_option("1.5")
    assert talk.evaluate("document.querySelector('#player audio').playbackRate") == 1.5
    talk.reload()
    wait_until_played(talk, 5)
    assert talk.evaluate("document.querySelector('#player audio').playbackRate") == 1.5


def test_the_player_hides_nothing_that_has_the_focus(talk: Page) -> None:
    talk.locator(".page-actions button").last.focus()
    lower = talk.evaluate("document.activeElement.getBoundingClientRect().bottom")
    upper = talk.evaluate("document.getElementById('player').getBoundingClientRect().top")
    assert lower <= upper


@pytest.mark.parametrize(
    ("keys", "seconds"),
    [
        (["ArrowRight"], 5),
        (["l"], 10),
        (["l", "j"], 0),
        (["l", "ArrowLeft"], 5),
        (["n", "n"], 10),
        (["n", "n", "p"], 5),
        (["Shift+N"], 5),
        (["Shift+N", "Shift+N", "Shift+P"], 5),
    ],
)
def test_keys_move_in_the_recording(desktop: Page, keys: list[str], seconds: float) -> None:
    desktop.locator("h1").click()
    for key in keys:
        desktop.keyboard.press(key)
        desktop.wait_for_timeout(120)
    wait_until_played(desktop, seconds)


def test_space_plays_and_is_left_to_a_focused_button(desktop: Page) -> None:
    desktop.locator("h1").click()
    desktop.keyboard.press("Space")
    desktop.wait_for_function(f"!({IS_PAUSED})")
    desktop.keyboard.press("k")
    desktop.wait_for_function(IS_PAUSED)
    desktop.get_by_role("button", name="Ahead five seconds").focus()
    desktop.keyboard.press("Space")
    assert desktop.evaluate(IS_PAUSED)


def test_the_sheet_opens_by_key_and_by_button_and_turns_keys_off(desktop: Page) -> None:
    sheet = desktop.get_by_role("dialog", name="Keyboard shortcuts")
    desktop.keyboard.press("?")
    expect(sheet).to_be_visible()
    expect(sheet).to_contain_text("Ahead five seconds")
    sheet.get_by_role("checkbox").uncheck()
    desktop.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    desktop.keyboard.press("ArrowRight")
    desktop.keyboard.press("?")
    expect(sheet).to_be_hidden()
    assert desktop.evaluate(PLAYED) == 0
    desktop.get_by_role("link", name="Keyboard shortcuts").click()
    expect(sheet).to_be_visible()


def test_the_reader_may_leave_and_come_back_to_now(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 500})
    page.goto(f"{site}/transcriptions/{make_talk([f'Line number {number} of many.' for number in range(150)])}")
    page.get_by_role("button", name="Ahead fifteen seconds").click()
    expect(page.locator(".now")).to_be_in_viewport()
    page.mouse.move(900, 300)
    page.mouse.wheel(0, 3000)
    back = page.get_by_role("button", name="Back to now")
    expect(back).to_be_visible()
    back.click()
    expect(page.locator(".now")).to_be_in_viewport()
    expect(back).to_be_hidden()


# Search in place


def test_places_are_found_counted_and_gone_through(talk: Page) -> None:
    field = talk.get_by_role("searchbox", name="Search this transcript")
    talk.keyboard.press("/")
    expect(field).to_be_focused()
    field.press_sequentially("ask")
    expect(talk.locator("#spots")).to_contain_text("2 places")
    assert talk.evaluate("[...CSS.highlights.get('spots')].map(String)") == ["ask", "ask"]
    assert talk.locator("[data-marks=spots]").get_attribute("d").count("M") == 2
    field.press("Enter")
    expect(talk.locator("[data-place]")).to_have_text("1 of 2")
    field.press("Enter")
    expect(talk.locator("[data-place]")).to_have_text("2 of 2")
    wait_until_played(talk, 10)
    field.press("Shift+Enter")
    expect(talk.locator("[data-place]")).to_have_text("1 of 2")
    assert talk.evaluate("[...CSS.highlights.get('spot-now')].map(String)") == ["ask"]
    field.press("Escape")
    expect(talk.locator("#spots")).to_be_empty()


def test_a_place_far_away_is_fetched_when_it_is_gone_to(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    lines = [f"Line number {number}." for number in range(450)]
    page.goto(f"{site}/transcriptions/{make_talk([*lines, 'The needle.'])}")
    field = page.get_by_role("searchbox", name="Search this transcript")
    field.fill("needle")
    field.press("Enter")
    expect(page.locator("#segment-450")).to_be_in_viewport()
    page.wait_for_function("CSS.highlights.get('spot-now')?.size === 1")


def test_u_goes_to_the_next_unsure_word(desktop: Page) -> None:
    desktop.locator("h1").click()
    desktop.keyboard.press("u")
    expect(desktop.locator("[data-place]")).to_have_text("1 of 1")
    assert desktop.evaluate("[...CSS.highlights.get('spot-now')].map(String)") == ["you,"]
    desktop.get_by_role("checkbox", name="Marked in the text").uncheck()
    decoration = "getComputedStyle(document.querySelector('.unsure')).textDecorationLine"
    assert desktop.evaluate(decoration) == "none"
    desktop.reload()
    desktop.wait_for_function(f"{decoration} === 'none'")


# Editing


def test_a_line_is_edited_saved_and_taken_back_by_keys(desktop: Page) -> None:
    desktop.locator("h1").click()
    desktop.keyboard.press("n")
    expect(desktop.locator("#segment-1 .now")).to_have_count(1)
    desktop.keyboard.press("e")
    text = desktop.get_by_role("textbox", name="Text")
    expect(text).to_be_focused()
    text.press("Alt+p")
    desktop.wait_for_function(f"!({IS_PAUSED}) && {PLAYED} > 5")
    text.fill("ask not what they do for you,")
    text.press("Control+Shift+Enter")
    expect(desktop.locator("#segment-1")).to_contain_text("what they do")
    expect(desktop.locator("form#segment-2 textarea")).to_be_focused()
    desktop.keyboard.press("Escape")
    expect(desktop.locator("p#segment-2")).to_be_visible()
    expect(desktop.locator("#edit-2")).to_be_focused()
    desktop.keyboard.press("Control+z")
    expect(desktop.locator("#segment-1")).to_contain_text("what your country")


def test_what_was_typed_outlives_a_reload(desktop: Page) -> None:
    desktop.on("dialog", lambda dialog: dialog.accept())
    desktop.locator("#segment-0").hover()
    desktop.locator("#edit-0").click()
    desktop.get_by_role("textbox", name="Text").fill("And so, my friends,")
    desktop.reload()
    expect(desktop.get_by_role("textbox", name="Text")).to_have_value("And so, my friends,")
    expect(desktop.get_by_text("What you had typed here is back.")).to_be_visible()
    desktop.get_by_role("link", name="Cancel").click()
    desktop.reload()
    expect(desktop.locator("p#segment-0")).to_contain_text("fellow Americans")


def test_what_was_typed_outlives_a_lost_connection(talk: Page) -> None:
    talk.locator("#segment-0").hover()
    talk.locator("#edit-0").click()
    text = talk.get_by_role("textbox", name="Text")
    text.fill("And so, my friends,")
    talk.route("**/segments/0", lambda route: route.abort("connectionreset"))
    talk.get_by_role("button", name="Save", exact=True).click()
    expect(talk.locator("#notices")).to_contain_text("connection was lost")
    expect(text).to_have_value("And so, my friends,")
    talk.unroute_all()
    talk.get_by_role("button", name="Save", exact=True).click()
    expect(talk.locator("p#segment-0")).to_contain_text("my friends")


# Speakers


def test_another_speaker_for_a_turn(talk: Page) -> None:
    talk.get_by_role("link", name="S2").click()
    speaker = talk.get_by_role("combobox", name="Speaker", exact=True)
    expect(speaker).to_be_focused()
    speaker.select_option("new")
    talk.get_by_role("button", name="Save", exact=True).click()
    expect(talk.locator(".window h2.speaker")).to_have_text(["S1", "S3", "S1"])
    expect(talk.locator(".voices path")).to_have_count(2)


def test_a_clip_plays_and_stops_where_the_reader_is(talk: Page) -> None:
    talk.locator(".speakers summary").click()
    before = talk.evaluate("scrollY")
    talk.get_by_role("link", name="Play 5 seconds of S2 from 0:05").click()
    talk.wait_for_function(f"!({IS_PAUSED})")
    talk.evaluate("document.querySelector('#player audio').currentTime = 9.6")
    talk.wait_for_function(f"{IS_PAUSED} && {PLAYED} < 10.6")
    assert talk.evaluate("scrollY") == before


def test_a_speakers_name_is_changed_everywhere(talk: Page) -> None:
    talk.locator(".speakers summary").click()
    talk.get_by_label("S1", exact=True).fill("Jack")
    talk.get_by_role("button", name="Save names").click()
    expect(talk.locator(".window h2.speaker")).to_have_text(["Jack", "S2", "Jack"])


# As code


def test_the_code_follows_what_is_typed(talk: Page) -> None:
    talk.get_by_text("Show as code").click()
    expect(talk.locator("#calls")).to_contain_text("/result")
    talk.get_by_role("searchbox", name="Search this transcript").fill("fellow")
    expect(talk.locator("#calls")).to_contain_text("search?q=fellow")
    talk.locator("#calls").get_by_text("Python", exact=True).first.click()
    expect(talk.locator("#calls")).to_contain_text("from transcribe_client import Client")


# In both lights, on both sizes, without script


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_overflows_a_narrow_screen(page: Page, address: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for button in page.locator(".player button:visible, .player select:visible").all():
        box = button.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44


def test_without_script_everything_is_there(chromium: BrowserContext, page: Page, address: str) -> None:
    assert chromium.browser
    without = chromium.browser.new_context(java_script_enabled=False)
    without.add_cookies(chromium.cookies())
    plain = without.new_page()
    plain.goto(address)
    expect(plain.locator("#segment-1")).to_contain_text("ask not what your country")
    expect(plain.locator("#player audio")).to_be_visible()
    expect(plain.locator("#seek")).to_be_hidden()
    expect(plain.get_by_role("heading", name="Chapters")).to_be_visible()
    plain.get_by_role("searchbox", name="Search this transcript").fill("ask")
    plain.get_by_role("searchbox", name="Search this transcript").press("Enter")
    expect(plain.locator("main")).to_contain_text("2 places")
    plain.locator("#spots a.stamp").first.click()
    plain.get_by_role("link", name="S2").click()
    expect(plain.locator("select[name=reach]")).to_have_value("turn")
    without.close()
