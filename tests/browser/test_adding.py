"""Adding recordings: dropped, pasted, linked, spoken; with the price before it is spent."""

import io
import re
import struct
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy
import pytest
from playwright.sync_api import Page, expect

import db
from billing import ledger
from handlers import wallets
from models import Account, Transcription, Upload
from runtime import store
from speech.audio import measure
from tests.browser.complaints import Complaints
from tests.browser.conftest import Opens, Shot
from tests.browser.looks import Look, both_sizes, with_and_without_script, without_script

PICKER = "#uploader .drop input"
UPLOADS = "#uploader .upload"
PRICE = "#uploader .uploads-price"
ROWS = "#listing .row"


def wav(seconds: float) -> bytes:
    """A quiet tone."""
    samples = (numpy.sin(numpy.arange(int(8_000 * seconds)) / 3) * 3_000).astype("<i2")
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, 8_000, 0, "NONE", "not compressed"))
        file.writeframes(samples.tobytes())
    return buffer.getvalue()


@pytest.fixture
def talks(tmp_path: Path) -> list[Path]:
    """Three recordings: one, two and three seconds."""
    paths = [tmp_path / f"talk{number}.wav" for number in (1, 2, 3)]
    for seconds, path in enumerate(paths, start=1):
        path.write_bytes(wav(seconds))
    return paths


@pytest.fixture
def list_page(member: Page) -> Page:
    member.goto("/transcriptions")
    return member


def transcribe(page: Page) -> None:
    page.get_by_role("button", name="Transcribe", exact=True).click()


def drag(page: Page, kind: str, paths: Sequence[Path]) -> None:
    """What the browser itself does with files, or folders, that are dragged from elsewhere."""
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    browser = page.context.new_cdp_session(page)
    browser.send("Input.dispatchDragEvent", {"type": kind, "x": 200, "y": 300, "data": data})


def drop(page: Page, paths: Sequence[Path]) -> None:
    for kind in ("dragEnter", "dragOver"):
        drag(page, kind, paths)
    expect(page.locator(".drop-anywhere")).to_be_visible()
    drag(page, "drop", paths)
    expect(page.locator(".drop-anywhere")).to_be_hidden()


@both_sizes
def test_files_are_dropped_anywhere_and_priced_before_they_are_begun(
    list_page: Page, talks: list[Path], shot: Shot
) -> None:
    drop(list_page, talks)
    expect(list_page.locator(PRICE)).to_contain_text("3 recordings, 0:06: about $0.0005")
    expect(list_page.locator(PRICE)).to_contain_text("$10.00 is available, $9.9995 afterwards.")
    expect(list_page.locator(f"{UPLOADS}[data-state=sent]")).to_have_count(3)
    with db.transaction() as session:
        assert session.query(Transcription).count() == 0
    shot(list_page, "adding")
    transcribe(list_page)
    expect(list_page.locator(ROWS)).to_have_count(3)


@both_sizes
def test_a_transcript_made_elsewhere_is_there_as_soon_as_it_is_dropped(
    list_page: Page, talks: list[Path], tmp_path: Path, shot: Shot
) -> None:
    subtitles, notes = tmp_path / "lecture.srt", tmp_path / "notes.vtt"
    subtitles.write_text("1\n00:00:01,000 --> 00:00:03,000\nGood morning.\n")
    notes.write_text("Only notes.")
    drop(list_page, [subtitles, notes, talks[0]])
    brought = list_page.locator(".brought-along")
    expect(brought).to_contain_text("lecture is here, at no cost.")
    expect(brought).to_contain_text("notes.vtt: ")
    expect(list_page.locator(UPLOADS)).to_have_count(1)
    expect(list_page.locator(ROWS)).to_have_count(1)
    shot(list_page, "bringing")
    brought.get_by_role("link", name="lecture").click()
    expect(list_page.locator("#transcript")).to_contain_text("Good morning.")


