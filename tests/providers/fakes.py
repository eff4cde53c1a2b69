"""A notebook in memory, a recording made on the fly, and a script of what is said in it: for every provider's tests."""

import json
import threading
import wave
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from speech.providers.provider import Recording, State

RATE = 16_000


@dataclass(frozen=True, slots=True)
class Line:
    """What is said in start..end seconds of a recording, and by whom."""

    start: float
    end: float
    speaker: str
    text: str


class TakenOver(Exception):
    """The transcription is canceled, or another job's."""


@dataclass
class Notebook:
    """A notebook that remembers the order of things in `timeline`: its own ("keep", changes) and ("tick", done), and
    whatever a stand-in adds to it.

    `written` is what a job after a crash would find. From `lose_after_ticks` ticks or `lose_after_keeps` keeps on it
    raises TakenOver.
    """

    written: dict[str, Any] = field(default_factory=dict)
    timeline: list[tuple[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    done: list[float] = field(default_factory=list)
    lose_after_ticks: int | None = None
    lose_after_keeps: int | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def state(self) -> State:
        return MappingProxyType(self.written)

    def keep(self, **changes: Any) -> None:
        if self.lose_after_keeps is not None and len(self.kept) >= self.lose_after_keeps:
            raise TakenOver
        # Through JSON, as the real one: what does not survive it must fail here.
        changes = json.loads(json.dumps(changes, allow_nan=False))
        self.add("keep", changes)
        self.written.update(changes)

    def keep_file(self, name: str, content: bytes) -> None:
        self.add("keep_file", name)
        self.files[name] = bytes(content)

    def kept_file(self, name: str) -> bytes | None:
        return self.files.get(name)

    def tick(self, done: float | None = None) -> None:
        if self.lose_after_ticks is not None and self.ticks >= self.lose_after_ticks:
            raise TakenOver
        assert done is None or 0 <= done <= 1
        self.add("tick", done)
        if done is not None:
            self.done.append(done)

    def add(self, what: str, detail: Any) -> None:
        with self._lock:
            self.timeline.append((what, detail))

    @property
    def kept(self) -> list[dict[str, Any]]:
        return [detail for what, detail in self.timeline if what == "keep"]

    @property
    def ticks(self) -> int:
        return sum(what == "tick" for what, _ in self.timeline)

    def without_ticks(self) -> list[tuple[str, Any]]:
        return [entry for entry in self.timeline if entry[0] != "tick"]


def make_recording(
    folder: Path,
    *,
    seconds: float = 3.0,
    address: Callable[[], str] | None = None,
    speech: Sequence[tuple[float, float]] | None = None,
    name: str = "recording.wav",
    spoken: Iterable[Line] = (),
) -> Recording:
    """A WAV of a soft tone, different at every moment, so that a part of it can be found again; loud where `spoken`."""
    lines = list(spoken)
    pcm = _tone(seconds, lines)
    media, raw = folder / name, folder / f"{name}.pcm"
    raw.write_bytes(pcm)
    with wave.open(str(media), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(pcm)
    stretches = tuple(speech) if speech is not None else tuple((line.start, line.end) for line in lines)
    stretches = stretches or ((0.0, seconds),)
    return Recording(
        media=media,
        content_type="audio/wav",
        size_bytes=media.stat().st_size,
        pcm=raw,
        duration_seconds=len(pcm) / 2 / RATE,
        address=address,
        speech=lambda: stretches,
    )


def _tone(seconds: float, lines: Sequence[Line]) -> bytes:
    """A rising tone: the frequency at a moment tells which moment it is."""
    at = np.arange(round(seconds * RATE)) / RATE
    loudness = np.full(len(at), 1000.0)
    for line in lines:
        loudness[(at >= line.start) & (at < line.end)] = 8000.0
    return (loudness * np.sin(2 * np.pi * (200 + 5 * at) * at)).astype("<i2").tobytes()
