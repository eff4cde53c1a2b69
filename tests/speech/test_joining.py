"""Chunks that were heard by themselves, as the recording that they are parts of."""

from collections.abc import Sequence

from speech.engines.client import EngineResult
from speech.joining import InOrder, joined
from speech.transcript import Segment, Transcript

A, B, C, D = (Segment(float(start), start + 1.0, f"{start}.") for start in range(4))


def part(*segments: Segment, language: str | None = "en", seconds: float = 2.0, end: float = 4.0) -> EngineResult:
    return EngineResult(Transcript(language, end, seconds, segments, seconds), "base", 1.5)


def test_parts_are_one_after_the_other_and_their_seconds_add_up() -> None:
    result = joined([part(A, B, end=2.0), part(C, D)])

    heard = result.transcript
    assert (heard.segments, heard.duration_seconds) == ((A, B, C, D), 4.0)
    assert (heard.speech_seconds, heard.transcribed_seconds, heard.coverage) == (4.0, 4.0, 1.0)
    assert (result.model, result.engine_seconds) == ("base", 3.0)


def test_the_language_is_that_in_which_most_is_said() -> None:
    parts = [part(A, language="en"), part(B, language="de", seconds=3.0), part(language=None, seconds=9.0)]

    assert joined(parts).transcript.language == "de"


def test_where_nobody_speaks_there_is_no_language() -> None:
    assert joined([part(language=None, seconds=0.0)] * 2).transcript.language is None


def handed_on(known: int = 0) -> tuple[InOrder, list[Segment]]:
    got: list[Segment] = []

    def take(segments: Sequence[Segment]) -> None:
        got.extend(segments)

    return InOrder(take, known=known), got


def test_the_part_that_is_due_is_handed_on_while_it_is_heard() -> None:
    parts, got = handed_on()

    parts.so_far(0, [A])
    parts.so_far(0, [A])
    parts.so_far(0, [A, B])

    assert got == [A, B]


def test_a_later_part_waits_for_those_before_it() -> None:
    parts, got = handed_on()

    parts.so_far(1, [C])
    assert got == []
    parts.whole([A, B])
    parts.so_far(1, [C])

    assert (got, parts.next) == ([A, B, C], 1)


def test_what_was_handed_on_before_is_not_again() -> None:
    parts, got = handed_on(known=2)

    parts.whole([A])
    parts.whole([B])
    parts.so_far(2, [C])
    parts.whole([C, D])

    assert (got, parts.next) == ([C, D], 3)
