"""Passages of a transcript: which stretches they are, when, and in whose words."""

import time
from itertools import pairwise
from typing import Any

from insights.search.lexemes import length
from insights.search.passages import Stretch, part_of, passages_of, pieces_within
from models import Segment


def segment(number: int, text: str, **values: Any) -> Segment:
    """Ten seconds of the first transcription, unless the values say otherwise."""
    return Segment(
        **{
            "transcription_id": 1,
            "number": number,
            "start": 10.0 * number,
            "end": 10.0 * number + 10,
            "text": text,
            "speaker": None,
            **values,
        }
    )


def talk(segments: int, words: int = 12) -> list[Segment]:
    return [segment(i, " ".join(f"w{i}x{j}" for j in range(words))) for i in range(segments)]


def test_every_word_is_in_a_passage() -> None:
    found = {word for passage in passages_of(talk(50), {}) for word in passage.text.split()}

    assert found == {word for each in talk(50) for word in each.text.split()}


def test_passages_are_half_a_minute_long_and_overlap() -> None:
    passages = passages_of(talk(50), {})

    assert all(60 <= length(passage.text) <= 80 for passage in passages[:-1])
    assert all(second.stretch.start < first.stretch.end for first, second in pairwise(passages))
    assert [passage.ordinal for passage in passages] == list(range(len(passages)))


def test_a_long_segment_is_cut_between_its_sentences() -> None:
    sentence = "This sentence has exactly ten words of no great interest."
    passages = passages_of([segment(0, " ".join([sentence] * 30))], {})

    assert len(passages) > 3
    assert all(passage.text.startswith("This") and passage.text.endswith("interest.") for passage in passages)


def test_a_cut_within_a_segment_is_timed_by_its_words() -> None:
    words: list[list[Any]] = [[i / 10, i / 10 + 0.1, f"w{i}.", None] for i in range(100)]
    words += [[100.0 + i, 101.0 + i, f"w{100 + i}.", None] for i in range(100)]
    text = " ".join(word for _, _, word, _ in words)
    passages = passages_of([segment(0, text, start=0.0, end=200.0, words=words)], {})

    assert [passage.stretch.start for passage in passages] == [0.0, 4.0, 8.0, 120.0]


def test_without_times_of_words_a_cut_is_timed_by_its_share_of_the_text() -> None:
    [first, *_, last] = passages_of([segment(0, "word. " * 199 + "word.", start=0.0, end=100.0)], {})

    assert first.stretch.start == 0.0
    assert abs(first.stretch.end - 40.0) < 0.5
    assert last.stretch.end == 100.0


def test_names_that_people_gave_stand_before_what_is_said() -> None:
    segments = [segment(0, "Hello.", speaker="S1"), segment(1, "Hi.", speaker="S2"), segment(2, "Go on.", speaker="S2")]
    [passage] = passages_of(segments, {"S1": "Ada"})

    assert passage.text == "Ada: Hello. Hi. Go on."
    assert passage.speakers == ("Ada", "S2")


def test_what_is_shown_of_a_passage_is_the_transcript_word_for_word() -> None:
    segments = [segment(0, "Zero.  One.", speaker="S1"), segment(1, "Two."), segment(2, "Three. Four.")]
    stretch = Stretch(first_segment=0, first_char=7, last_segment=2, after_char=6, start=0, end=1)

    assert [part_of(each, stretch) for each in segments] == ["One.", "Two.", "Three."]
    assert [piece.text for piece in pieces_within(stretch, segments)] == ["Zero.  One.", "Two.", "Three. Four."]


def test_silence_has_no_passages() -> None:
    assert passages_of([], {}) == []
    assert passages_of([segment(0, " ")], {}) == []


def test_chinese_is_cut_without_spaces() -> None:
    passages = passages_of([segment(0, "今天天气很好我们去公园散步" * 50)], {})

    assert all(length(passage.text) <= 81 for passage in passages)
    assert len(passages) > 5


def test_a_segment_of_a_whole_day_takes_seconds() -> None:
    started = time.monotonic()
    words = [[i / 2, i / 2 + 0.5, "word", None] for i in range(100_000)]
    passages_of([segment(0, "word " * 100_000, end=50_000.0, words=words)], {})

    assert time.monotonic() - started < 20
