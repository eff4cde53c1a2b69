"""The transcript's page in a real browser: playing, following, keys, going through places, editing, speakers, code."""

import re
from time import monotonic

import pytest
from playwright.sync_api import Page, expect

import db
from handlers.processing import store_segments
from models import Account, Stage
from speech.transcript import Segment as Heard
from tests import factories
from tests.browser import scenes
from tests.browser.complaints import Complaints
from tests.browser.looks import both_sizes, every_look, on_a_phone, without_script

PLAYED = "document.querySelector('#player audio').currentTime"
IS_PAUSED = "document.querySelector('#player audio').paused"
MARKED = "[...(CSS.highlights.get('{}') ?? [])].map(String)"


@pytest.fixture
def talk(member: Page, alice: Account) -> Page:
    """The page of an interview of a minute, five seconds a line, Ada and Ben in turn."""
    with db.transaction() as session:
        public_id = scenes.interview(session, alice).public_id
    member.goto(f"/transcriptions/{public_id}")
    return member


@pytest.fixture
def long_talk(member: Page, alice: Account) -> Page:
    with db.transaction() as session:
        public_id = scenes.long_meeting(session, alice, segments=450).public_id
    member.goto(f"/transcriptions/{public_id}")
    return member


def wait_until(page: Page, expression: str) -> None:
    """Until it is true on the page, whose policy keeps Playwright from waiting there."""
    deadline = monotonic() + 10
    while not page.evaluate(expression):
        assert monotonic() < deadline, f"{expression} did not become true; it plays at {page.evaluate(PLAYED)}"
        page.wait_for_timeout(30)


def wait_until_at(page: Page, seconds: float) -> None:
    wait_until(page, f"Math.abs({PLAYED} - {seconds}) < 0.7")


def press(page: Page, keys: str) -> None:
    """Keys, while nothing has the focus."""
    page.evaluate("document.activeElement?.blur()")
    for key in keys.split():
        page.keyboard.press(key)


def open_line(page: Page, number: int) -> None:
    """Until it can be typed into: the page puts the caret to its end a moment after it is there."""
    page.locator(f"#segment-{number}").hover()
    page.locator(f"#edit-{number}").click()
    page.locator(".line-form textarea:focus").wait_for()


# Playing


@both_sizes
def test_words_are_marked_as_they_are_spoken(talk: Page) -> None:
    talk.get_by_role("button", name="Play", exact=True).click()
    expect(talk.locator(".now")).to_have_text("first")
    assert not talk.evaluate(IS_PAUSED)
    talk.get_by_role("button", name="Pause", exact=True).click()
    wait_until(talk, IS_PAUSED)


@both_sizes
def test_a_click_on_a_word_plays_from_there(talk: Page) -> None:
    talk.get_by_text("budget?", exact=True).last.click()
    expect(talk.locator("#segment-6 .now")).to_have_count(1)
    wait_until(talk, f"!({IS_PAUSED}) && {PLAYED} > 33")


@both_sizes
def test_the_waveform_is_a_slider(talk: Page) -> None:
    slider = talk.get_by_role("slider", name="Place in the recording")
    box = slider.bounding_box()
    assert box
    slider.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    wait_until_at(talk, 30)
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^0:(29|30) of 1:00$"))
    expect(talk.locator("#segment-6 .now, #segment-5 .now")).to_be_in_viewport()
    slider.press("ArrowLeft")
    wait_until_at(talk, 25)
    slider.press("Shift+ArrowRight")
    wait_until_at(talk, 40)
    slider.press("Home")
    wait_until_at(talk, 0)


def test_what_is_below_the_pointer_is_told(talk: Page) -> None:
    slider = talk.locator("#seek")
    box = slider.bounding_box()
    assert box
    slider.hover(position={"x": box["width"] * 0.75, "y": 10})
    expect(talk.locator("[data-seek-at]")).to_have_text(re.compile("^0:4[45] · The budget of the bridge$"))


@both_sizes
def test_chapters_and_an_opened_topic_are_marked_on_it(talk: Page) -> None:
    expect(talk.locator("[data-marks=chapters]")).to_have_attribute("d", "M0.50000 0V1")
    talk.locator(".topic summary", has_text="archive").click()
    expect(talk.locator("[data-marks=mentions]")).to_have_attribute("d", "M0.08333 0V1M0.75000 0V1")


