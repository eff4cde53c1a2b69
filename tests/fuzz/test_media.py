"""Recordings that were whole once: the decoder says what is left of them, or why there is nothing, and nothing else.

Its child is what a hostile file reaches. That may fall over; who started it may not.
"""

import os
import random
from pathlib import Path

import pytest

from errors import MediaNoAudio, MediaTooLong, MediaUndecodable
from speech import audio
from tests.fuzz.conftest import EXAMPLES
from tests.fuzz.mutations import mutated
from tests.media.corpus import FUZZED, good

# One of each container in the suite; by chance, as many as are asked for. All workers of a run have to draw the same.
FIRST_SEED = random.Random(os.environ.get("PYTEST_XDIST_TESTRUNUID")).randrange(10**9) if EXAMPLES else 0
CASES = [(FUZZED[number % len(FUZZED)], FIRST_SEED + number) for number in range(EXAMPLES // 10 or len(FUZZED))]
MOST_SECONDS = 60.0


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("whole")
    return {name: good(name).make(folder / f"{number}").read_bytes() for number, name in enumerate(FUZZED)}


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_P36_a_mutated_recording_ends_as_samples_or_as_a_refusal(
    name: str, seed: int, whole: dict[str, bytes], tmp_path: Path
) -> None:
    media, pcm = tmp_path / "media", tmp_path / "pcm"
    media.write_bytes(mutated(whole[name], seed))
    before = sorted(tmp_path.iterdir())
    try:
        decoded = audio.decode(media, pcm, max_seconds=60.0, deadline_seconds=MOST_SECONDS, on_tick=lambda: None)
    except (MediaUndecodable, MediaNoAudio, MediaTooLong):
        return
    assert 0 < decoded.duration_seconds <= 60.0
    assert pcm.stat().st_size == pytest.approx(decoded.duration_seconds * audio.SAMPLE_RATE * 2, abs=4)
    assert [path for path in tmp_path.iterdir() if path not in {*before, pcm, decoded.stereo}] == []
