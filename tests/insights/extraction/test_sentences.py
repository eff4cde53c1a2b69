"""A transcript as sentences, whatever the segments it came in."""

import time
from typing import Any

from insights.extraction.sentences import is_ended, sentences_of
from models import Segment


def segments(*texts: str, **values: Any) -> list[Segment]:
    """Two seconds each, one after the other, by one speaker unless the values say otherwise."""
    return [
        Segment(**{"number": i, "start": 2.0 * i, "end": 2.0 * i + 2, "text": text, "speaker": "S1", **values})
        for i, text in enumerate(texts)
    ]


def texts(found: list[Segment]) -> list[str]:
    return [sentence.text for sentence in sentences_of(found)]


def test_a_sentence_runs_on_from_segment_to_segment() -> None:
    assert texts(segments("We look at", "the budget. Then", "we vote.")) == ["We look at the budget.", "Then we vote."]


def test_a_sentence_says_when_it_begins_and_ends() -> None:
    first, second = sentences_of(segments("We look at", "the budget. Then we go."))

    assert (first.start, first.first_segment, first.last_segment, first.opens) == (0.0, 0, 1, True)
    assert 2.0 < first.end == second.start < second.end == 4.0
    assert not second.opens


def test_another_voice_ends_a_sentence() -> None:
    found = [*segments("I would say that"), *segments("No.", number=1, start=2.0, end=3.0, speaker="S2")]

    cut, whole = sentences_of(found)
    assert (cut.text, cut.is_whole, whole.text, whole.is_whole) == ("I would say that", False, "No.", True)


def test_a_pause_ends_what_no_mark_ends() -> None:
    assert texts([*segments("so much"), *segments("next thing", start=9.0, end=11.0)]) == ["so much", "next thing"]


def test_words_without_marks_become_sentences_of_readable_length() -> None:
    found = sentences_of(segments(*["one two three four five"] * 100))

    assert {len(sentence.text.split()) for sentence in found} == {20}
    assert not any(sentence.is_whole for sentence in found)


def test_a_long_segment_without_marks_is_cut_between_words() -> None:
    said = " ".join(f"word{i}" for i in range(90))

    found = texts(segments(said))
    assert " ".join(found) == said
    assert max(len(text.split()) for text in found) <= 20


def test_an_abbreviation_ends_no_sentence() -> None:
    assert [is_ended(text) for text in ("Thank you, Mr.", "by J.", "in 1984.", "Is it?”", "好的。", "so")] == [
        False,
        False,
        True,
        True,
        True,
        False,
    ]


def test_what_has_no_words_is_no_sentence() -> None:
    assert texts(segments("", "  ", "...", "😀", "Hello")) == ["Hello"]


def test_a_text_without_spaces_or_marks_takes_no_time() -> None:
    started = time.process_time()
    found = sentences_of(segments("会议纪要内容" * 5_000))

    assert "".join(sentence.text for sentence in found) == "会议纪要内容" * 5_000
    assert time.process_time() - started < 3