@both_sizes
def test_place_and_speed_are_remembered(talk: Page) -> None:
    address = talk.url
    talk.get_by_role("button", name="Ahead fifteen seconds").click()
    talk.get_by_role("combobox", name="Speed").select_option("1.5")
    wait_until_at(talk, 15)
    talk.goto("/transcriptions")
    talk.goto(address)
    wait_until_at(talk, 15)
    assert talk.evaluate("document.querySelector('#player audio').playbackRate") == 1.5
    assert talk.evaluate("scrollY") == 0


@both_sizes
def test_the_player_hides_nothing_that_has_the_focus(talk: Page) -> None:
    talk.get_by_role("button", name="Move to the trash").focus()
    lower = talk.evaluate("document.activeElement.getBoundingClientRect().bottom")
    assert lower <= talk.evaluate("document.getElementById('player').getBoundingClientRect().top")


def test_the_reader_may_leave_and_come_back_to_now(long_talk: Page) -> None:
    press(long_talk, "l")
    expect(long_talk.locator(".now")).to_be_in_viewport()
    long_talk.mouse.move(900, 300)
    long_talk.mouse.wheel(0, 3000)
    back = long_talk.get_by_role("button", name="Back to now")
    back.click()
    expect(long_talk.locator(".now")).to_be_in_viewport()
    expect(back).to_be_hidden()


# Keys


@pytest.mark.parametrize(
    ("keys", "seconds"),
    [
        ("ArrowRight", 5),
        ("l l j", 10),
        ("l ArrowLeft", 5),
        ("Shift+ArrowRight Shift+ArrowRight Shift+ArrowLeft", 15),
        ("n n n p", 10),
        ("Shift+N Shift+N Shift+N Shift+P", 10),
        ("]", 30),
        ("] [", 0),
    ],
)
def test_keys_move_in_the_recording(talk: Page, keys: str, seconds: float) -> None:
    press(talk, keys)
    wait_until_at(talk, seconds)


def test_keys_play_and_change_the_speed(talk: Page) -> None:
    press(talk, "Space")
    wait_until(talk, f"!({IS_PAUSED})")
    press(talk, "k . . ,")
    wait_until(talk, IS_PAUSED)
    expect(talk.get_by_role("combobox", name="Speed")).to_have_value("1.25")


def test_space_is_left_to_a_focused_button_and_letters_to_a_field(talk: Page) -> None:
    talk.get_by_role("button", name="Ahead five seconds").focus()
    talk.keyboard.press("Space")
    wait_until_at(talk, 5)
    talk.get_by_role("searchbox", name="Search this transcript").press_sequentially("l k")
    assert talk.evaluate(IS_PAUSED)
    wait_until_at(talk, 5)


def test_the_sheet_opens_by_key_and_by_button_and_turns_single_keys_off(talk: Page) -> None:
    sheet = talk.get_by_role("dialog", name="Keyboard shortcuts")
    press(talk, "?")
    expect(sheet).to_contain_text("Ahead five seconds")
    sheet.get_by_role("checkbox").uncheck()
    talk.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    press(talk, "l ? /")
    expect(sheet).to_be_hidden()
    expect(talk.get_by_role("searchbox", name="Search this transcript")).not_to_be_focused()
    assert talk.evaluate(PLAYED) == 0
    talk.get_by_role("link", name="Keyboard shortcuts").click()
    expect(sheet).to_be_visible()
    sheet.get_by_role("button", name="Close").click()
    expect(sheet).to_be_hidden()


# Going through it


@both_sizes
def test_places_are_found_counted_and_gone_through(talk: Page) -> None:
    field = talk.get_by_role("searchbox", name="Search this transcript")
    press(talk, "/")
    expect(field).to_be_focused()
    field.press_sequentially("coughed")
    expect(talk.locator("#spots")).to_contain_text("2 places")
    wait_until(talk, f"{MARKED.format('spots')}.join() === 'coughed,coughed'")
    expect(talk.locator("[data-marks=spots]")).to_have_attribute("d", re.compile("^M[^M]+M[^M]+$"))
    field.press("Enter")
    expect(talk.locator("[data-place]")).to_have_text("1 of 2")
    talk.get_by_role("button", name="Next place").click()
    expect(talk.locator("[data-place]")).to_have_text("2 of 2")
    expect(talk.locator("#segment-3")).to_be_in_viewport()
    field.press("Shift+Enter")
    expect(talk.locator("[data-place]")).to_have_text("1 of 2")
    assert talk.evaluate(MARKED.format("spot-now")) == ["coughed"]
    field.press("Escape")
    expect(talk.locator("#spots")).to_be_empty()
    assert talk.evaluate(MARKED.format("spots")) == []


