"""The list in a real browser: it stays live, is filtered and sorted, ticked by hand and by keys, and undone."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

import db
from blueprints.pages import list_streams
from handlers.tags import set_tags
from handlers.transcriptions import cancel_transcription
from models import Account, Stage, Status, Transcription
from tests import factories
from tests.browser.complaints import Complaints
from tests.browser.conftest import Shot
from tests.browser.looks import Look, both_sizes, every_look, on_a_phone, with_and_without_script, without_script


@pytest.fixture(autouse=True)
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_streams, "LOOK_EVERY_SECONDS", 0.1)
    monkeypatch.setattr(list_streams, "LOOK_EVERY_SECONDS_IN_PEACE", 0.1)


@pytest.fixture
def shelf(alice: Account) -> list[str]:
    """The ids of five, the newest first: one at work, one failed, three completed of which two have tags."""
    with db.transaction() as session:
        moment = factories.db_now(session)
        rows = [
            factories.make_completed(session, alice, title="Interview with Ada", duration_seconds=1800.0),
            factories.make_completed(session, alice, title="Board meeting, March", language="de"),
            factories.make_completed(session, alice, title="Interview with Ben", duration_seconds=90.0),
            factories.make_transcription(session, alice, title="Lecture.mov", status=Status.FAILED),
            factories.make_transcription(
                session,
                alice,
                title="Council, 3 March.mp3",
                stage=Stage.TRANSCRIBING,
                progress=0.51,
                duration_seconds=3723.0,
                transcribing_since=moment - timedelta(seconds=150),
                progressed_at=moment,
                **factories.at_work(session),
            ),
        ]
        set_tags(session, rows[0], ["Interviews", "2026"])
        set_tags(session, rows[1], ["Board"])
    return [row.public_id for row in reversed(rows)]


def titles(page: Page) -> list[str]:
    return page.locator("#rows .row-title").all_inner_texts()


def change(public_id: str, **values: object) -> None:
    with db.transaction() as session:
        row = session.query(Transcription).filter_by(public_id=public_id).one()
        for name, value in values.items():
            setattr(row, name, value)


@every_look
def test_the_list_as_it_looks(member: Page, shelf: list[str], shot: Shot) -> None:
    member.goto("/transcriptions")
    expect(member.locator("#running")).to_contain_text("1 in progress")
    expect(member).to_have_title(re.compile(r"^\(1\) Transcriptions"))
    expect(member.get_by_text("about 3 minutes left")).to_be_visible()
    assert member.evaluate("document.documentElement.scrollWidth <= innerWidth")
    member.locator("#rows").scroll_into_view_if_needed()
    member.get_by_role("checkbox", name="Select Interview with Ben").check()
    expect(member.get_by_text("1 selected")).to_be_visible()
    shot(member, "library")


@both_sizes
def test_a_row_moves_on_and_settles_without_losing_focus_or_ticks(
    member: Page, shelf: list[str], alice: Account
) -> None:
    member.goto("/transcriptions")
    link = member.get_by_role("link", name="Council, 3 March.mp3")
    member.get_by_role("checkbox", name="Select Council, 3 March.mp3").check()
    link.focus()

    change(shelf[0], progress=0.8)
    expect(member.get_by_text("Transcribing, 80 %")).to_be_visible()
    with db.transaction() as session:
        cancel_transcription(session, alice, shelf[0])

    expect(member.locator(f"#facts-{shelf[0]}")).to_contain_text("canceled")
    expect(member.locator("#said")).to_have_text("“Council, 3 March.mp3” has failed.")
    expect(member).to_have_title("Transcriptions · Transcribe")
    expect(link).to_be_focused()
    expect(member.get_by_role("checkbox", name="Select Council, 3 March.mp3")).to_be_checked()


def test_what_is_made_elsewhere_comes_on_top_and_what_is_deleted_goes(
    member: Page, shelf: list[str], alice: Account
) -> None:
    member.goto("/transcriptions")
    expect(member.locator("#rows .row")).to_have_count(5)
    expect(member.locator("#running")).to_contain_text("1 in progress")
    with db.transaction() as session:
        made = factories.make_transcription(session, alice, title="From a program")
    expect(member.locator("#rows .row").first).to_contain_text("From a program")
    expect(member.locator("#running")).to_contain_text("2 in progress")

    with db.transaction() as session:
        session.delete(session.merge(made))
    expect(member.locator("#rows .row")).to_have_count(5)


def test_a_first_one_takes_the_place_of_the_words_that_there_is_none(member: Page, alice: Account) -> None:
    member.goto("/transcriptions")
    expect(member.get_by_text("Your first transcript is a minute away")).to_be_visible()
    expect(member.locator("#live")).to_be_attached()
    with db.transaction() as session:
        factories.make_transcription(session, alice, title="The first")

    expect(member.get_by_role("link", name="The first")).to_be_visible()
    expect(member.get_by_text("Your first transcript is a minute away")).to_be_hidden()


def test_where_the_stream_is_refused_rows_ask_for_themselves(
    member: Page, shelf: list[str], complaints: Complaints
) -> None:
    complaints.expect("[object Event]")
    member.route("**/transcriptions/events*", lambda route: route.abort())
    member.goto("/transcriptions")
    change(shelf[0], progress=0.8)

    expect(member.get_by_text("Transcribing, 80 %")).to_be_visible()


def test_who_does_not_look_keeps_no_stream_and_finds_everything_later(
    member: Page, shelf: list[str], alice: Account
) -> None:
    member.goto("/transcriptions")
    expect(member.locator("#running")).to_contain_text("1 in progress")
    hide = """is => {
        Object.defineProperty(document, "hidden", {configurable: true, get: () => is});
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    member.evaluate(hide, True)
    assert member.evaluate("stream.readyState") == 2
    with db.transaction() as session:
        factories.make_transcription(session, alice, title="Meanwhile")
        cancel_transcription(session, alice, shelf[0])
    member.evaluate(hide, False)

    expect(member.locator("#rows .row").first).to_contain_text("Meanwhile")
    expect(member.locator(f"#facts-{shelf[0]}")).to_contain_text("canceled")
    expect(member.locator("#rows .row")).to_have_count(6)


@both_sizes
def test_the_list_follows_the_typing_and_the_address_follows_the_list(member: Page, shelf: list[str]) -> None:
    member.goto("/transcriptions")
    box = member.get_by_role("searchbox", name="Search titles")
    box.type("interview")
    expect(member.locator("#rows .row")).to_have_count(2)
    expect(box).to_be_focused()
    member.get_by_label("Order").select_option("Longest first")
    expect(member.locator("#rows .row").first).to_contain_text("Interview with Ada")
    expect(member).to_have_url(re.compile("q=interview.*sort=longest"))

    member.reload()
    assert titles(member) == ["Interview with Ada", "Interview with Ben"]
    member.get_by_role("link", name="Without Title “interview”").click()
    expect(member.locator("#rows .row")).to_have_count(5)
    expect(member).to_have_url(re.compile(r"/transcriptions\?sort=longest$"))


@without_script
def test_without_script_a_button_searches_and_a_link_refreshes(member: Page, shelf: list[str]) -> None:
    member.goto("/transcriptions")
    member.get_by_role("searchbox", name="Search titles").fill("council")
    member.get_by_role("button", name="Search").click()
    assert titles(member) == ["Council, 3 March.mp3"]
    change(shelf[0], progress=0.8)

    member.get_by_role("link", name="Refresh").click()

    expect(member.get_by_text("Transcribing, 80 %")).to_be_visible()
    assert titles(member) == ["Council, 3 March.mp3"]


@with_and_without_script
def test_many_go_to_the_trash_and_come_back(member: Page, shelf: list[str]) -> None:
    member.goto("/transcriptions?sort=title")
    for title in ("Interview with Ada", "Interview with Ben", "Lecture.mov"):
        member.get_by_role("checkbox", name=f"Select {title}").check()
    member.get_by_role("button", name="Move to the trash").click()

    expect(member.locator("#outcome")).to_contain_text("3 transcriptions are in the trash")
    expect(member.locator("#rows .row")).to_have_count(2)
    member.get_by_role("button", name="Undo").click()
    expect(member.locator("#outcome")).to_contain_text("3 transcriptions restored.")
    expect(member.locator("#rows .row")).to_have_count(5)
    expect(member).to_have_url(re.compile(r"\?sort=title$"))


@with_and_without_script
def test_many_are_tagged_and_the_tag_finds_them(member: Page, shelf: list[str]) -> None:
    member.goto("/transcriptions")
    for title in ("Interview with Ada", "Lecture.mov"):
        member.get_by_role("checkbox", name=f"Select {title}").check()
    member.locator("#bulk summary", has_text="Tags").click()
    member.get_by_label("Tags, separated by commas").fill("Museum")
    member.get_by_role("button", name="Put on").click()
    expect(member.locator("#outcome")).to_contain_text("Tags put on 2 transcriptions.")

    member.locator("#rows .chip", has_text="Museum").first.click()

    expect(member).to_have_url(re.compile(r"\?tag=Museum$"))
    expect(member.locator("#rows .row")).to_have_count(2)


@with_and_without_script
def test_a_row_is_tagged_where_it_stands(member: Page, shelf: list[str], look: Look) -> None:
    member.goto("/transcriptions")
    row = member.locator(f"#row-{shelf[2]}")
    row.locator("summary").click()
    row.get_by_label("Add a tag").fill("Museum")
    row.get_by_role("button", name="Add").click()
    if not look.scripted:
        expect(row.get_by_role("link", name="Museum")).to_be_visible()
        row.locator("summary").click()
    row.get_by_role("button", name="Take off Museum").click()

    expect(row.locator(".chip", has_text="Museum")).to_have_count(0)


def test_a_tag_that_cannot_be_is_refused_beside_its_field(member: Page, shelf: list[str]) -> None:
    member.goto("/transcriptions")
    row = member.locator(f"#row-{shelf[2]}")
    row.locator("summary").click()
    row.get_by_label("Add a tag").fill("x" * 41)
    row.get_by_label("Add a tag").press("Enter")

    expect(row.locator(".field-error")).to_contain_text("40 characters")
    expect(row.get_by_label("Add a tag")).to_have_value("x" * 41)


@with_and_without_script
def test_those_selected_come_as_a_zip(member: Page, shelf: list[str]) -> None:
    member.goto("/transcriptions")
    for title in ("Interview with Ada", "Interview with Ben"):
        member.get_by_role("checkbox", name=f"Select {title}").check()
    member.locator("#bulk summary", has_text="Export").click()
    with member.expect_download() as download:
        member.get_by_role("button", name="Download zip").click()

    assert download.value.suggested_filename == "transcripts.zip"


def test_a_range_is_ticked_with_shift_and_all_with_one_box(member: Page, shelf: list[str]) -> None:
    member.goto("/transcriptions")
    boxes = member.locator("#rows .pick input")
    boxes.nth(1).click()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(member.get_by_text("3 selected")).to_be_visible()

    member.get_by_label("All on this page").check()
    expect(member.get_by_text("5 selected")).to_be_visible()
    member.get_by_role("button", name="Clear").click()
    expect(member.locator("#bulk")).to_be_hidden()
    expect(boxes.first).to_be_focused()


def test_keys_alone_go_through_the_list_and_empty_it(member: Page, shelf: list[str]) -> None:
    member.goto("/transcriptions")
    member.keyboard.press("j")
    expect(member.get_by_role("link", name="Council, 3 March.mp3")).to_be_focused()
    member.keyboard.press("j")
    member.keyboard.press("j")
    member.keyboard.press("k")
    expect(member.get_by_role("link", name="Lecture.mov")).to_be_focused()
    member.keyboard.press("x")
    expect(member.get_by_role("checkbox", name="Select Lecture.mov")).to_be_checked()
    member.keyboard.press("#")
    expect(member.get_by_role("button", name="Move to the trash")).to_be_focused()
    assert len(titles(member)) == 5
    member.keyboard.press("Enter")

    expect(member.locator("#outcome")).to_contain_text("“Lecture.mov” is in the trash")
    expect(member.locator("#outcome")).to_be_focused()
    member.keyboard.press("j")
    member.keyboard.press("Enter")
    expect(member).to_have_url(re.compile(f"/transcriptions/{shelf[0]}"))


def test_every_key_of_the_sheet_does_something(member: Page, shelf: list[str]) -> None:
    member.goto("/transcriptions")
    named = member.locator("#shortcuts [data-shortcut]").evaluate_all("rows => rows.map(row => row.dataset.shortcut)")

    assert named
    assert set(named) == set(member.evaluate("Object.keys(shortcutActions)"))


@both_sizes
def test_the_trash_gives_back_those_selected(member: Page, shelf: list[str], shot: Shot) -> None:
    member.goto("/transcriptions")
    member.get_by_label("All on this page").check()
    member.get_by_role("button", name="Move to the trash").click()
    expect(member.locator("#outcome")).to_contain_text("5 transcriptions are in the trash")
    member.goto("/trash")
    member.get_by_role("checkbox", name="Select Lecture.mov").check()
    shot(member, "trash")
    member.get_by_role("button", name="Restore those selected").click()

    expect(member.get_by_text("1 transcription restored.")).to_be_visible()
    expect(member.locator(".row")).to_have_count(4)


@on_a_phone
def test_what_a_thumb_has_to_hit_is_large_enough(member: Page, shelf: list[str]) -> None:
    member.goto("/transcriptions")
    member.get_by_label("All on this page").check()
    targets = member.locator("#rows .pick, #rows summary, #rows .chip, #bulk .button, #filters select, #filters input")
    small = targets.evaluate_all("""all => all
        .filter(each => each.checkVisibility())
        .map(each => [each.textContent, each.getBoundingClientRect()])
        .filter(([, {width, height}]) => height < 44 || width < 44)
        .map(([text, {width, height}]) => `${text} ${width} × ${height}`)
    """)
    assert small == []
