"""decode: what a customer's file becomes."""

import array
import wave
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from errors import MediaNoAudio, MediaTooLong, MediaUndecodable
from speech import audio
from tests.descendants import children

CONTAINERS = [
    ("wav", "pcm_s16le"),
    ("mp3", "libmp3lame"),
    ("mp2", "mp2"),
    ("mp4", "aac"),
    ("mov", "aac"),
    ("3gp", "aac"),
    ("ogg", "libopus"),
    ("flac", "flac"),
    ("adts", "aac"),
    ("ac3", "ac3"),
    ("matroska", "flac"),
    ("webm", "libopus"),
    ("aiff", "pcm_s16be"),
    ("au", "pcm_s16be"),
    ("caf", "pcm_s16le"),
    ("asf", "wmav2"),
    ("avi", "mp2"),
    ("mpegts", "mp2"),
]

Record = Callable[..., Path]


def decode(media: Path, *, max_seconds: float = 60, deadline_seconds: float = 30, **options: Any) -> audio.DecodedAudio:
    options.setdefault("on_tick", lambda: None)
    pcm = media.with_name("samples.pcm")
    return audio.decode(media, pcm, max_seconds=max_seconds, deadline_seconds=deadline_seconds, **options)


def samples_beside(media: Path) -> "array.array[int]":
    return array.array("h", media.with_name("samples.pcm").read_bytes())


@pytest.mark.parametrize(("container", "codec"), CONTAINERS)
def test_every_container_decodes(record: Record, container: str, codec: str) -> None:
    media = record(container, codec, rate=48_000 if "opus" in codec else 44_100)

    decoded = decode(media)

    assert decoded.duration_seconds == pytest.approx(1.0, abs=0.15)
    assert decoded.sample_count == len(samples_beside(media))
    assert 6_000 < max(samples_beside(media)) < 14_000


def test_amr_decodes(record: Record) -> None:
    assert decode(record("amr", "libopencore_amrnb", rate=8000)).codec == "amrnb"


def test_the_name_of_the_file_means_nothing(record: Record) -> None:
    assert decode(record("flac", "flac", name="page.html")).container == "flac"


def test_the_sound_of_a_video_is_decoded(record: Record) -> None:
    assert decode(record("mp4", "aac", picture=True)).codec == "aac"


def test_sound_that_starts_late_is_led_by_silence(record: Record) -> None:
    media = record("matroska", "flac", picture=True, start=2.0)

    decoded = decode(media)

    assert decoded.duration_seconds == pytest.approx(3.0, abs=0.1)
    assert max(samples_beside(media)[: int(1.9 * audio.SAMPLE_RATE)]) == 0


def test_a_truncated_file_yields_what_comes_before_the_cut(record: Record) -> None:
    media = record("flac", "flac", seconds=4.0)
    media.write_bytes(media.read_bytes()[: media.stat().st_size // 2])

    decoded = decode(media)

    assert 0.5 < decoded.duration_seconds < 3.5
    assert decoded.declared_seconds == pytest.approx(4.0)


@pytest.mark.parametrize(
    "content",
    [b"", b"just some text\n", b"<!doctype html><title>Not found</title>", bytes(4096), b"RIFF\xff\xff\xff\xffWAVE"],
    ids=["empty", "text", "html", "zeros", "a wav header's first bytes"],
)
def test_what_is_not_media_is_undecodable(tmp_path: Path, content: bytes) -> None:
    media = tmp_path / "media"
    media.write_bytes(content)

    with pytest.raises(MediaUndecodable):
        decode(media)


def test_a_header_without_samples_has_no_audio(tmp_path: Path) -> None:
    media = tmp_path / "header.wav"
    with wave.open(str(media), "wb") as recording:
        recording.setparams((1, 2, 44_100, 0, "NONE", ""))

    with pytest.raises(MediaNoAudio):
        decode(media)


def test_a_silent_film_has_no_audio(record: Record) -> None:
    with pytest.raises(MediaNoAudio):
        decode(record("mp4", None, picture=True))


@pytest.mark.parametrize(("container", "codec"), [("flac", "flac"), ("ogg", "libopus")])
def test_a_small_file_that_is_long_stops_at_the_limit(record: Record, container: str, codec: str) -> None:
    media = record(container, codec, seconds=40, silent=True)

    with pytest.raises(MediaTooLong, match=r"longer than the 0.0833333 minutes"):
        decode(media, max_seconds=5)

    assert media.with_name("samples.pcm").stat().st_size <= 6 * audio.SAMPLE_RATE * 2


def test_a_missing_file_is_not_blamed_on_the_customer(tmp_path: Path) -> None:
    with pytest.raises(audio.DecoderBroken):
        decode(tmp_path / "never fetched")


def test_a_full_disk_is_not_blamed_on_the_file(record: Record) -> None:
    media = record("wav", "pcm_s16le")
    with pytest.raises(OSError, match="No space left"):
        audio.decode(media, Path("/dev/full"), max_seconds=60, deadline_seconds=30, on_tick=lambda: None)


def test_a_decoder_that_somebody_else_kills_is_tried_again(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    def kill() -> None:
        for child in children():
            with suppress(psutil.Error):  # It may just have ended.
                if str(audio.PROGRAM) in child.cmdline():
                    child.kill()

    monkeypatch.setattr(audio, "TICK_SECONDS", 0.01)
    with pytest.raises(audio.DecoderKilled) as caught:
        decode(record("wav", "pcm_s16le"), on_tick=kill)

    assert (caught.value.transient, caught.value.code) == (True, "media_undecodable")


def test_a_decoder_that_takes_too_long_is_killed(record: Record) -> None:
    before = children()
    with pytest.raises(MediaUndecodable):
        decode(record("wav", "pcm_s16le"), deadline_seconds=0.02)

    assert children() <= before


def test_a_tick_that_raises_cancels_and_kills_the_decoder(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    class LeaseLost(Exception):
        pass

    def lose_the_lease() -> None:
        raise LeaseLost

    monkeypatch.setattr(audio, "TICK_SECONDS", 0.01)
    before = children()
    with pytest.raises(LeaseLost):
        decode(record("wav", "pcm_s16le"), on_tick=lose_the_lease)

    assert children() <= before
