"""The whole corpus through the decoder: every kind of recording that people have, and what should not be one."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from errors import AppError
from speech import audio
from tests.descendants import children
from tests.media.corpus import ANY, BAD, FLIPPED, GOOD, Bad, Good, good
from tests.media.making import CLIP, CLIP_SECONDS

# A file that a busy machine decodes in seconds; the worker's own deadline is a quarter of an hour.
DEADLINE_SECONDS = 60.0
RATE = audio.SAMPLE_RATE
Sound = npt.NDArray[np.float64]
ENDINGS = {None, "media_undecodable", "media_no_audio", "media_too_long"}


def decode(media: Path, *, max_seconds: float = 60.0) -> audio.DecodedAudio:
    pcm = media.with_name("samples.pcm")
    return audio.decode(media, pcm, max_seconds=max_seconds, deadline_seconds=DEADLINE_SECONDS, on_tick=lambda: None)


def samples(media: Path) -> Sound:
    return np.frombuffer(media.with_name("samples.pcm").read_bytes(), dtype="<i2").astype(np.float64)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    """The clip's own samples."""
    media = tmp_path_factory.mktemp("clip") / "clip.flac"
    media.write_bytes(CLIP.read_bytes())
    decode(media)
    return samples(media)


def likeness(heard: Sound, said: Sound) -> tuple[float, float]:
    """The best correlation of two recordings over all shifts, and by how many seconds the first is late there."""
    size = 1 << (len(heard) + len(said)).bit_length()
    products = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(said, size)), size)
    place = int(np.argmax(products))
    shift = place if place < size // 2 else place - size
    return float(products[place] / np.sqrt((heard**2).sum() * (said**2).sum())), shift / RATE


@pytest.mark.parametrize("sample", GOOD, ids=lambda sample: sample.name)
def test_a_recording_is_heard_as_it_was_said(sample: Good, tmp_path: Path, clip: Sound) -> None:
    media = sample.make(tmp_path / "media")

    decoded = decode(media)

    alike, late = likeness(samples(media), clip)
    assert decoded.duration_seconds == pytest.approx(CLIP_SECONDS, abs=0.15)
    assert alike > sample.likeness
    assert abs(late) < 0.07


@pytest.mark.parametrize("name", ["talk.wav", "talk.m3u8", "talk.sdp", "talk.html", "talk.%03d.jpg", "concat:talk"])
def test_a_wrong_name_changes_nothing(name: str, tmp_path: Path) -> None:
    assert decode(good("mp4 with picture").make(tmp_path / "media").rename(tmp_path / name)).duration_seconds > 10.9


@pytest.mark.parametrize("sample", [each for each in BAD if each.code], ids=lambda sample: sample.name)
def test_what_is_no_recording_is_refused(sample: Bad, tmp_path: Path) -> None:
    media = sample.make(tmp_path / "media")

    with pytest.raises(AppError) as caught:
        decode(media)

    assert caught.value.code == sample.code


@pytest.mark.parametrize("sample", [each for each in BAD if not each.code], ids=lambda sample: sample.name)
def test_what_is_left_of_a_broken_recording_is_heard(sample: Bad, tmp_path: Path, clip: Sound) -> None:
    media = sample.make(tmp_path / "media")

    decoded = decode(media)

    alike, _ = likeness(samples(media), clip)
    assert 3.0 < decoded.duration_seconds < CLIP_SECONDS + 0.2
    # Half of a recording has about half of its energy.
    assert alike > 0.5


@pytest.mark.parametrize("sample", FLIPPED, ids=lambda sample: sample.name)
def test_flipped_bits_end_in_an_outcome(sample: Bad, tmp_path: Path) -> None:
    media = sample.make(tmp_path / "media")
    before = children()
    outcome = None
    try:
        decode(media)
    except AppError as error:
        outcome = error.code

    assert outcome in ENDINGS
    assert children() <= before


def test_the_corpus_is_as_large_as_it_is_said_to_be() -> None:
    assert len(GOOD) >= 40
    assert len(BAD) + len(FLIPPED) >= 40
    assert {sample.code for sample in FLIPPED} == {ANY}
