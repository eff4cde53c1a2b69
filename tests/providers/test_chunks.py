"""Where long recordings are cut, and what of them is sent."""

import array
import io
import math
import random
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.providers.chunks import OVERLAP_SECONDS, Chunk, Span, chunks
from speech.providers.encoding import encoded, most_bytes, seconds_in
from tests.providers.openai_standin import decoded

RATE = 16_000


def talking(seconds: float, *pauses: Span) -> list[Span]:
    """Speech from the first second to the last, but for the pauses."""
    edges = [0.0, *(edge for pause in pauses for edge in pause), seconds]
    return list(zip(edges[::2], edges[1::2], strict=True))


def test_what_fits_is_one_chunk() -> None:
    assert chunks(1380, talking(1380), longest_seconds=1380) == (Chunk(0, 1380),)


def seams(found: tuple[Chunk, ...]) -> list[float]:
    """The middle of what each two neighbours share."""
    return [(chunk.end + following.start) / 2 for chunk, following in pairwise(found)]


def test_a_cut_lies_in_the_middle_of_a_pause() -> None:
    found = chunks(2000, talking(2000, (980, 982)), longest_seconds=1380)
    assert found == (Chunk(0, 981 + OVERLAP_SECONDS / 2), Chunk(981 - OVERLAP_SECONDS / 2, 2000))


def test_the_longest_pause_near_the_place_is_taken() -> None:
    speech = talking(2000, (100, 130), (950, 950.6), (1050, 1052.5), (1100, 1100.5))
    assert seams(chunks(2000, speech, longest_seconds=1380)) == [1051.25]


def test_of_long_pauses_the_nearest_is_taken() -> None:
    speech = talking(2000, (850, 900), (990, 994), (1100, 1160))
    assert seams(chunks(2000, speech, longest_seconds=1380)) == [992]


def test_where_there_is_no_pause_a_cut_lies_where_it_was_aimed_at() -> None:
    first, second = chunks(2000, talking(2000, (100, 130), (999, 999.3)), longest_seconds=1380)
    assert (first.start, second.end) == (0, 2000)
    assert (second.start, first.end) == (1000 - OVERLAP_SECONDS / 2, 1000 + OVERLAP_SECONDS / 2)


def test_chunks_are_about_equally_long() -> None:
    lengths = [chunk.seconds for chunk in chunks(3 * 3600, [(0, 3 * 3600)], longest_seconds=1380)]
    assert len(lengths) == 10
    assert max(lengths) - min(lengths) < 20


def test_a_recording_without_speech_is_cut_too() -> None:
    assert seams(chunks(2000, [], longest_seconds=1380)) == [1000]


@given(
    st.floats(0.1, 20_000),
    st.lists(st.tuples(st.floats(0, 20), st.floats(0, 90)), max_size=60),
    st.floats(20, 1400),
)
def test_chunks_cover_everything_and_none_is_too_long(
    duration: float, turns: list[tuple[float, float]], longest: float
) -> None:
    speech, at = [], 0.0
    for pause, length in turns:
        at += pause
        speech.append((at, at + length))
        at += length
    found = chunks(duration, speech, longest_seconds=longest)
    assert (found[0].start, found[-1].end) == (0, duration)
    assert all(0 < chunk.seconds <= longest + 0.01 for chunk in found)
    for chunk, following in pairwise(found):
        assert chunk.start < following.start <= chunk.end < following.end
        assert chunk.end - following.start <= OVERLAP_SECONDS + 0.01
    assert len(found) <= 2 * math.ceil(duration / longest)


# Encoding


@pytest.fixture
def pcm(tmp_path: Path) -> Path:
    """Six seconds of noise with a loud click after four."""
    dice = random.Random(1)
    samples = array.array("h", (dice.randint(-300, 300) for _ in range(6 * RATE)))
    samples[4 * RATE] = samples[4 * RATE + 1] = 32_000
    path = tmp_path / "noise.pcm"
    path.write_bytes(samples.tobytes())
    return path


def test_a_part_is_encoded_to_the_sample(pcm: Path) -> None:
    container, sound = decoded(encoded(pcm, 3.25, 5.5))
    assert (container, len(sound)) == ("mp3", 2.25 * RATE)
    assert abs(int(abs(sound).argmax()) - 0.75 * RATE) <= 16


def test_what_lies_beyond_the_end_is_not_there(pcm: Path) -> None:
    assert len(decoded(encoded(pcm, 5, 9))[1]) == RATE


def test_the_size_is_known_before(pcm: Path) -> None:
    size = len(encoded(pcm, 0, 6))
    assert 0.9 * most_bytes(6) - 4096 < size <= most_bytes(6)
    assert seconds_in(most_bytes(6)) == 6


def test_encoding_can_be_ended_from_outside(pcm: Path) -> None:
    def enough() -> None:
        raise io.UnsupportedOperation

    with pytest.raises(io.UnsupportedOperation):
        encoded(pcm, 0, 6, on_block=enough)