def test_of_a_dropped_folder_the_recordings_are_taken(list_page: Page, talks: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "inner").mkdir(parents=True)
    (folder / "a.wav").write_bytes(wav(1))
    (folder / "inner" / "b.wav").write_bytes(wav(1))
    (folder / "notes.txt").write_text("no recording")
    drop(list_page, [folder])
    expect(list_page.locator(".upload-name")).to_have_text(["a.wav", "b.wav"])


def test_text_that_is_dragged_is_left_alone(list_page: Page) -> None:
    data = {"items": [{"mimeType": "text/plain", "data": "words"}], "files": [], "dragOperationsMask": 1}
    browser = list_page.context.new_cdp_session(list_page)
    for kind in ("dragEnter", "dragOver"):
        browser.send("Input.dispatchDragEvent", {"type": kind, "x": 200, "y": 300, "data": data})
    expect(list_page.locator(".drop-anywhere")).to_be_hidden()


def test_what_the_browser_cannot_measure_is_measured_by_the_service(list_page: Page, tmp_path: Path) -> None:
    path = tmp_path / "talk.au"
    header = struct.pack(">4s5I", b".snd", 24, 0xFFFFFFFF, 3, 8_000, 1)
    path.write_bytes(header + bytes(2 * 8_000 * 3))
    list_page.set_input_files(PICKER, path)
    expect(list_page.locator(PRICE)).to_contain_text("1 recording, priced when read: $0.005 a minute.")
    expect(list_page.locator(PRICE)).to_contain_text("1 recording, 0:03: about $0.0003", timeout=15_000)


def test_forty_files_go_a_few_at_a_time(list_page: Page, tmp_path: Path) -> None:
    paths = [tmp_path / f"talk{number:02}.wav" for number in range(40)]
    for path in paths:
        path.write_bytes(wav(0.2))
    list_page.set_input_files(PICKER, paths)
    transcribe(list_page)
    expect(list_page.locator(".uploads-progress")).to_contain_text("of 40 sent")
    expect(list_page.locator(f"{UPLOADS}[data-state=done]")).to_have_count(40, timeout=60_000)
    with db.transaction() as session:
        assert session.query(Transcription).count() == 40


def test_a_file_that_is_there_already_is_noticed(list_page: Page, talks: list[Path]) -> None:
    list_page.set_input_files(PICKER, talks[0])
    list_page.set_input_files(PICKER, talks[:2])
    expect(list_page.locator(".uploader-error")).to_have_text("talk1.wav is on the list already.")
    expect(list_page.locator(UPLOADS)).to_have_count(2)


