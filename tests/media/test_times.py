"""Times count as a player counts them: late starts, clocks that begin anywhere, pauses of the recorder."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from speech import audio
from tests.media.making import CLIP_SECONDS, clip_frames, encoded, packets, picture_stream, pictures

RATE = audio.SAMPLE_RATE


def heard_seconds(media: Path) -> tuple[float, float, float]:
    """When the first sound is heard, when the sound comes back after its longest silence, and how long all of it is."""
    pcm = media.with_name("samples.pcm")
    decoded = audio.decode(media, pcm, max_seconds=60, deadline_seconds=60, on_tick=lambda: None)
    loud = np.flatnonzero(np.abs(np.frombuffer(pcm.read_bytes(), "<i2")) > 200)
    longest = int(np.argmax(np.diff(loud))) + 1
    return loud[0] / RATE, loud[longest] / RATE, decoded.duration_seconds


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[float, float, float]:
    """The same of the clip itself."""
    return heard_seconds(encoded(tmp_path_factory.mktemp("told") / "clip", "flac", "flac", bit_rate=None))


LATE: list[tuple[str, str, dict[str, Any]]] = [
    ("mp4", "aac", {"picture": True}),
    ("mp4", "aac", {}),
    ("mov", "alac", {"picture": True, "bit_rate": None}),
    ("matroska", "flac", {"picture": True, "bit_rate": None}),
    ("webm", "libopus", {"picture": False, "rate": 48_000}),
    ("mpegts", "mp2", {"picture": True, "rate": 48_000}),
]


@pytest.mark.parametrize(
    ("container", "codec", "options"),
    [kind for kind in LATE if kind[2].get("picture") or kind[0] == "mp4"],
    ids=lambda value: value if isinstance(value, str) else "with picture" if value.get("picture") else "alone",
)
def test_sound_that_starts_late_is_late(
    tmp_path: Path, told: tuple[float, float, float], container: str, codec: str, options: dict[str, Any]
) -> None:
    media = encoded(tmp_path / "media", container, codec, start=2.0, **options)

    first, _, length = heard_seconds(media)

    assert first == pytest.approx(told[0] + 2.0, abs=0.1)
    assert length == pytest.approx(CLIP_SECONDS + 2.0, abs=0.15)


@pytest.mark.parametrize(
    ("container", "codec", "options"), [("mpegts", "mp2", {"rate": 48_000}), ("matroska", "flac", {"bit_rate": None})]
)
def test_a_clock_that_starts_anywhere_counts_from_the_first_moment(
    tmp_path: Path, told: tuple[float, float, float], container: str, codec: str, options: dict[str, Any]
) -> None:
    media = encoded(tmp_path / "media", container, codec, start=5000.0, **options)

    first, _, length = heard_seconds(media)

    assert first == pytest.approx(told[0], abs=0.1)
    assert length == pytest.approx(CLIP_SECONDS, abs=0.15)


@pytest.mark.parametrize(
    ("container", "codec", "options"), LATE, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_pause_of_the_recorder_is_silence(
    tmp_path: Path, told: tuple[float, float, float], container: str, codec: str, options: dict[str, Any]
) -> None:
    media = encoded(tmp_path / "media", container, codec, pause=5.0, **options)

    first, back, length = heard_seconds(media)

    assert first == pytest.approx(told[0], abs=0.1)
    assert back == pytest.approx(CLIP_SECONDS / 2 + 5.0, abs=1.0)
    assert length == pytest.approx(CLIP_SECONDS + 5.0, abs=0.15)


def two_tracks(path: Path, *, dispositions: tuple[int, int]) -> Path:
    """A film with a silent track of five seconds and then the clip's."""
    av = pytest.importorskip("av")
    with av.open(str(path), "w", format="matroska") as output:
        video = picture_stream(output)
        tracks = [output.add_stream("flac", rate=16_000, layout="mono") for _ in dispositions]
        for track, disposition in zip(tracks, dispositions, strict=True):
            track.disposition = av.stream.Disposition(disposition)
        output.mux(packets(video, pictures(av)))
        silent, clip = tracks
        frames = list(clip_frames(av, silent))[:80]
        for frame in frames:
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
        output.mux(packets(silent, iter(frames)))
        output.mux(packets(clip, clip_frames(av, clip)))
    return path


DEFAULT, COMMENT, FOR_THE_BLIND = 1, 8, 256


@pytest.mark.parametrize(
    ("dispositions", "is_second"),
    [
        ((0, 0), False),
        ((DEFAULT, 0), False),
        ((0, DEFAULT), True),
        ((DEFAULT, DEFAULT), False),
        ((COMMENT, 0), True),
        ((DEFAULT | COMMENT, 0), True),
        ((FOR_THE_BLIND, DEFAULT), True),
        ((COMMENT, FOR_THE_BLIND), False),
    ],
)
def test_of_several_tracks_the_one_is_heard_that_a_player_plays(
    tmp_path: Path, dispositions: tuple[int, int], is_second: bool
) -> None:
    media = two_tracks(tmp_path / "media", dispositions=dispositions)
    pcm = tmp_path / "pcm"

    audio.decode(media, pcm, max_seconds=60, deadline_seconds=60, on_tick=lambda: None)

    assert (pcm.read_bytes().count(0) < pcm.stat().st_size) is is_second


def test_of_surround_sound_the_dialogue_is_loudest(tmp_path: Path) -> None:
    """It is in the centre; of the bass channel nothing is kept."""
    av = pytest.importorskip("av")
    levels = {}
    for channel, name in enumerate(("left", "right", "centre", "bass", "behind left", "behind right")):
        path, pcm = tmp_path / "media", tmp_path / "pcm"
        with av.open(str(path), "w", format="wav") as output:
            stream = output.add_stream("pcm_s16le", rate=16_000, layout="5.1")
            output.mux(packets(stream, [surround(av, channel)]))  # type: ignore[arg-type]
        audio.decode(path, pcm, max_seconds=60, deadline_seconds=60, on_tick=lambda: None)
        levels[name] = float(np.abs(np.frombuffer(pcm.read_bytes(), "<i2").astype(float)).mean())

    assert max(levels, key=lambda name: levels[name]) == "centre"
    assert levels["bass"] < levels["centre"] / 20
    assert levels["centre"] > 1_000


def surround(av: Any, channel: int) -> Any:
    """A second in which one of six channels has a tone."""
    samples = np.zeros((16_000, 6), "<i2")
    samples[:, channel] = 10_000 * np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)
    frame = av.AudioFrame(format="s16", layout="5.1", samples=16_000)
    frame.planes[0].update(samples.tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
    frame.sample_rate, frame.pts = 16_000, 0
    return frame
