from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.providers.words import estimated_words, words_of
from speech.transcript import Segment, Word

TIMES = st.floats(min_value=0, max_value=40_000, allow_nan=False)
SENTENCES = st.lists(st.from_regex("[a-zäßñ]{1,9}[,.?]?", fullmatch=True), min_size=1, max_size=9).map(" ".join)
ANY_TEXT = st.one_of(
    st.text(max_size=60),
    SENTENCES,
    st.text(alphabet="你好世界、。「」カーナ々 เธอไปไหนำ่ abc1 ,.«»!?()…—'", max_size=60),
)

# A busy machine is no failure.
unhurried = settings(deadline=None, max_examples=60, database=None)


@st.composite
def segments(draw: st.DrawFn, texts: st.SearchStrategy[str] = ANY_TEXT) -> Segment:
    start, end = sorted((draw(TIMES), draw(TIMES)))
    return Segment(start, end, draw(texts))


@unhurried
@given(segments())
def test_words_follow_each_other_without_gaps_inside_their_segment(segment: Segment) -> None:
    words = estimated_words(segment)
    assert all(word.start <= word.end for word in words)
    assert all(word.end == after.start for word, after in pairwise(words))
    if words:
        assert (words[0].start, words[-1].end) == (segment.start, segment.end)


@unhurried
@given(segments())
def test_the_text_is_the_words_put_together(segment: Segment) -> None:
    words = estimated_words(segment)
    assert "".join("".join(word.text for word in words).split()) == "".join(segment.text.split())
    assert all(word.text and word.text == word.text.strip() for word in words)


@unhurried
@given(segments(SENTENCES))
def test_a_text_with_spaces_is_cut_at_its_spaces_only(segment: Segment) -> None:
    assert [word.text for word in estimated_words(segment)] == segment.text.split()


@unhurried
@given(segments(SENTENCES))
def test_time_is_shared_by_length(segment: Segment) -> None:
    words = estimated_words(segment)
    letters = [len(word.text.rstrip(",.?")) for word in words]
    for word, own in zip(words, letters, strict=True):
        expected = (segment.end - segment.start) * own / sum(letters)
        assert word.end - word.start == pytest.approx(expected, abs=0.0021)


@unhurried
@given(st.floats(-50, 50), st.floats(-50, 50), ANY_TEXT)
def test_no_time_is_negative_or_backwards_whatever_the_segment_says(start: float, end: float, text: str) -> None:
    times = [time for word in estimated_words(Segment(start, end, text)) for time in (word.start, word.end)]
    assert times == sorted(times)
    assert all(time >= 0 for time in times)


def test_an_example() -> None:
    assert estimated_words(Segment(10.0, 12.0, " Hello, big world ", speaker="S1")) == (
        Word(10.0, 10.769, "Hello,"),
        Word(10.769, 11.231, "big"),
        Word(11.231, 12.0, "world"),
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        (" \n", []),
        ("…", ["…"]),
        ("Ça va ? Oui !", ["Ça", "va ?", "Oui !"]),
        ("0 ( :", ["0 ( :"]),
        ("a ( : b (", ["a", "( : b ("]),
        ("( :", ["( :"]),
        ("« Non » dit-elle", ["« Non »", "dit-elle"]),
        ("don't (really) pay 3.50", ["don't", "(really)", "pay", "3.50"]),
        ("我用Kubernetes，工作。", ["我", "用", "Kubernetes，", "工", "作。"]),
        ("他说「你好」吗", ["他", "说", "「你", "好」", "吗"]),
        ("コーヒー、人々", ["コー", "ヒー、", "人々"]),
        ("เธอไปไหน", ["เธ", "อ", "ไป", "ไห", "น"]),
        ("감사합니다 여러분", ["감사합니다", "여러분"]),
    ],
)
def test_words_of_many_scripts(text: str, words: list[str]) -> None:
    assert words_of(text) == words
