"""Finding speakers with networks that hear made-up voices: a sample's value tells who speaks."""

import threading
from itertools import pairwise
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pytest

from speech.audio import SAMPLE_RATE
from speech.diarization import SpeakerTurn
from speech.engines.speakers.listening import (
    FIRST_CENTRE,
    FRAME_SAMPLES,
    WINDOW_FRAMES,
    WINDOWS_AT_ONCE,
    Floats,
    Heard,
    listen,
)
from speech.engines.speakers.turns import find_turns
from speech.engines.speakers.voices import joined

ALICE, BOB, CHARLIE = 1, 2, 4
CENTRES = np.arange(WINDOW_FRAMES) * FRAME_SAMPLES + FIRST_CENTRE
PEOPLE = np.array([ALICE, BOB, CHARLIE])


def recording(*turns: tuple[int, float]) -> npt.NDArray[np.int16]:
    """Samples of (who, seconds): 0 is nobody, ALICE | BOB both at once."""
    return np.concatenate([np.full(int(seconds * SAMPLE_RATE), who * 1000, dtype=np.int16) for who, seconds in turns])


class KeenNetworks:
    """Hear without fault, and number the voices of each window differently."""

    def __init__(self) -> None:
        self.windows_heard = 0

    def activity(self, windows: Floats) -> Floats:
        # By what is in the window, as threads hear them in any order.
        activity = [np.roll(self.hear(window[CENTRES]), crc32(window.tobytes()), axis=1) for window in windows]
        self.windows_heard += len(windows)
        return np.stack(activity)

    def hear(self, samples: Floats) -> Floats:
        people = (samples * 32.768).round().astype(int)
        return np.asarray((people[:, None] & PEOPLE) > 0, dtype=np.float32)

    def filterbank(self, samples: Floats) -> Floats:
        # The mean is taken off before the voiceprint, so a voice is what goes up and down.
        up_and_down = np.where(np.arange(len(samples) // 160) % 2, 1, -1).astype(np.float32)
        people = self.hear(samples[80::160])
        return np.asarray(people * up_and_down[:, None])

    def voiceprints(self, filterbanks: Floats) -> Floats:
        voices = np.abs(filterbanks).sum(axis=1)
        return np.asarray(voices / np.linalg.norm(voices, axis=1, keepdims=True))


def turns_of(samples: npt.NDArray[np.int16], expected: int | None = None) -> list[SpeakerTurn]:
    return find_turns(hear(samples), speakers_expected=expected)


def hear(samples: npt.NDArray[np.int16], threads: int = 1) -> Heard:
    return listen(samples, KeenNetworks(), threads=threads, on_progress=lambda done, total: None, check=lambda: None)


def found(turns: list[SpeakerTurn]) -> list[tuple[float, float, str]]:
    return [(round(turn.start, 1), round(turn.end, 1), turn.speaker) for turn in turns]


def test_two_people_in_turn_are_told_apart() -> None:
    samples = recording((ALICE, 4), (0, 1), (BOB, 7), (0, 1), (ALICE, 9), (BOB, 3), (0, 1))

    assert found(turns_of(samples)) == [(0, 4, "S1"), (5, 12, "S2"), (13, 22, "S1"), (22, 25, "S2")]


def test_one_person_is_one_speaker_however_long_the_recording() -> None:
    samples = recording(*[(ALICE, 7), (0, 2)] * 12)

    turns = turns_of(samples)

    assert {turn.speaker for turn in turns} == {"S1"}
    assert len(turns) == 12


def test_a_brief_pause_is_part_of_the_turn() -> None:
    assert found(turns_of(recording((ALICE, 3), (0, 0.3), (ALICE, 3)))) == [(0, 6.3, "S1")]


def test_two_people_at_once_both_have_a_turn() -> None:
    samples = recording((ALICE, 5), (ALICE | BOB, 3), (BOB, 6), (ALICE, 2))

    assert found(turns_of(samples)) == [(0, 8, "S1"), (5, 14, "S2"), (14, 16, "S1")]


def test_two_people_who_never_speak_alone_are_not_made_up() -> None:
    assert turns_of(recording((0, 3), (ALICE | BOB, 3))) == []


@pytest.mark.parametrize("samples", [recording((0, 30)), recording((0, 0.3)), np.zeros(0, dtype=np.int16)])
def test_where_nobody_speaks_there_are_no_turns(samples: npt.NDArray[np.int16]) -> None:
    assert turns_of(samples) == []


def test_a_word_alone_has_a_speaker() -> None:
    assert found(turns_of(recording((0, 0.2), (BOB, 0.5), (0, 0.1)))) == [(0.2, 0.7, "S1")]


def test_no_more_speakers_are_found_than_there_are() -> None:
    samples = recording((ALICE, 8), (BOB, 8), (ALICE, 8))

    assert {turn.speaker for turn in turns_of(samples, expected=7)} == {"S1", "S2"}


def test_no_more_speakers_are_found_than_expected() -> None:
    samples = recording((ALICE, 8), (BOB, 8), (CHARLIE, 8), (ALICE, 8), (0, 1))

    assert len({turn.speaker for turn in turns_of(samples, expected=2)}) == 2
    assert found(turns_of(samples, expected=1)) == [(0, 32, "S1")]


def test_threads_make_no_difference() -> None:
    samples = recording(*[(ALICE, 4), (BOB, 3), (0, 1), (CHARLIE, 2)] * 9)

    one, other = (hear(samples, threads) for threads in (1, 3))

    assert find_turns(one, speakers_expected=None) == find_turns(other, speakers_expected=None)
    assert one.voiceprints.tolist() == other.voiceprints.tolist()


@pytest.mark.parametrize("seconds", [[13], [13, 31], [10, 20, 40]], ids=["two", "three", "four"])
def test_spans_heard_apart_make_the_turns_of_the_whole(seconds: list[int]) -> None:
    samples = recording((ALICE, 12), (0, 2), (BOB, 7), (0, 3), (ALICE, 6), (CHARLIE, 9), (BOB, 14), (0, 1))
    cuts = [0, *(at * SAMPLE_RATE // FRAME_SAMPLES * FRAME_SAMPLES for at in seconds), len(samples)]

    spans = [(first, hear(samples[first:after])) for first, after in pairwise(cuts)]

    assert found(find_turns(joined(spans), speakers_expected=None)) == found(turns_of(samples))


def test_progress_ends_at_the_length_of_the_recording() -> None:
    told: list[tuple[float, float]] = []

    listen(
        recording((ALICE, 61)),
        KeenNetworks(),
        threads=2,
        on_progress=lambda done, total: told.append((done, total)),
        check=lambda: None,
    )

    assert told == sorted(told)
    assert told[-1] == pytest.approx((61, 61), abs=0.02)


def test_the_work_ends_when_nobody_waits_for_it() -> None:
    class HungUp(Exception):
        pass

    networks = KeenNetworks()

    def check() -> None:
        raise HungUp

    with pytest.raises(HungUp):
        listen(
            recording((ALICE, 600)),
            networks,
            threads=1,
            on_progress=lambda done, total: None,
            check=check,
        )

    # What was begun ahead is finished, and nothing more.
    assert networks.windows_heard <= 3 * WINDOWS_AT_ONCE
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("voices")]


def test_networks_that_fail_in_a_thread_of_their_own_fail_the_work() -> None:
    class BrokenNetworks(KeenNetworks):
        def voiceprints(self, filterbanks: Floats) -> Floats:
            raise MemoryError

    with pytest.raises(MemoryError):
        listen(
            recording((ALICE, 30)),
            BrokenNetworks(),
            threads=2,
            on_progress=lambda done, total: None,
            check=lambda: None,
        )
