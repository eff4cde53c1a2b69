"""An engine that hears any part of one long recording, and lets a test hold back the answer to each request."""

import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from speech.audio import SAMPLE_RATE
from speech.engines.wire import segment_to_json
from speech.transcript import Segment, Word
from tests.jobs.scripted_engine import ScriptedEngine, say

SECONDS = 7200
CHUNKS = 12
CHUNK_SECONDS = SECONDS // CHUNKS
SENTENCE_SECONDS = 30


class SpanEngine(ScriptedEngine):
    """Cuts into twelve chunks, and hears a sentence every half a minute, one speaker's in each of the two hours.

    `before` is called with each request for a transcription, and may wait, or raise OSError to hang up;
    `before_the_rest` once the first sentence was told, `before_voices` with each request for voices.
    `joined` are the voices that speakers were told apart by, each with its first sample.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.before: Callable[[dict[str, Any]], None] = lambda request: None
        self.before_the_rest: Callable[[dict[str, Any]], None] = lambda request: None
        self.before_voices: Callable[[dict[str, Any]], None] = lambda request: None
        self.joined: list[tuple[int, str]] = []

    def answer(self, request: dict[str, Any], connection: socket.socket) -> None:
        match request["type"]:
            case "plan":
                spans = [
                    (number * samples(CHUNK_SECONDS), (number + 1) * samples(CHUNK_SECONDS)) for number in range(CHUNKS)
                ]
                say(connection, {"type": "plan", "spans": spans, "language": "de" if request["detect"] else None})
            case "transcribe":
                self.before(request)
                self._hear(request, connection)
            case "voices":
                self.before_voices(request)
                Path(request["target"]).write_text(f"voices of {number(request)}")
                say(connection, {"type": "voices"})
            case "speakers":
                self.joined = [(first, Path(path).read_text()) for first, path in request["voices"]]
                say(connection, {"type": "speakers", "turns": [[0.0, 3600.0, "S1"], [3600.0, SECONDS, "S2"]]})
            case _:
                super().answer(request, connection)

    def transcribed(self) -> list[int | None]:
        """The numbers of the chunks that were asked for, in that order; None of a whole recording."""
        return [number(request) for request in self.requests if request["type"] == "transcribe"]

    def _hear(self, request: dict[str, Any], connection: socket.socket) -> None:
        first, after = (edge // SAMPLE_RATE for edge in request["span"] or (0, samples(SECONDS)))
        found = sentences(first, after, request["channel"])
        seconds = after - first
        for segment in found:
            done = {"done_seconds": segment.end - first, "total_seconds": seconds}
            say(connection, {"type": "segments", "segments": [segment_to_json(segment)]}, {"type": "progress", **done})
            if segment is found[0]:
                self.before_the_rest(request)
        end = {"language": request["language"], "duration_seconds": SECONDS, "engine_seconds": float(seconds)}
        spoken = {"speech_seconds": float(seconds), "transcribed_seconds": float(seconds)}
        say(connection, {"type": "done", "model": "base", **end, **spoken})


class Held:
    """Keeps the requests for some chunks waiting until they are let go."""

    def __init__(self, *numbers: int | None) -> None:
        self._gates = {number: threading.Event() for number in numbers}
        self.asked: list[int | None] = []

    def __call__(self, request: dict[str, Any]) -> None:
        self.asked.append(number(request))
        if number(request) in self._gates:
            self._gates[number(request)].wait(60)

    def let_go(self, *numbers: int | None) -> None:
        for number in numbers or self._gates:
            self._gates[number].set()


def sentences(first: int, after: int, channel: int | None = None) -> list[Segment]:
    """What is said between these seconds; who answers on the right comes in ten seconds later."""
    late = 10 if channel == 1 else 0
    who = {None: "", 0: "left ", 1: "right "}[channel]
    return [_sentence(start + late, f"{who}{start}") for start in range(first, after, SENTENCE_SECONDS)]


def samples(seconds: int) -> int:
    return seconds * SAMPLE_RATE


def number(request: dict[str, Any]) -> int | None:
    return None if request["span"] is None else int(request["span"][0] // samples(CHUNK_SECONDS))


def _sentence(start: int, said: str) -> Segment:
    words = (Word(float(start), start + 2.0, "At", 0.9), Word(start + 2.0, start + 5.0, f"{said}.", 0.9))
    return Segment(float(start), start + 5.0, f"At {said}.", words)