def paste(page: Page, text: str) -> None:
    page.evaluate(
        """text => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", text);
          document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        text,
    )


def test_links_are_pasted_where_nobody_is_typing(list_page: Page) -> None:
    paste(list_page, "two of them: http://127.0.0.1:9/a.mp3\nhttp://127.0.0.1:9/b.mp3")
    links = list_page.get_by_label("Links to recordings")
    expect(links).to_be_focused()
    expect(links).to_have_value("http://127.0.0.1:9/a.mp3\nhttp://127.0.0.1:9/b.mp3")


def test_files_are_pasted(list_page: Page) -> None:
    list_page.evaluate(
        """() => {
          const clipboardData = new DataTransfer();
          clipboardData.items.add(new File(["some bytes"], "pasted.mp3", { type: "audio/mpeg" }));
          document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }"""
    )
    expect(list_page.locator(".upload-name")).to_have_text("pasted.mp3")


@with_and_without_script
def test_links_are_begun_and_bad_lines_stay(list_page: Page) -> None:
    list_page.get_by_label("Links to recordings").fill("http://127.0.0.1:9/a.mp3\nnonsense\nhttp://127.0.0.1:9/b.mp3")
    transcribe(list_page)
    expect(list_page.locator("#links").get_by_text("2 recordings are on their way.")).to_be_visible()
    expect(list_page.get_by_label("Links to recordings")).to_have_value("nonsense")
    expect(list_page.get_by_label("Links to recordings")).to_have_accessible_description(re.compile("Give a URL"))
    expect(list_page.locator(ROWS)).to_have_count(2)


def test_links_are_begun_from_the_keyboard(list_page: Page) -> None:
    links = list_page.get_by_label("Links to recordings")
    links.fill("http://127.0.0.1:9/a.mp3")
    links.press("Control+Enter")
    list_page.wait_for_url("**/transcriptions/tr_*")


def test_links_are_begun_beside_files_that_are_on_their_way(list_page: Page, talks: list[Path]) -> None:
    list_page.set_input_files(PICKER, talks[0])
    list_page.get_by_label("Links to recordings").fill("http://127.0.0.1:9/a.mp3")
    transcribe(list_page)
    expect(list_page.locator("#links").get_by_text("1 recording is on its way.")).to_be_visible()
    expect(list_page.get_by_label("Links to recordings")).to_have_value("")
    expect(list_page.locator(ROWS)).to_have_count(2)


@with_and_without_script
def test_links_take_along_what_programs_would_give_them(list_page: Page, look: Look, shot: Shot) -> None:
    list_page.get_by_label("Links to recordings").fill("https://example.com/1.mp3\nhttps://example.com/2.mp3")
    list_page.get_by_text("More options").click()
    list_page.get_by_label("Metadata").fill("customer: 42")
    list_page.get_by_label("Headers for the links").fill("Authorization: Bearer hush")
    list_page.get_by_label("Tell an address when it is done").fill("https://example.com/hook")
    if look.scripted:
        shot(list_page, "more-options")
    transcribe(list_page)
    expect(list_page.locator(ROWS)).to_have_count(2)
    # What opens one host is not sent to the next unasked, nor kept anywhere.
    expect(list_page.get_by_label("Headers for the links")).to_have_value("")
    if look.scripted:
        assert "hush" not in list_page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    list_page.locator(f"{ROWS} .row-title").first.click()
    expect(list_page.get_by_role("link", name="customer: 42")).to_be_visible()
    list_page.get_by_role("link", name="https://example.com/hook").click()
    expect(list_page.get_by_text("https://example.com/hook").first).to_be_visible()


@with_and_without_script
def test_the_price_of_a_link_is_asked_for(list_page: Page, site: str) -> None:
    list_page.get_by_label("Links to recordings").fill(f"{site}/static/favicon.svg")
    list_page.get_by_role("button", name="See the price").click()
    expect(list_page.locator("#quote")).to_contain_text("Priced when fetched: $0.005 a minute. $10.00 is available.")
    expect(list_page.get_by_label("Links to recordings")).to_have_value(f"{site}/static/favicon.svg")


def test_what_cannot_be_paid_is_told_for_each_file_and_can_be_tried_again(
    list_page: Page, talks: list[Path], alice: Account, complaints: Complaints
) -> None:
    complaints.expect("402 of POST")
    with db.transaction() as session:
        wallets.adjust(session, alice, -10_000_000, reason="spent elsewhere")
    list_page.set_input_files(PICKER, talks[:2])
    transcribe(list_page)
    expect(list_page.locator(".upload.is-wrong")).to_have_count(2)
    expect(list_page.locator(".upload-facts").first).to_contain_text("Add funds")
    with db.transaction() as session:
        ledger.adjust(session, wallets.lock_wallet(session, alice.id), 1_000_000, reason="topped up")
    list_page.get_by_role("button", name="Transcribe: talk1.wav").click()
    expect(list_page.locator(f"{UPLOADS}[data-state=done]")).to_have_count(1)


def test_the_last_choice_is_remembered(list_page: Page) -> None:
    list_page.get_by_label("Spoken language").select_option("de")
    list_page.reload()
    expect(list_page.get_by_label("Spoken language")).to_have_value("de")


@with_and_without_script
def test_a_first_visit_tries_the_sample(list_page: Page) -> None:
    list_page.get_by_role("button", name="Try it with our sample").click()
    list_page.wait_for_url("**/transcriptions/tr_*")
    expect(list_page.locator("h1")).to_contain_text("Ask not what your country can do for you")


@without_script
def test_without_script_nothing_is_offered_that_needs_it(list_page: Page) -> None:
    expect(list_page.get_by_role("button", name="Record")).to_be_hidden()
    expect(list_page.get_by_text("Choose files")).to_be_hidden()


# The microphone


def speak(page: Page, until: str) -> None:
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_role("timer")).to_have_text(until, timeout=15_000)


@both_sizes
def test_what_is_spoken_is_recorded_sent_and_can_be_read(list_page: Page, shot: Shot) -> None:
    speak(list_page, until="0:02")
    expect(list_page.get_by_label("Sound level")).to_be_visible()
    shot(list_page, "recording")
    list_page.get_by_role("button", name="Pause", exact=True).click()
    list_page.get_by_role("button", name="Go on", exact=True).click()
    list_page.get_by_role("button", name="Stop and add").click()
    expect(list_page.locator(f"{UPLOADS}[data-state=sent] .upload-name")).to_contain_text("Recording 20")
    expect(list_page.locator(PRICE)).to_contain_text("1 recording, 0:02: about $0.000")
    with db.transaction() as session:
        (upload,) = session.query(Upload).all()
        with store().local_copy(upload.object_key) as path:
            assert 1.5 < (measure(path, max_seconds=60, deadline_seconds=20).duration_seconds or 0) < 6
    transcribe(list_page)
    list_page.wait_for_url("**/transcriptions/tr_*")
    list_page.goto("/transcriptions")
    expect(list_page.locator("#recorder .kept li")).to_have_count(0)


def test_what_was_spoken_when_the_tab_closed_is_offered_again(list_page: Page) -> None:
    list_page.on("dialog", lambda dialog: dialog.accept())
    speak(list_page, until="0:05")
    list_page.reload()
    kept = list_page.get_by_role("listitem").filter(has_text="not sent yet")
    expect(kept).to_contain_text("Recording of")
    kept.get_by_role("button", name="Listen").click()
    expect(kept.locator("audio")).to_be_visible()
    kept.get_by_role("button", name="Go on with it").click()
    expect(list_page.locator(f"{UPLOADS}[data-state=sent]")).to_have_count(1)
    # Discarding takes it off the queue, and only asking once more deletes it.
    list_page.get_by_role("button", name="Discard: Recording").click()
    kept.get_by_text("Discard").click()
    kept.get_by_role("button", name="Delete it").click()
    expect(kept).to_have_count(0)
    list_page.reload()
    expect(list_page.locator("#recorder .kept li")).to_have_count(0)


def test_another_tab_does_not_offer_what_is_being_spoken(list_page: Page) -> None:
    speak(list_page, until="0:03")
    other = list_page.context.new_page()
    other.goto("/transcriptions")
    expect(other.get_by_role("button", name="Record", exact=True)).to_be_visible()
    other.wait_for_function("indexedDB.databases().then((all) => all.length === 1)")
    expect(other.locator("#recorder .kept li")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "words"), [("NotAllowedError", "not given leave"), ("NotFoundError", "No microphone was found")]
)
def test_a_microphone_that_is_not_to_be_had_is_said_in_words(
    opens: Opens, alice: Account, name: str, words: str
) -> None:
    page = opens(alice)
    refuses = f"navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '{name}'))"
    page.add_init_script(refuses)
    page.goto("/transcriptions")
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.locator(".recorder-error")).to_contain_text(words)
    expect(page.get_by_role("button", name="Record", exact=True)).to_be_enabled()


def test_a_browser_that_keeps_nothing_says_so_and_records_all_the_same(opens: Opens, alice: Account) -> None:
    page = opens(alice)
    page.add_init_script("IDBObjectStore.prototype.put = () => { throw new DOMException('', 'QuotaExceededError'); }")
    page.goto("/transcriptions")
    speak(page, until="0:03")
    expect(page.locator(".recorder-error")).to_contain_text("keeps nothing of the recording")
    page.get_by_role("button", name="Stop and add").click()
    expect(page.locator(f"{UPLOADS}[data-state=sent]")).to_have_count(1)
