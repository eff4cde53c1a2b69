"""Quotes are found word for word in the stored text, or they are not cited."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.search.citations import Citation, verified
from tests.insights.search.test_passages import segment

MEETING = [
    segment(0, "We launch on the  fourteenth.", speaker="S1"),
    segment(1, "After the load test?", speaker="S2"),
    segment(2, "Yes,\nafter it.", speaker="S1"),
    segment(7, "Party time.", speaker="S2"),
]


def test_a_quote_is_cited_with_its_segment_time_and_speaker() -> None:
    assert verified("After the load test?", MEETING) == Citation(1, (1,), 10.0, 20.0, "S2", "After the load test?")


def test_a_quote_may_go_on_in_the_next_segment() -> None:
    citation = verified("fourteenth. After the load test? Yes,", MEETING)

    assert citation is not None
    assert citation.segments == (0, 1, 2)
    assert citation.speaker == "S2"
    assert 0.0 < citation.start < 10.0
    assert 20.0 < citation.end < 30.0


def test_white_space_may_differ_and_the_stored_text_is_what_is_cited() -> None:
    citation = verified("Yes, after  it.", MEETING)

    assert citation is not None
    assert citation.quote == "Yes,\nafter it."


@pytest.mark.parametrize(
    "quote",
    [
        "We launch on the fifteenth.",
        "we launch",
        "art time",
        "launch on the fourteen",
        "after it. Party",
        "“Yes",
        "",
        "\0",
        " ",
    ],
)
def test_what_does_not_stand_there_is_not_cited(quote: str) -> None:
    assert verified(quote, MEETING) is None


def test_a_part_of_a_word_does_not_hide_the_word_after_it() -> None:
    citation = verified("it", [segment(0, "Bits of it")])

    assert citation is not None
    assert citation.start == 8.0


def test_chinese_is_quoted_from_the_middle_of_a_sentence() -> None:
    citation = verified("天气很好我们", [segment(0, "今天天气很好"), segment(1, "我们散步")])

    assert citation is not None
    assert citation.quote == "天气很好 我们"


def test_segments_of_different_transcripts_do_not_follow_each_other() -> None:
    assert verified("one two", [segment(0, "one"), segment(1, "two", transcription_id=2)]) is None


WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=8)


@given(st.lists(st.lists(WORDS, max_size=6).map(" ".join), min_size=1, max_size=6), st.data())
def test_any_run_of_whole_words_is_found(texts: list[str], data: st.DataObject) -> None:
    segments = [segment(i, text) for i, text in enumerate(texts)]
    words = " ".join(texts).split()
    first = data.draw(st.integers(0, len(words)))
    quote = " ".join(words[first : first + data.draw(st.integers(0, 8))])
    citation = verified(quote, segments)

    assert (citation is None) == (not quote)
    assert citation is None or citation.quote.split() == quote.split()
