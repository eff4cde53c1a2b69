"""What the rest of the service may rely on in a transcript."""

import pytest

from speech.transcript import Segment, Transcript, Word, covered_seconds, in_order


def test_segments_come_in_time_order() -> None:
    segments = in_order([Segment(5, 6, "second"), Segment(1, 2, "first")], 10)

    assert [segment.text for segment in segments] == ["first", "second"]


def test_segments_lie_inside_the_media() -> None:
    (segment,) = in_order([Segment(-1, 12, "all of it")], 10)

    assert (segment.start, segment.end) == (0, 10)


def test_a_segment_starts_where_the_same_speaker_stopped() -> None:
    _, later = in_order([Segment(0, 3, "a"), Segment(2, 4, "b")], 10)

    assert (later.start, later.end) == (3, 4)


def test_two_speakers_may_talk_at_once() -> None:
    _, later = in_order([Segment(0, 3, "a", speaker="S1"), Segment(2, 4, "b", speaker="S2")], 10)

    assert later.start == 2


def test_a_segment_that_ends_before_it_starts_has_no_length() -> None:
    (segment,) = in_order([Segment(4, 3, "odd")], 10)

    assert segment.start == segment.end == 4


def test_an_empty_segment_is_left_out() -> None:
    assert in_order([Segment(0, 1, "  ")], 10) == ()


def test_words_are_monotone_and_inside_their_segment() -> None:
    words = (Word(0.5, 1.4, "one"), Word(1.2, 1.1, "two"), Word(1.9, 2.5, "three"))

    (segment,) = in_order([Segment(1, 2, "one two three", words=words)], 10)

    assert segment.words is not None
    assert [(word.start, word.end) for word in segment.words] == [(1, 1.4), (1.4, 1.4), (1.9, 2)]


def test_seconds_covered_twice_count_once() -> None:
    assert covered_seconds([(0, 2), (1, 3), (5, 6)]) == 4


def test_coverage_is_the_transcribed_share_of_the_speech() -> None:
    transcript = Transcript("en", 100, speech_seconds=50, segments=(), transcribed_seconds=20)

    assert transcript.coverage == pytest.approx(0.4)


def test_without_speech_nothing_was_missed() -> None:
    assert Transcript(None, 100, speech_seconds=0, segments=()).coverage == 1.0
