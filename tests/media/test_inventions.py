"""Where nobody speaks, the real engine hears nobody; where somebody does amid noise, that and nothing else."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from bench.engine import warm_host
from speech import audio
from speech.engines import weights
from speech.engines.trial import hear_samples
from speech.transcript import Transcript
from tests.media import noises
from tests.media.making import CLIP, CLIP_SECONDS
from tests.media.noises import NOISES, RATE, Sound

pytestmark = [
    pytest.mark.whole,
    pytest.mark.engine,
    pytest.mark.skipif(not weights.is_packaged(), reason="the weight packages are not installed"),
]


@contextmanager
def fresh_engine(folder: Path) -> Iterator[Path]:
    # Of several threads chance chooses the one that samples, which may have done so before.
    with warm_host(folder, model="base", threads=1) as socket:
        yield socket


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with fresh_engine(tmp_path_factory.mktemp("engine")) as socket:
        yield socket


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    pcm = tmp_path_factory.mktemp("clip") / "pcm"
    audio.decode(CLIP, pcm, max_seconds=60, deadline_seconds=60, on_tick=lambda: None)
    return (np.fromfile(pcm, "<i2") / 32_768).astype(np.float32)


def heard(engine: Path, sound: Sound, folder: Path) -> Transcript:
    pcm = folder / "pcm"
    pcm.write_bytes(noises.pcm(sound))
    return hear_samples(engine, pcm).transcript


def words(transcript: Transcript) -> list[str]:
    return re.findall(r"[a-z']+", transcript.text.lower())


@pytest.mark.parametrize("name", NOISES)
def test_nothing_is_heard_where_nobody_speaks(name: str, engine: Path, tmp_path: Path) -> None:
    transcript = heard(engine, NOISES[name](), tmp_path)

    assert (transcript.text, transcript.language) == ("", None)


@pytest.fixture(scope="module")
def said(engine: Path, clip: Sound, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The words of the clip by itself."""
    said = words(heard(engine, clip, tmp_path_factory.mktemp("said")))
    assert len(said) == 22
    return said


PAUSE_SECONDS = 0.7
SURROUNDINGS = {
    "silence": ("digital silence", "digital silence"),
    "noise and a melody": ("pink noise at -30 dB", "a melody"),
    "a siren and bursts": ("a siren", "bursts of noise"),
}


def surrounding(name: str) -> Sound:
    pause = noises.silence(PAUSE_SECONDS)
    return np.concatenate([pause, NOISES[name]()[: 10 * RATE], pause]).astype(np.float32)


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_of_speech_amid_noise_the_speech_is_heard_and_nothing_else(
    name: str, engine: Path, clip: Sound, said: list[str], tmp_path: Path
) -> None:
    before, after = (surrounding(part) for part in SURROUNDINGS[name])

    transcript = heard(engine, np.concatenate([before, clip, after, clip, before]), tmp_path)

    heard_words, all_said = words(transcript), Counter(said * 2)
    # What is said twice looks like a loop, and is heard again by sampling: some of its words may then be others.
    assert (all_said - Counter(heard_words)).total() <= 8, transcript.text
    assert len(heard_words) <= all_said.total() + 1, transcript.text
    assert transcript.language == "en"
    starts = len(before) / RATE, len(before) / RATE + CLIP_SECONDS + len(after) / RATE
    for word in (word for segment in transcript.segments for word in segment.words or ()):
        assert any(start - 0.5 <= word.start < word.end <= start + CLIP_SECONDS + 0.5 for start in starts)


def test_what_is_heard_by_sampling_is_the_same_from_every_fresh_engine(clip: Sound, tmp_path: Path) -> None:
    pause = surrounding("digital silence")
    twice = np.concatenate([pause, clip, pause, clip, pause])
    told = []
    for name, times in (("one", 2), ("other", 1)):
        (tmp_path / name).mkdir()
        with fresh_engine(tmp_path / name) as socket:
            told += [heard(socket, twice, tmp_path) for _ in range(times)]
    first, again, elsewhere = told
    assert first == elsewhere
    # Sampled it was: the same engine goes on from where it had come to.
    assert first != again
