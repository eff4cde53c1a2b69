"""The uploader of the dashboard in a real browser: sent, cut off, resumed after a reload, refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from handlers import uploads
from tests.browser.complaints import Complaints
from tests.browser.conftest import COOKIE

PART_BYTES = 64 * 1024
PARTS = 8
PICKER = "#uploader .drop input"
FACTS = "#uploader .upload-facts"
STORE = "**/store/parts/*"


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "_part_size", lambda size_bytes: PART_BYTES)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "talk.wav"
    path.write_bytes(b"".join(bytes([number]) * PART_BYTES for number in range(PARTS)))
    return path


@pytest.fixture
def list_page(member: Page) -> Iterator[Page]:
    member.goto("/transcriptions")
    yield member
    member.unroute_all()


class Store:
    """Stands between the page and the store: lets so many parts through, and cuts off the others."""

    def __init__(self, page: Page, lets_through: int) -> None:
        self.left, self.arrived, self.cut = lets_through, 0, 0
        page.route(STORE, self._handle)

    def _handle(self, route: Route) -> None:
        if self.left == 0:
            self.cut += 1
            route.abort("connectionreset")
            return
        self.left -= 1
        self.arrived += 1
        route.continue_()


def transcribe(page: Page) -> None:
    page.get_by_role("button", name="Transcribe", exact=True).click()


def test_a_chosen_file_is_sent_in_parts_and_its_transcription_shown(list_page: Page, recording: Path) -> None:
    store = Store(list_page, lets_through=PARTS)
    list_page.set_input_files(PICKER, recording)
    expect(list_page.locator(FACTS)).to_contain_text("Sent, not begun yet")
    transcribe(list_page)
    list_page.wait_for_url("**/transcriptions/tr_*")
    assert store.arrived == PARTS
    expect(list_page.locator("h1")).to_contain_text("talk.wav")


def test_a_cut_connection_is_mended_by_itself(list_page: Page, recording: Path) -> None:
    store = Store(list_page, lets_through=3)
    list_page.set_input_files(PICKER, recording)
    transcribe(list_page)
    expect(list_page.locator(FACTS)).to_contain_text("The connection was lost")
    expect(list_page.locator("#uploader > [role=status]")).to_contain_text("talk.wav goes on by itself")
    store.left = PARTS
    list_page.wait_for_url("**/transcriptions/tr_*")
    assert (store.arrived, store.cut > 0) == (PARTS, True)


def test_it_goes_on_by_itself_after_a_reload(list_page: Page, recording: Path) -> None:
    store = Store(list_page, lets_through=3)
    list_page.set_input_files(PICKER, recording)
    transcribe(list_page)
    expect(list_page.locator(FACTS)).to_contain_text("The connection was lost")
    list_page.on("dialog", lambda dialog: dialog.accept())
    list_page.reload()
    expect(list_page.locator(FACTS)).to_contain_text("197 kB of 524 kB")
    store.left = PARTS
    list_page.wait_for_url("**/transcriptions/tr_*")
    assert store.arrived == PARTS


@pytest.mark.parametrize(
    "trouble",
    [
        "IDBFactory.prototype.open = () => { throw new DOMException('', 'SecurityError'); }",
        "StorageManager.prototype.estimate = async () => ({ quota: 2e6, usage: 1e6 })",
    ],
    ids=["nothing is kept", "no room"],
)
def test_what_could_not_be_kept_goes_on_when_it_is_chosen_again(list_page: Page, recording: Path, trouble: str) -> None:
    list_page.add_init_script(trouble)
    list_page.reload()
    store = Store(list_page, lets_through=3)
    list_page.set_input_files(PICKER, recording)
    transcribe(list_page)
    expect(list_page.locator(FACTS)).to_contain_text("The connection was lost")
    list_page.on("dialog", lambda dialog: dialog.accept())
    list_page.reload()
    expect(list_page.locator(FACTS)).to_contain_text("197 kB of 524 kB sent before. Choose the same file again")
    store.left = PARTS
    list_page.set_input_files(PICKER, recording)
    list_page.wait_for_url("**/transcriptions/tr_*")
    assert store.arrived == PARTS


def test_pausing_stops_and_goes_on(list_page: Page, recording: Path) -> None:
    store = Store(list_page, lets_through=2)
    list_page.set_input_files(PICKER, recording)
    expect(list_page.locator(FACTS)).to_contain_text("The connection was lost")
    list_page.click("[data-do=pause]")
    expect(list_page.locator(FACTS)).to_contain_text("Paused")
    store.left = PARTS
    list_page.click("[data-do=resume]")
    transcribe(list_page)
    list_page.wait_for_url("**/transcriptions/tr_*")
    assert store.arrived == PARTS


def test_what_has_arrived_and_was_not_begun_is_offered_after_a_reload(list_page: Page, recording: Path) -> None:
    list_page.set_input_files(PICKER, recording)
    expect(list_page.locator(FACTS)).to_contain_text("Sent, not begun yet")
    list_page.reload()
    expect(list_page.locator(FACTS)).to_contain_text("Sent, not begun yet")
    transcribe(list_page)
    list_page.wait_for_url("**/transcriptions/tr_*")


def test_several_files_stay_on_the_list(list_page: Page, recording: Path) -> None:
    other = recording.with_name("other.wav")
    other.write_bytes(b"x" * 10)
    list_page.set_input_files(PICKER, [recording, other])
    transcribe(list_page)
    expect(list_page.locator("#listing .row")).to_have_count(2)
    expect(list_page.locator("#uploader .upload[data-state=done]")).to_have_count(2)
    list_page.get_by_role("button", name="Clear what is done").click()
    expect(list_page.locator("#uploader .upload")).to_have_count(0)


def test_who_is_signed_out_meanwhile_signs_in_elsewhere_and_it_goes_on(
    list_page: Page, recording: Path, complaints: Complaints
) -> None:
    complaints.expect("401 of")
    (cookie,) = [cookie for cookie in list_page.context.cookies() if cookie["name"] == COOKIE]
    list_page.context.clear_cookies()
    list_page.set_input_files(PICKER, recording)
    transcribe(list_page)
    expect(list_page.locator("#uploader .signed-out")).to_be_visible()
    expect(list_page.locator(FACTS)).to_contain_text("You were signed out.")
    list_page.context.add_cookies([cookie])  # type: ignore[list-item]
    list_page.evaluate("dispatchEvent(new Event('focus'))")
    list_page.wait_for_url("**/transcriptions/tr_*")


def test_who_comes_back_while_a_try_is_on_its_way_does_not_wait_for_the_next(list_page: Page, recording: Path) -> None:
    list_page.evaluate("""() => {
        const real = fetch;
        let left = 6;
        window.fetch = async (...asked) => {
            if (left-- <= 0) return real(...asked);
            dispatchEvent(new Event("focus"));
            return new Response("{}", { status: 401 });
        };
    }""")
    list_page.set_input_files(PICKER, recording)
    expect(list_page.locator(FACTS)).to_contain_text("Sent, not begun yet")


def test_a_discarded_file_is_forgotten(list_page: Page, recording: Path) -> None:
    Store(list_page, lets_through=0)
    list_page.set_input_files(PICKER, recording)
    expect(list_page.locator(FACTS)).to_contain_text("The connection was lost")
    list_page.click("[data-do=discard]")
    expect(list_page.locator(FACTS)).to_have_text("Discarded.")
    list_page.reload()
    expect(list_page.locator("#uploader .upload")).to_have_count(0)


def test_discarding_can_be_undone(list_page: Page, recording: Path) -> None:
    list_page.set_input_files(PICKER, recording)
    expect(list_page.locator(FACTS)).to_contain_text("Sent, not begun yet")
    list_page.get_by_role("button", name="Discard: talk.wav").click()
    list_page.get_by_role("button", name="Undo: talk.wav").click()
    expect(list_page.locator(FACTS)).to_contain_text("Sent, not begun yet")
    transcribe(list_page)
    list_page.wait_for_url("**/transcriptions/tr_*")


def test_a_file_that_cannot_be_taken_is_refused_at_once(list_page: Page, recording: Path) -> None:
    recording.write_bytes(b"")
    list_page.set_input_files(PICKER, recording)
    expect(list_page.locator("#uploader .uploader-error")).to_contain_text("talk.wav is empty")
