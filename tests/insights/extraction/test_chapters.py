"""Where chapters begin."""

import time

import numpy
from numpy.typing import NDArray

from insights.extraction.chapters import chapter_starts
from insights.extraction.sentence_vectors import unit
from insights.extraction.sentences import Sentence

SECONDS = 6.0


def sentences(count: int, seconds: float = SECONDS) -> list[Sentence]:
    return [
        Sentence(seconds * i, seconds * (i + 1), "ten words " * 5, None, i, i, opens=True, is_whole=True)
        for i in range(count)
    ]


def about(*lengths: int) -> NDArray[numpy.float32]:
    """Unit vectors of sentences that are about one thing after the other, with something else in each."""
    noise = numpy.random.default_rng(2).normal(0, 0.25, (sum(lengths), 16))
    return unit(numpy.repeat(numpy.eye(16)[: len(lengths)], lengths, axis=0) + noise)


def quiet(count: int) -> NDArray[numpy.float32]:
    return numpy.zeros(count, numpy.float32)


def test_a_chapter_begins_where_the_talk_turns() -> None:
    assert chapter_starts(sentences(120), about(50, 40, 30), quiet(120)) == [0, 50, 90]


def test_a_talk_about_one_thing_is_one_chapter() -> None:
    assert chapter_starts(sentences(200), about(200), quiet(200)) == [0]


def test_two_minutes_are_one_chapter_whatever_is_said() -> None:
    assert chapter_starts(sentences(19), about(10, 9), quiet(19)) == [0]


def test_an_announcement_moves_the_beginning_of_a_chapter() -> None:
    vectors = numpy.repeat(numpy.eye(16, dtype=numpy.float32)[:3], [40, 1, 40], axis=0)
    cues = quiet(81)
    cues[40] = 3.0

    assert chapter_starts(sentences(81), vectors, cues) == [0, 40]


def test_a_chapter_begins_with_a_segment() -> None:
    said = sentences(120)
    said = [Sentence(s.start, s.end, s.text, None, i // 4, i // 4, i % 4 == 0, True) for i, s in enumerate(said)]

    assert chapter_starts(said, about(50, 70), quiet(120)) in ([0, 48], [0, 52])


def test_a_chapter_may_begin_within_a_segment_that_is_long() -> None:
    said = [Sentence(s.start, s.end, s.text, None, 0, 0, i == 0, True) for i, s in enumerate(sentences(120))]

    assert chapter_starts(said, about(50, 70), quiet(120)) == [0, 50]


def test_nothing_said_has_no_chapters() -> None:
    assert chapter_starts([], numpy.zeros((0, 1), numpy.float32), quiet(0)) == []


def test_ten_hours_take_seconds() -> None:
    started = time.process_time()
    starts = chapter_starts(sentences(20_000, 1.8), about(*[2_000] * 10), quiet(20_000))

    assert len(starts) == 10
    assert time.process_time() - started < 20
