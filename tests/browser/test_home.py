"""The start page and the prices as a visitor finds them: a transcript that plays, and sums that follow the typing."""

from playwright.sync_api import Page, expect

from tests.browser.looks import Look, both_sizes, with_and_without_script, without_script


@both_sizes
def test_the_sample_plays_from_the_word_that_is_clicked(visitor: Page) -> None:
    visitor.goto("/")
    word = visitor.locator("#transcript [data-t]").nth(8)
    word.click()
    expect(visitor.locator("#transcript .now")).to_have_count(1)
    start = float(word.get_attribute("data-t") or 0)
    visitor.wait_for_function("start => document.querySelector('#player audio').currentTime >= start", arg=start)


@both_sizes
def test_a_quote_is_heard_where_it_was_said(visitor: Page) -> None:
    visitor.goto("/")
    quote = visitor.locator("#sample .quotes a").first
    start = float(quote.get_attribute("data-at") or 0)
    quote.click()
    visitor.wait_for_function("start => document.querySelector('#player audio').currentTime >= start", arg=start)
    expect(visitor).to_have_url(f"/?t={start:.2f}")


@both_sizes
def test_the_sample_is_searched_while_one_types(visitor: Page) -> None:
    visitor.goto("/")
    visitor.get_by_role("searchbox", name="Search this transcript").press_sequentially("country")
    expect(visitor.locator("#transcript mark").first).to_have_text("country")
    expect(visitor.get_by_role("status").filter(has_text="Said")).to_be_visible()


@without_script
def test_without_script_the_sample_is_read_searched_and_exported(visitor: Page) -> None:
    visitor.goto("/")
    search = visitor.get_by_role("searchbox", name="Search this transcript")
    search.fill("country")
    search.press("Enter")
    expect(visitor.locator("#transcript mark").first).to_have_text("country")
    visitor.get_by_text("Plain text", exact=True).click()
    expect(visitor.locator(".samples .code").nth(2)).to_be_visible()


@with_and_without_script
def test_a_month_is_calculated(visitor: Page, look: Look) -> None:
    visitor.goto("/pricing")
    minutes = visitor.get_by_label("Minutes a month")
    minutes.fill("10000")
    if not look.scripted:
        minutes.press("Enter")
    expect(visitor.locator("#calculation tfoot")).to_contain_text("$49.50")
    expect(visitor.locator("#calculation tfoot")).to_contain_text("$37.00")
    expect(visitor).to_have_url(
        "/pricing?minutes=10000&pipeline_code=whisper-base" + ("" if look.scripted else "#calculator-heading")
    )
