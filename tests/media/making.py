"""Media files made from the sample recording: in any container, whole or with one fault each."""

import array
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

CLIP = Path(__file__).parents[2] / "assets" / "jfk.flac"
CLIP_SECONDS = 11.0


def encoded(
    path: Path,
    container: str,
    codec: str | None,
    *,
    rate: int = 16_000,
    layout: str = "mono",
    bit_rate: int | None = 64_000,
    picture: bool = False,
    start: float = 0.0,
    pause: float = 0.0,
    experimental: bool = False,
    **options: str,
) -> Path:
    """The clip in `container`, its first sound at `start`, with `pause` seconds of nothing half way.

    `options` are FFmpeg's for the container.
    """
    av = pytest.importorskip("av")
    with av.open(str(path), "w", format=container, options=options) as output:
        video = picture_stream(output) if picture else None
        audio = output.add_stream(codec, rate=rate, layout=layout) if codec else None
        if audio is not None and bit_rate:
            audio.bit_rate = bit_rate
        if audio is not None and experimental:
            audio.codec_context.options = {"strict": "experimental"}
        if video is not None:
            output.mux(packets(video, pictures(av)))
        if audio is not None:
            output.mux(packets(audio, clip_frames(av, audio, start=start, pause=pause)))
    return path


def clip_frames(av: Any, stream: Any, *, start: float = 0.0, pause: float = 0.0) -> Iterator[Any]:
    """The clip as the stream's encoder takes it."""
    context = stream.codec_context
    resampler = av.AudioResampler(format=context.format, layout=context.layout, rate=stream.rate)
    position = 0
    with av.open(str(CLIP)) as source:
        for frame in [*source.decode(audio=0), None]:
            for ready in resampler.resample(frame):
                late = pause if position / stream.rate >= CLIP_SECONDS / 2 else 0.0
                ready.time_base = Fraction(1, stream.rate)
                ready.pts = position + round((start + late) * stream.rate)
                position += ready.samples
                yield ready


def packets(stream: Any, frames: Iterator[Any]) -> list[Any]:
    return [packet for frame in (*frames, None) for packet in stream.encode(frame)]


def picture_stream(output: Any) -> Any:
    stream = output.add_stream("mpeg4", rate=10)
    stream.width = stream.height = 32
    stream.pix_fmt = "yuv420p"
    return stream


def pictures(av: Any, seconds: float = CLIP_SECONDS) -> Iterator[Any]:
    for number in range(round(seconds * 10)):
        frame = av.VideoFrame(32, 32, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.time_base, frame.pts = Fraction(1, 10), number
        yield frame


def sound(av: Any, samples: Any, *, rate: int = 16_000, layout: str = "mono", at: float = 0.0) -> Iterator[Any]:
    """Frames of `samples`: int16, one row for each moment, one column for each channel."""
    for position in range(0, len(samples), 1024):
        block = samples[position : position + 1024]
        frame = av.AudioFrame(format="s16", layout=layout, samples=len(block))
        frame.planes[0].update(block.astype("<i2").tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
        frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
        frame.pts = position + round(at * rate)
        yield frame


def samples_of(pcm: Path) -> "array.array[int]":
    return array.array("h", pcm.read_bytes())
