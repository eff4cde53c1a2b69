"""Recordings made on the spot: tones and silence in any container, with or without a picture."""

import array
import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

RATE = 16_000


@pytest.fixture
def record(tmp_path: Path) -> Callable[..., Path]:
    """`record("mp3", "libmp3lame", seconds=1.0)` gives the path of a tone in that container."""
    av = pytest.importorskip("av")

    def make(
        container: str,
        codec: str | None,
        *,
        seconds: float = 1.0,
        rate: int = RATE,
        silent: bool = False,
        start: float = 0.0,
        picture: bool = False,
        name: str | None = None,
    ) -> Path:
        path = tmp_path / (name or f"recording.{container}.{codec}")
        with av.open(str(path), "w", format=container) as output:
            video = picture_stream(output) if picture else None
            audio = output.add_stream(codec, rate=rate, layout="mono") if codec else None
            if audio is not None:
                audio.bit_rate = 12_200 if container == "amr" else 64_000
            if video is not None:
                output.mux(encode_all(video, pictures(av)))
            if audio is not None:
                output.mux(encode_all(audio, tone(av, seconds, rate, silent=silent, start=start)))
        return path

    return make


def encode_all(stream: Any, frames: Iterator[Any]) -> list[Any]:
    return [packet for frame in (*frames, None) for packet in stream.encode(frame)]


def tone(av: Any, seconds: float, rate: int, *, silent: bool, start: float) -> Iterator[Any]:
    total, block = round(seconds * rate), 1000
    for position in range(0, total, block):
        size = min(block, total - position)
        turn = 0.0 if silent else 2 * math.pi * 440 / rate
        samples = (int(8000 * math.sin(turn * (position + i))) for i in range(size))
        frame = av.AudioFrame(format="s16", layout="mono", samples=size)
        frame.planes[0].update(array.array("h", samples).tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
        frame.sample_rate = rate
        frame.time_base = Fraction(1, rate)
        frame.pts = round(start * rate) + position
        yield frame


def picture_stream(output: Any) -> Any:
    stream = output.add_stream("mpeg4", rate=10)
    stream.width = stream.height = 32
    stream.pix_fmt = "yuv420p"
    return stream


def pictures(av: Any) -> Iterator[Any]:
    for number in range(40):
        frame = av.VideoFrame(32, 32, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.time_base, frame.pts = Fraction(1, 10), number
        yield frame
