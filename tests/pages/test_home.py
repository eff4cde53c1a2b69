"""The start page with its sample, and the prices with their calculator."""

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

import runtime
from billing.prices import DEFAULT_TARIFF, dollars
from blueprints.pages.home import EXAMPLE_MINUTES
from blueprints.pages.samples import sample_exports, spoken, times_said
from handlers.sample_transcripts import sample_transcript
from models import Plan
from speech.transcript import Segment, Word
from tests.pages.conftest import text_of

SAID = Segment(
    0.0,
    3.0,
    "Ask not, ask-me nots.",
    tuple(Word(n, n + 1, w) for n, w in enumerate(["Ask", "not,", "ask-me", "nots."])),
)


def sums(page: str) -> list[list[str]]:
    """The amounts of the calculator, row by row."""
    table = re.search(r'id="calculation".*?</table>', page, re.DOTALL)
    assert table
    return [re.findall(r"\$[\d.]+", row) for row in table[0].split("<tr>")[2:]]


def test_the_sample_is_read_word_by_word_without_script(visitor: FlaskClient) -> None:
    page = visitor.get("/").text
    shown = re.search(r'<div id="transcript".*?</section>', page, re.DOTALL)
    assert shown
    assert " ".join(segment.text for segment in sample_transcript().document.segments) in text_of(
        re.sub(r"</?(span|mark)[^>]*>", "", shown[0])
    )
    assert shown[0].count("data-t=") == sum(len(each.words or ()) for each in sample_transcript().document.segments)


def test_what_is_searched_is_marked_and_counted(visitor: FlaskClient) -> None:
    page = visitor.get("/?q=COUNTRY").text
    assert page.count("<mark>") == times_said(sample_transcript().document.segments, "country") > 0
    assert "Not said here." in visitor.get("/?q=xylophone").text
    assert "<mark>" not in visitor.get("/?q=%20").text


def test_what_is_searched_is_escaped(visitor: FlaskClient) -> None:
    assert "<b>x" not in visitor.get("/?q=<b>x").text


def test_each_answer_is_quoted_word_for_word_where_it_is_said() -> None:
    sample = sample_transcript()
    assert sample.quotes
    for quote in sample.quotes:
        segment = sample.document.segments[quote.segment]
        assert quote.text in segment.text
        assert segment.start <= quote.start <= segment.end


def test_exports_are_those_of_the_formats(visitor: FlaskClient) -> None:
    page = visitor.get("/").text
    for export in sample_exports():
        assert export.code.splitlines()[0] in page


def test_the_recording_is_sent_by_ranges_to_anybody(visitor: FlaskClient) -> None:
    with visitor.get("/sample.flac", headers={"Range": "bytes=0-3"}) as answer:
        assert (answer.status_code, answer.data, answer.content_type) == (206, b"fLaC", "audio/flac")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("ask", [True, False, True, False]),
        ("not, ask", [False, True, True, False]),
        ("NOT", [False, True, False, True]),
    ],
)
def test_a_search_marks_the_words_it_touches(wanted: str, found: list[bool]) -> None:
    words = spoken(SAID, wanted)
    assert [word.is_found for word in words] == found
    assert "".join(word.before + word.text for word in words) == SAID.text


# Prices


def test_the_calculator_begins_with_an_example(visitor: FlaskClient) -> None:
    month = DEFAULT_TARIFF.month("whisper-base", Plan.FREE, EXAMPLE_MINUTES)
    assert sums(visitor.get("/pricing").text)[-1][0] == dollars(month.paid_microusd)


def test_a_month_is_calculated_for_both_plans(visitor: FlaskClient) -> None:
    page = visitor.get("/pricing?minutes=10000&pipeline_code=whisper-base").text
    assert sums(page) == [
        ["$50.00", "$35.00"],
        ["$0.50", "$10.00"],
        ["$49.50", "$25.00"],
        ["$0.00", "$12.00"],
        ["$49.50", "$37.00"],
    ]
    assert "Pro costs less." in text_of(page)


@pytest.mark.parametrize("minutes", ["-1", "1000001", "many", "1.5"])
def test_minutes_that_are_none_come_back_with_a_message(visitor: FlaskClient, minutes: str) -> None:
    answer = visitor.get("/pricing", query_string={"minutes": minutes})
    assert answer.status_code == 422
    assert 'id="calculation"' in answer.text
    assert f'value="{minutes}"' in answer.text
    assert "field-error" in answer.text


def test_a_pipeline_that_is_not_set_up_cannot_be_calculated(visitor: FlaskClient) -> None:
    answer = visitor.get("/pricing?pipeline_code=voxtral-mini-transcribe")
    assert answer.status_code == 422
    assert "not set up here" in answer.text


def test_what_other_sites_add_to_the_address_is_let_be(visitor: FlaskClient) -> None:
    assert visitor.get("/pricing?utm_source=x").status_code == 200
    assert visitor.get("/?utm_source=x").status_code == 200


def test_the_calculator_reads_the_prices_of_this_installation(
    visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    tariff = replace(DEFAULT_TARIFF, list_prices={**DEFAULT_TARIFF.list_prices, "whisper-base": 1_000_000})
    monkeypatch.setattr(runtime, "_config", replace(runtime.config(), tariff=tariff))
    assert sums(visitor.get("/pricing?minutes=3").text)[0] == ["$3.00", "$2.10"]
