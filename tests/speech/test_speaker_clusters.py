"""Parts of made-up voices, grouped."""

import time

import numpy as np

from speech.engines.speakers.clusters import speakers_of
from speech.engines.speakers.listening import Floats
from speech.engines.speakers.parts import Part, unit

ALICE, BOB, CHARLIE = np.eye(3, 8, dtype=np.float32)
NOBODY = np.zeros(8, dtype=np.float32)


def part(window: int, voiceprint: Floats, seconds: float = 4.0, voice: int = 0) -> Part:
    return Part(window, voice, 0, 589, unit(voiceprint), seconds if voiceprint.any() else 0.0, seconds)


def groups(parts: list[Part], expected: int | None = None) -> list[int]:
    """Speakers by the order in which they come."""
    numbers = speakers_of(parts, expected).tolist()
    order = list(dict.fromkeys(number for number in numbers if number >= 0))
    return [order.index(number) if number >= 0 else -1 for number in numbers]


def test_parts_that_sound_alike_are_one_speaker() -> None:
    parts = [part(0, ALICE), part(1, BOB), part(2, ALICE + 0.3 * CHARLIE), part(3, BOB + 0.2 * ALICE)]

    assert groups(parts) == [0, 1, 0, 1]


def test_fewer_speakers_are_had_by_merging_those_most_alike() -> None:
    parts = [part(0, ALICE), part(1, ALICE + 1.3 * BOB), part(2, CHARLIE)]

    assert groups(parts) == [0, 1, 2]
    assert groups(parts, expected=2) == [0, 0, 1]


def test_a_noise_does_not_take_the_place_of_an_expected_speaker() -> None:
    noise = np.eye(8, dtype=np.float32)[7]
    parts = [part(0, ALICE, 60), part(1, ALICE + 0.4 * BOB, 60), part(2, BOB, 40), part(3, noise, 3)]

    assert groups(parts, expected=2)[:3] == [0, 0, 1]


def test_more_speakers_are_looked_for_where_more_are_expected() -> None:
    parts = [part(0, ALICE), part(1, ALICE + 0.95 * BOB)]

    assert groups(parts) == [0, 0]
    assert groups(parts, expected=2) == [0, 1]


def test_nobody_is_cut_in_two_to_make_up_the_number() -> None:
    assert groups([part(0, ALICE), part(1, ALICE + 0.2 * BOB)], expected=5) == [0, 0]


def test_a_brief_part_joins_who_sounds_nearly_alike() -> None:
    near, far = ALICE + 0.9 * BOB, CHARLIE
    steady = [part(window, ALICE + (0.4 if window % 2 else -0.4) * BOB, 8) for window in range(6)]

    assert groups([*steady, part(6, near, 1.2)]) == [0] * 7
    assert groups([*steady, part(6, far, 1.2)]) == [0] * 6 + [1]


def test_two_voices_of_one_window_are_two_speakers_even_if_somewhat_alike() -> None:
    alike = ALICE + 0.6 * BOB

    assert groups([part(0, ALICE), part(1, alike)]) == [0, 0]
    assert groups([part(0, ALICE), part(0, alike, voice=1)]) == [0, 1]


def test_a_voice_that_one_window_heard_twice_is_one_speaker_if_all_else_says_so() -> None:
    parts = [part(window, ALICE) for window in range(8)] + [part(8, ALICE), part(8, ALICE, voice=1)]

    assert set(groups(parts)) == {0}


def test_who_never_speaks_alone_is_somebody_who_speaks_around_it() -> None:
    parts = [part(0, BOB), part(1, ALICE, 9), part(1, NOBODY, voice=1), part(2, BOB), part(40, CHARLIE)]

    assert groups(parts) == [0, 1, 0, 0, 2]


def test_where_nobody_speaks_alone_nobody_is_known() -> None:
    assert groups([part(0, NOBODY), part(0, NOBODY, voice=1)]) == [-1, -1]
    assert groups([]) == []


def test_ten_hours_are_grouped_in_seconds() -> None:
    people = unit(np.random.default_rng(0).normal(size=(6, 192)).astype(np.float32))
    noise = np.random.default_rng(1).normal(scale=0.03, size=(20_000, 192)).astype(np.float32)
    parts = [part(number // 2, people[number % 5] + noise[number], voice=number % 2) for number in range(20_000)]

    started = time.monotonic()
    speakers = speakers_of(parts, None)

    assert len(set(speakers.tolist())) == 5
    assert time.monotonic() - started < 20
