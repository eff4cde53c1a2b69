"""Voices that turn out to be two people are cut in two."""

import numpy as np

from speech.engines.speakers.listening import FRAME_SECONDS, WINDOW_FRAMES, Floats, Heard
from speech.engines.speakers.parts import parts_of

STRETCH = 80
ALICE, BOB = np.eye(2, dtype=np.float32)


def heard(*voiceprints: Floats, pause: slice = slice(0, 0)) -> Heard:
    """One window in which one voice speaks, but for a pause, with a voiceprint for each 80 frames."""
    activity = np.zeros((1, WINDOW_FRAMES, 3), dtype=np.float16)
    activity[0, : STRETCH * len(voiceprints), 1] = 1
    activity[0, pause, 1] = 0
    stretches = np.where(activity[0, :, 1] > 0, np.arange(WINDOW_FRAMES) // STRETCH, -1)
    return Heard(10.0, np.array([0]), activity, stretches, np.stack(voiceprints))


def test_one_person_is_one_part() -> None:
    (part,) = parts_of(heard(ALICE, ALICE, ALICE))

    assert (part.window, part.voice) == (0, 1)
    assert part.clear_seconds == 3 * STRETCH * FRAME_SECONDS
    assert part.voiceprint.tolist() == ALICE.tolist()


def test_a_voice_that_changes_is_cut() -> None:
    first, second = parts_of(heard(ALICE, ALICE, BOB, BOB))

    assert first.after == second.first == 2 * STRETCH
    assert [part.voiceprint.tolist() for part in (first, second)] == [ALICE.tolist(), BOB.tolist()]


def test_the_cut_is_made_in_the_pause_beside_it() -> None:
    first, second = parts_of(heard(ALICE, ALICE, BOB, BOB, pause=slice(180, 200)))

    assert first.after == second.first == 200


def test_a_third_person_is_found_too() -> None:
    assert len(parts_of(heard(ALICE, BOB, BOB, ALICE))) == 3


def test_somebody_who_only_sounds_a_little_different_stays_whole() -> None:
    almost = np.array([0.8, 0.6], dtype=np.float32)

    assert len(parts_of(heard(ALICE, almost, ALICE, almost))) == 1