def test_what_is_nowhere_is_looked_for_by_meaning(talk: Page) -> None:
    talk.get_by_role("searchbox", name="Search this transcript").fill("costs of bridges")
    expect(talk.locator("#spots")).to_contain_text("0 places")
    found = talk.get_by_role("region", name="Found").get_by_role("link").first
    expect(found).to_contain_text("bridge")
    found.click()
    wait_until(talk, f"{PLAYED} > 20")


def test_a_place_far_away_is_fetched_when_it_is_gone_to(long_talk: Page) -> None:
    field = long_talk.get_by_role("searchbox", name="Search this transcript")
    field.fill("number 449")
    field.press("Enter")
    expect(long_talk.locator("#segment-449")).to_be_in_viewport()
    wait_until(long_talk, "CSS.highlights.get('spot-now')?.size === 1")


def test_u_goes_to_the_next_unsure_word(talk: Page) -> None:
    press(talk, "u")
    expect(talk.locator("[data-place]")).to_have_text("1 of 3")
    assert talk.evaluate(MARKED.format("spot-now")) == ["coughed,"]
    press(talk, "u u Shift+U")
    expect(talk.locator("[data-place]")).to_have_text("2 of 3")
    talk.get_by_role("checkbox", name="Marked in the text").uncheck()
    decoration = "getComputedStyle(document.querySelector('.unsure')).textDecorationLine"
    assert talk.evaluate(decoration) == "none"
    talk.reload()
    wait_until(talk, f"{decoration} === 'none'")


# Editing


def test_a_line_is_edited_saved_and_taken_back_by_keys(talk: Page) -> None:
    press(talk, "n")
    expect(talk.locator("#segment-1 .now")).to_have_count(1)
    press(talk, "e")
    text = talk.get_by_role("textbox", name="Text")
    expect(text).to_be_focused()
    text.press("Alt+p")
    wait_until(talk, f"!({IS_PAUSED}) && {PLAYED} > 5")
    text.fill("In the cellar, late one evening.")
    text.press("Control+Shift+Enter")
    expect(talk.locator("p#segment-1")).to_contain_text("In the cellar")
    expect(talk.locator("form#segment-2 textarea")).to_be_focused()
    talk.keyboard.press("Escape")
    expect(talk.locator("#edit-2")).to_be_focused()
    talk.keyboard.press("Control+z")
    expect(talk.locator("p#segment-1")).to_contain_text("In the archive")


@both_sizes
def test_a_line_is_cut_and_joined_again(talk: Page) -> None:
    open_line(talk, 4)
    talk.get_by_role("textbox", name="Text").fill("What\ndid you hear?")
    talk.get_by_role("button", name="Save", exact=True).click()
    expect(talk.locator("p#segment-5")).to_contain_text("did you hear?")
    open_line(talk, 4)
    talk.get_by_role("button", name="Join the next").click()
    expect(talk.locator("p#segment-4")).to_contain_text("What did you hear?")
    expect(talk.locator("p#segment-5")).to_contain_text("Two people")


@both_sizes
def test_what_was_typed_outlives_a_reload(talk: Page) -> None:
    talk.on("dialog", lambda dialog: dialog.accept())
    open_line(talk, 0)
    talk.get_by_role("textbox", name="Text").fill("So when did you hear it?")
    talk.reload()
    expect(talk.get_by_role("textbox", name="Text")).to_have_value("So when did you hear it?")
    expect(talk.get_by_text("What you had typed here is back.")).to_be_visible()
    talk.get_by_role("link", name="Cancel").click()
    expect(talk.locator("p#segment-0")).to_contain_text("the recording?")
    talk.reload()
    expect(talk.locator("p#segment-0")).to_contain_text("the recording?")


@both_sizes
def test_what_was_typed_outlives_a_lost_connection(talk: Page, complaints: Complaints) -> None:
    complaints.expect("HTMLFormElement")
    open_line(talk, 0)
    text = talk.get_by_role("textbox", name="Text")
    text.fill("So when did you hear it?")
    talk.route("**/segments/0", lambda route: route.abort("connectionreset"))
    talk.get_by_role("button", name="Save", exact=True).click()
    expect(talk.locator("#notices")).to_contain_text("connection was lost")
    expect(text).to_have_value("So when did you hear it?")
    talk.unroute_all()
    talk.get_by_role("button", name="Save", exact=True).click()
    expect(talk.locator("p#segment-0")).to_contain_text("hear it?")


# Speakers


