"""Another text for a segment: what was said before keeps its times, and find and replace finds in any script."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.editing.replacing import Pattern, replaced, substituted
from speech.editing.texts import with_text
from speech.providers.words import estimated_words
from speech.transcript import Segment, Word

TEXTS = st.text(alphabet="abc Ab,. 你好世เธ-’\u00a0", min_size=1, max_size=40).filter(lambda text: bool(text.strip()))


def said(*words: tuple[str, float, float], confidence: float | None = 0.9, join: str = " ") -> Segment:
    """A segment of words with their times."""
    timed = tuple(Word(start, end, text, confidence) for text, start, end in words)
    return Segment(timed[0].start, timed[-1].end, join.join(word.text for word in timed), timed, "S1", confidence)


HELLO = said(("Hello,", 1.0, 1.5), ("my", 1.5, 1.7), ("dear", 1.8, 2.2), ("frend.", 2.2, 3.0))


def times(segment: Segment) -> list[tuple[str, float, float]]:
    return [(word.text, word.start, word.end) for word in segment.words or ()]


def test_a_corrected_word_takes_the_time_of_the_wrong_one_and_has_no_confidence() -> None:
    corrected = with_text(HELLO, "Hello, my dear friend.")
    assert times(corrected) == [("Hello,", 1.0, 1.5), ("my", 1.5, 1.7), ("dear", 1.8, 2.2), ("friend.", 2.2, 3.0)]
    assert [word.confidence for word in corrected.words or ()] == [0.9, 0.9, 0.9, None]


def test_case_and_punctuation_are_no_other_word() -> None:
    changed = with_text(HELLO, "hello my “dear” frend!")
    assert [word.text for word in changed.words or ()] == ["hello", "my", "“dear”", "frend!"]
    assert [(word.start, word.end, word.confidence) for word in changed.words or ()] == [
        (word.start, word.end, word.confidence) for word in HELLO.words or ()
    ]
    assert changed.confidence == HELLO.confidence


def test_new_words_are_spread_over_the_pause_that_is_there() -> None:
    pause = said(("one", 0.0, 1.0), ("four", 3.0, 4.0))
    assert times(with_text(pause, "one two six four")) == [
        ("one", 0.0, 1.0),
        ("two", 1.0, 2.0),
        ("six", 2.0, 3.0),
        ("four", 3.0, 4.0),
    ]


def test_where_there_is_no_pause_the_word_before_shares_its_time() -> None:
    close = said(("abc", 0.0, 1.0), ("end", 1.0, 2.0))
    assert times(with_text(close, "abc new end")) == [("abc", 0.0, 0.5), ("new", 0.5, 1.0), ("end", 1.0, 2.0)]


def test_at_the_beginning_the_word_after_does() -> None:
    close = said(("abc", 0.0, 1.0), ("end", 1.0, 2.0))
    assert times(with_text(close, "new abc end")) == [("new", 0.0, 0.5), ("abc", 0.5, 1.0), ("end", 1.0, 2.0)]


def test_two_words_for_three_share_the_three_ones_time() -> None:
    three = said(("a", 0.0, 1.0), ("b", 1.0, 2.0), ("c", 2.0, 3.0), ("d", 3.0, 4.0), ("e", 4.0, 5.0))
    assert times(with_text(three, "a xx yy e")) == [
        ("a", 0.0, 1.0),
        ("xx", 1.0, 2.5),
        ("yy", 2.5, 4.0),
        ("e", 4.0, 5.0),
    ]


def test_characters_are_compared_in_scripts_without_spaces_whatever_the_engine_took_for_words() -> None:
    chinese = said(("今天", 0.0, 1.0), ("天气", 1.0, 2.0), ("好。", 2.0, 3.0), join="")
    assert times(with_text(chinese, "今天天氣好。")) == [
        ("今天", 0.0, 1.0),
        ("天", 1.0, 1.5),
        ("氣", 1.5, 2.0),
        ("好。", 2.0, 3.0),
    ]


def test_a_segment_without_words_stays_without() -> None:
    bare = Segment(0.0, 2.0, "Helo there", None, "S1", 0.8)
    assert with_text(bare, "Hello there") == Segment(0.0, 2.0, "Hello there", None, "S1", None)


def test_the_text_is_put_on_one_line() -> None:
    assert with_text(HELLO, "Hello,\r\nmy  dear\tfrend. ").text == "Hello, my dear frend."


def test_thousands_of_the_same_characters_are_compared_in_no_time() -> None:
    long = Segment(0.0, 600.0, "哈" * 5_000)
    timed = replace(long, words=estimated_words(long))
    assert len(with_text(timed, "呵" + "哈" * 2_500 + "嘿" + "哈" * 2_400).words or ()) == 4_902


@given(TEXTS, TEXTS, st.booleans())
def test_words_stay_in_order_inside_and_are_the_text(before: str, after: str, is_timed: bool) -> None:
    segment = Segment(1.0, 4.0, before.strip())
    changed = with_text(replace(segment, words=estimated_words(segment)) if is_timed else segment, after)
    words = changed.words or ()
    assert (changed.start, changed.end) == (1.0, 4.0)
    assert all(word.end <= following.start for word, following in pairwise(words))
    assert all(1.0 <= word.start <= word.end <= 4.0 for word in words)
    if is_timed:
        assert "".join("".join(word.text for word in words).split()) == "".join(changed.text.split())


@given(TEXTS)
def test_the_same_text_changes_nothing(text: str) -> None:
    segment = with_text(Segment(1.0, 4.0, ""), text)
    timed = replace(segment, words=estimated_words(segment))
    again = with_text(timed, segment.text)
    assert [(word.start, word.end) for word in again.words or ()] == [
        (word.start, word.end) for word in timed.words or ()
    ]


# Find and replace

FOUND = [
    ("Anna and anna", Pattern("anna"), 2),
    ("Anna and anna", Pattern("anna", match_case=True), 1),
    ("Hannah met Anna, Anna's", Pattern("anna", whole_words=True), 2),
    ("ÄRGER ärger", Pattern("ärger"), 2),
    ("use a.b not aXb", Pattern("a.b"), 1),
    ("New\u00a0York and new york", Pattern("new york"), 2),
    ("aaaa", Pattern("aa"), 2),
    ("我们用AI技术", Pattern("AI", whole_words=True), 1),
    ("今天天气", Pattern("天", whole_words=True), 2),
    ("किताब कि", Pattern("क", whole_words=True), 0),
    ("aab ab", Pattern("ab", whole_words=True), 1),
]


@pytest.mark.parametrize(("text", "pattern", "count"), FOUND)
def test_a_pattern_is_found(text: str, pattern: Pattern, count: int) -> None:
    assert len(pattern.spans(text)) == count


def test_every_match_is_replaced_and_what_is_replaced_keeps_its_time() -> None:
    changed, count = replaced(HELLO, Pattern("frend"), r"\1friend")
    assert changed is not None
    assert (changed.text, count) == (r"Hello, my dear \1friend.", 1)
    assert times(changed)[-1] == (r"\1friend.", 2.2, 3.0)


def test_words_beside_a_match_stay_as_they_are_whatever_is_put_there() -> None:
    changed, _ = replaced(HELLO, Pattern("my dear"), "our very dear")
    assert changed is not None
    assert changed.text == "Hello, our very dear frend."
    assert (times(changed)[0], times(changed)[-1]) == (times(HELLO)[0], times(HELLO)[-1])
    assert [word for word, _, _ in times(changed)] == ["Hello,", "our", "very", "dear", "frend."]
    assert (times(changed)[1][1], times(changed)[3][2]) == (1.5, 2.2)


@given(TEXTS, st.sampled_from(["a", "b", " ", "c A", "世"]), st.sampled_from(["", "x", "b a", " – ", "好"]))
def test_replaced_words_are_in_order_inside_and_the_text(text: str, find: str, replacement: str) -> None:
    segment = with_text(Segment(1.0, 4.0, ""), text)
    if not find.strip():
        return
    changed, _ = replaced(replace(segment, words=estimated_words(segment)), Pattern(find), replacement)
    if changed is None:
        return
    words = changed.words or ()
    assert all(word.end <= following.start for word, following in pairwise(words))
    assert all(1.0 <= word.start <= word.end <= 4.0 for word in words)
    assert "".join("".join(word.text for word in words).split()) == "".join(changed.text.split())


def test_what_is_removed_leaves_one_space_and_no_empty_segment() -> None:
    changed, _ = replaced(HELLO, Pattern("my"), "")
    assert changed is not None
    assert changed.text == "Hello, dear frend."
    assert replaced(said(("Um", 0.0, 1.0)), Pattern("um"), "") == (None, 1)


def test_substituting_is_done_from_left_to_right() -> None:
    assert substituted("a-b-c", [(1, 2), (3, 4)], "+") == "a+b+c"
