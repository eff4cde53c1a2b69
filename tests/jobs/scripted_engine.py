"""An engine that says what a test tells it to, at the socket where the service looks for the real one."""

import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from speech.engines.wire import from_line, segment_to_json, to_line
from speech.transcript import Segment

HEARD = (Segment(0.0, 2.0, "Hello there."), Segment(2.0, 3.0, "Bye."))
Script = Callable[["ScriptedEngine", socket.socket], None]


class ScriptedEngine:
    """Answers by `script`, when asked for voices or speakers by `speakers_script`; `requests` holds what was asked."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.requests: list[dict[str, Any]] = []
        self.script: Script = hears(*HEARD)
        self.speakers_script: Script = tells_apart
        self.asked = threading.Event()
        self.go_on = threading.Event()
        self._listening = socket.socket(socket.AF_UNIX)
        path.unlink(missing_ok=True)
        self._listening.bind(str(path))
        self._listening.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self.go_on.set()
        # shutdown, since a close alone leaves the thread in accept().
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            request = from_line(lines.readline())
            self.requests.append(request)
            self.asked.set()
            try:
                self.answer(request, connection)
            except OSError:
                return  # The client hung up, as some tests want it to.

    def answer(self, request: dict[str, Any], connection: socket.socket) -> None:
        script = self.speakers_script if request["type"] in ("voices", "speakers") else self.script
        script(self, connection)


def done(*segments: Segment, speech_seconds: float = 3.0) -> dict[str, Any]:
    return {
        "type": "done",
        "model": "base",
        "language": "en" if segments else None,
        "duration_seconds": 11.0,
        "speech_seconds": speech_seconds,
        "transcribed_seconds": sum(segment.end - segment.start for segment in segments),
        "engine_seconds": 0.1,
    }


def say(connection: socket.socket, *messages: dict[str, Any]) -> None:
    for message in messages:
        connection.sendall(to_line(message))


def hears(*segments: Segment, speech_seconds: float = 3.0) -> Script:
    """All at once, and the end."""

    def script(engine: ScriptedEngine, connection: socket.socket) -> None:
        said = {"type": "segments", "segments": [segment_to_json(segment) for segment in segments]}
        say(connection, {"type": "progress", "done_seconds": 11.0, "total_seconds": 11.0}, said)
        say(connection, done(*segments, speech_seconds=speech_seconds))

    return script


def tells_apart(engine: ScriptedEngine, connection: socket.socket) -> None:
    """One speaker after the other."""
    turns = [[0.0, 2.0, "S1"], [2.0, 3.0, "S2"]]
    if engine.requests[-1]["type"] == "voices":
        say(connection, {"type": "progress", "done_seconds": 11.0, "total_seconds": 11.0}, {"type": "voices"})
    else:
        say(connection, {"type": "speakers", "turns": turns})


def pauses(engine: ScriptedEngine, connection: socket.socket) -> None:
    """The first segment, and nothing more until `go_on` is set."""
    say(connection, {"type": "segments", "segments": [segment_to_json(HEARD[0])]})
    engine.go_on.wait(30)
    say(connection, {"type": "segments", "segments": [segment_to_json(HEARD[1])]}, done(*HEARD))


def fails(engine: ScriptedEngine, connection: socket.socket) -> None:
    say(connection, {"type": "error", "code": "transcription_failed", "message": "inner details"})


def talks_nonsense(engine: ScriptedEngine, connection: socket.socket) -> None:
    say(connection, {"type": "segments", "segments": [{"start": 0.0}]})


def hangs_up(engine: ScriptedEngine, connection: socket.socket) -> None:
    return