@both_sizes
def test_somebody_else_says_a_turn(talk: Page) -> None:
    talk.get_by_role("link", name="Ben").first.click()
    speaker = talk.get_by_role("combobox", name="Speaker", exact=True)
    expect(speaker).to_be_focused()
    speaker.select_option("Somebody new")
    talk.get_by_role("button", name="Save", exact=True).click()
    expect(talk.locator(".window h2.speaker").nth(1)).to_have_text("S3")
    expect(talk.locator(".window h2.speaker").nth(3)).to_have_text("Ben")
    expect(talk.locator(".voices path")).to_have_count(3)
    talk.locator("#edited").get_by_role("button", name="Undo").click()
    expect(talk.locator(".window h2.speaker").nth(1)).to_have_text("Ben")


@both_sizes
def test_a_clip_plays_and_stops_where_the_reader_is(talk: Page) -> None:
    talk.locator(".speakers summary").click()
    before = talk.evaluate("scrollY")
    talk.get_by_role("link", name="Play 5 seconds of Ben from 0:05").click()
    wait_until(talk, f"!({IS_PAUSED})")
    talk.evaluate(f"{PLAYED} = 9.6")
    wait_until(talk, f"{IS_PAUSED} && {PLAYED} < 10.8")
    assert talk.evaluate("scrollY") == before


@both_sizes
def test_a_speakers_name_is_changed_everywhere(talk: Page) -> None:
    talk.locator(".speakers summary").click()
    talk.get_by_label("S1", exact=True).fill("Jack")
    talk.get_by_role("button", name="Save names").click()
    expect(talk.locator(".window h2.speaker").first).to_have_text("Jack")
    expect(talk.locator(".window h2.speaker").nth(2)).to_have_text("Jack")


# While it is made


@both_sizes
def test_lines_come_by_themselves_and_the_reader_stays_where_they_are(member: Page, alice: Account) -> None:
    with db.transaction() as session:
        started = {"stage": Stage.TRANSCRIBING, "started_at": factories.db_now(session), "progress": 0.4}
        made = factories.make_transcription(session, alice, **started)
        store_segments(session, made.id, [heard(number) for number in range(60)])
    member.goto(f"/transcriptions/{made.public_id}")
    with db.transaction() as session:
        store_segments(session, made.id, [heard(60)], first_number=60)
    expect(member.locator("#segment-60")).to_contain_text("Line 60.")

    member.locator("#segment-60").scroll_into_view_if_needed()
    member.route("**/progress?*", lambda route: route.fulfill(body="<p></p>", headers={"HX-Refresh": "true"}))
    member.wait_for_url(re.compile(r"\?t=[1-9]"))


def heard(number: int) -> Heard:
    return Heard(float(number), number + 1.0, f"Line {number}.", None, None, None)


# As code, small, and without script


@both_sizes
def test_the_code_follows_what_is_typed(talk: Page) -> None:
    talk.get_by_text("Show as code").click()
    expect(talk.locator("#calls")).to_contain_text("/result")
    talk.get_by_role("searchbox", name="Search this transcript").fill("bridge")
    expect(talk.locator("#calls")).to_contain_text("search?q=bridge")
    talk.locator("#calls").get_by_text("Python", exact=True).first.click()
    expect(talk.locator("#calls pre:visible").first).to_contain_text("from transcribe_client import Client")


@every_look
def test_nothing_is_wider_than_the_screen_and_controls_can_be_touched(talk: Page) -> None:
    assert talk.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    for control in talk.locator(".player button:visible, .player select:visible").all():
        box = control.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44


@on_a_phone
def test_it_fits_the_smallest_phone(talk: Page) -> None:
    talk.set_viewport_size({"width": 360, "height": 640})
    open_line(talk, 1)
    expect(talk.get_by_role("textbox", name="Text")).to_be_focused()
    assert talk.evaluate("document.documentElement.scrollWidth") <= 360
    ahead = talk.get_by_role("button", name="Ahead fifteen seconds").bounding_box()
    time_now = talk.locator("[data-time]").bounding_box()
    assert ahead
    assert time_now
    assert ahead["x"] + ahead["width"] <= time_now["x"]


@without_script
def test_without_script_everything_is_there(talk: Page) -> None:
    expect(talk.locator("#segment-1")).to_contain_text("In the archive")
    expect(talk.locator("#player audio")).to_be_visible()
    expect(talk.locator("#seek")).to_be_hidden()
    expect(talk.get_by_role("heading", name="Chapters")).to_be_visible()
    field = talk.get_by_role("searchbox", name="Search this transcript")
    field.fill("coughed")
    field.press("Enter")
    expect(talk.locator("main")).to_contain_text("2 places")
    talk.locator("#spots a.stamp").first.click()
    talk.get_by_role("link", name="Ben").first.click()
    expect(talk.locator("select[name=reach]")).to_have_value("turn")
