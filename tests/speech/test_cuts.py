"""Where a long recording is cut: in pauses, into parts of about equal length."""

from typing import Any

import pytest

np = pytest.importorskip("numpy")
pytest.importorskip("faster_whisper")

from speech.engines import cuts  # noqa: E402 (it needs what was just asked for)

RATE = 16_000


@pytest.fixture
def talking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody speaks wherever the samples are not zero."""

    def find(window: Any, options: object) -> list[dict[str, int]]:
        edges = np.flatnonzero(np.diff(np.concatenate([[0], window != 0, [0]]).astype(int)))
        return [{"start": start, "end": end} for start, end in edges.reshape(-1, 2).tolist()]

    monkeypatch.setattr(cuts, "get_speech_timestamps", find)


def speech(seconds: float, *pauses: tuple[float, float]) -> Any:
    samples = np.full(int(seconds * RATE), 1000, dtype=np.int16)
    for start, end in pauses:
        samples[int(start * RATE) : int(end * RATE)] = 0
    return samples


@pytest.mark.usefixtures("talking")
@pytest.mark.parametrize(("seconds", "count"), [(19, 0), (20, 0), (21, 1), (26, 2), (40, 3)])
def test_it_is_cut_into_as_many_parts_as_fit(seconds: int, count: int) -> None:
    parts = cuts.chunk_count(seconds * RATE, chunk_seconds=10.0)

    found = list(cuts.cuts(speech(seconds), parts))

    assert len(found) == count
    lengths = np.diff([0, *found, seconds * RATE]) / RATE
    assert lengths.max() - lengths.min() < 0.1


@pytest.mark.usefixtures("talking")
def test_a_cut_is_in_the_middle_of_the_longest_pause_around_it() -> None:
    (cut,) = cuts.cuts(speech(22, (9.0, 9.2), (12.0, 13.0), (14.0, 17.0)), 2)

    assert cut / RATE == pytest.approx(12.5, abs=270 / RATE)


@pytest.mark.usefixtures("talking")
def test_cuts_are_whole_frames_of_the_network_that_tells_speakers_apart() -> None:
    found = list(cuts.cuts(speech(100, (31.111, 32.222), (70.1, 70.2)), 10))

    assert len(found) == 9
    assert [cut % 270 for cut in found] == [0] * 9


@pytest.mark.usefixtures("talking")
def test_silence_is_cut_in_equal_parts() -> None:
    (cut,) = cuts.cuts(np.zeros(30 * RATE, dtype=np.int16), 2)

    assert cut / RATE == pytest.approx(15.0, abs=270 / RATE)


@pytest.mark.usefixtures("talking")
def test_who_hangs_up_ends_the_looking() -> None:
    def hang_up() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        list(cuts.cuts(speech(40), 4, check=hang_up))
