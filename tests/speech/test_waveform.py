"""What a recording looks like, from its samples."""

import math
import tracemalloc
from array import array
from pathlib import Path

import pytest

from speech.waveform import POINTS, waveform

RATE = 16_000


def write(path: Path, *parts: tuple[float, int]) -> Path:
    """A recording of parts: how many seconds, and how loud."""
    samples = array("h")
    for seconds, loudness in parts:
        samples.extend(round(loudness * math.sin(at / 5)) for at in range(round(seconds * RATE)))
    path.write_bytes(samples.tobytes())
    return path


def look(pcm: Path) -> bytes:
    return waveform(pcm, on_tick=lambda: None)


def test_loud_and_quiet_are_where_they_are_heard(tmp_path: Path) -> None:
    seen = look(write(tmp_path / "pcm", (1, 0), (1, 20_000), (1, 2_000)))
    assert len(seen) == POINTS
    assert set(seen[:480]) == {0}
    assert min(seen[520:980]) > 240
    assert all(40 < each < 90 for each in seen[1020:1480])


def test_a_quiet_recording_is_as_tall_as_a_loud_one(tmp_path: Path) -> None:
    quiet, loud = (look(write(tmp_path / "pcm", (1, loudness))) for loudness in (300, 30_000))
    assert abs(max(quiet) - max(loud)) <= 1
    assert max(loud) == 255


def test_one_bang_does_not_flatten_what_is_said(tmp_path: Path) -> None:
    seen = look(write(tmp_path / "pcm", (2, 3_000), (0.005, 32_000), (2, 3_000)))
    assert max(seen) == 255
    assert sorted(seen)[len(seen) // 2] > 240


@pytest.mark.parametrize(("samples", "points"), [(0, 0), (1, 1), (700, 700), (POINTS * 3, POINTS)])
def test_there_are_never_more_points_than_samples(tmp_path: Path, samples: int, points: int) -> None:
    path = tmp_path / "pcm"
    path.write_bytes(b"\x10\x00" * samples)
    assert len(look(path)) == points


def test_silence_is_flat(tmp_path: Path) -> None:
    assert set(look(write(tmp_path / "pcm", (1, 0)))) == {0}


def test_an_hour_takes_no_more_memory_than_a_minute(tmp_path: Path) -> None:
    path = tmp_path / "pcm"
    with path.open("wb") as file:
        file.truncate(3_600 * RATE * 2)
    tracemalloc.start()
    look(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


def test_it_may_be_stopped_in_the_middle(tmp_path: Path) -> None:
    ticks = iter(range(10))

    def stop() -> None:
        if next(ticks) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        waveform(write(tmp_path / "pcm", (1, 1_000)), on_tick=stop)
