"""The engine as its callers see it: one function that turns samples into a transcript.

It holds no model, so a process that forks may import it.
"""

import logging
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from errors import TranscriptionFailed
from speech.diarization import SpeakerTurn
from speech.engines.wire import Message, from_line, segment_from_json, to_line
from speech.transcript import Segment, Transcript, in_order

TICK_SECONDS = 1.0
RETRY_SECONDS = 0.25
# The engine reports after each window of 30 s, which takes seconds on a slow machine; beyond this it hangs.
SILENT_SECONDS = 600.0

logger = logging.getLogger(__name__)


class EngineUnavailable(TranscriptionFailed):
    """The engine is not there or went away in the middle; it is restarted, so trying again helps."""

    transient = True


@dataclass(frozen=True, slots=True)
class EngineResult:
    """The transcript, the name of the model that made it, and how long it worked."""

    transcript: Transcript
    model: str
    engine_seconds: float


def transcribe(
    socket_path: Path,
    pcm: Path,
    *,
    channel: int | None = None,
    span: tuple[int, int] | None = None,
    language: str | None,
    vocabulary: Sequence[str],
    on_tick: Callable[[], None],
    on_segments: Callable[[tuple[Segment, ...]], None],
    on_progress: Callable[[float, float], None],
    connect_seconds: float = 30.0,
) -> EngineResult:
    """What the engine at `socket_path` hears in `pcm` (16 kHz mono s16le), or on one `channel` of two in turn.

    Of a `span`, the first sample and the one after the last, it hears only that: times are those of the whole
    recording, progress is that in the span.
    `on_tick` is called at least every second, also while the engine starts or works for others; what it raises ends
    the work and rises. `on_segments` gets new segments in time order, `on_progress` the seconds done and in all.
    Raises EngineUnavailable (transient) where the engine is not reached within `connect_seconds`, is cut off or
    silent for ten minutes, and TranscriptionFailed where it reports a failure.
    """
    request = {
        "type": "transcribe",
        "pcm": str(pcm.resolve()),
        "channel": channel,
        "span": span,
        "language": language,
        "vocabulary": list(vocabulary),
    }
    segments: list[Segment] = []

    def keep(fresh: tuple[Segment, ...]) -> None:
        segments.extend(fresh)
        on_segments(fresh)

    done = _answer(
        socket_path, request, "done", connect_seconds, on_tick=on_tick, on_progress=on_progress, on_segments=keep
    )
    return _result(done, segments)


@dataclass(frozen=True, slots=True)
class Plan:
    """The chunks of a recording, each as its first sample and the one after its last, and what is spoken in it."""

    spans: tuple[tuple[int, int], ...]
    language: str | None


def plan(
    socket_path: Path,
    pcm: Path,
    *,
    channel: int | None = None,
    chunk_seconds: float,
    detect: bool,
    on_tick: Callable[[], None],
    connect_seconds: float = 30.0,
) -> Plan:
    """How to cut `pcm`, or one `channel` of it, into chunks of about `chunk_seconds`: in pauses, as far as there are.

    What is no longer than two of them stays whole. With `detect` its language is found too, None where nobody speaks.
    Raises as `transcribe` does.
    """
    request = {
        "type": "plan",
        "pcm": str(pcm.resolve()),
        "channel": channel,
        "chunk_seconds": chunk_seconds,
        "detect": detect,
    }
    found = _answer(socket_path, request, "plan", connect_seconds, on_tick=on_tick)
    return Plan(tuple((first, after) for first, after in found["spans"]), found["language"])


def take_voices(
    socket_path: Path,
    pcm: Path,
    *,
    span: tuple[int, int] | None = None,
    target: Path,
    on_tick: Callable[[], None],
    on_progress: Callable[[float, float], None],
    connect_seconds: float = 30.0,
) -> None:
    """Have the engine hear the voices of `pcm` and write what `speaker_turns` needs of them to the file `target`.

    `span` names the first sample to hear, a multiple of 270, and the one after the last; a span that others follow has
    ten seconds at least. Callbacks and errors are those of `transcribe`.
    """
    request = {"type": "voices", "pcm": str(pcm.resolve()), "span": span, "target": str(target.resolve())}
    _answer(socket_path, request, "voices", connect_seconds, on_tick=on_tick, on_progress=on_progress)


def speaker_turns(
    socket_path: Path,
    voices: Sequence[tuple[int, Path]],
    *,
    speakers_expected: int | None,
    on_tick: Callable[[], None],
    connect_seconds: float = 30.0,
) -> list[SpeakerTurn]:
    """Who speaks when in a recording: turns in time order, speakers S1, S2, … in order of appearance.

    `voices` are the files of `take_voices`, each with the first sample of its span, in order. There are at most
    `speakers_expected` speakers; None lets their number be found. `on_tick` and errors are those of `transcribe`.
    """
    files = [[first, str(path.resolve())] for first, path in voices]
    request = {"type": "speakers", "voices": files, "speakers_expected": speakers_expected}
    found = _answer(socket_path, request, "speakers", connect_seconds, on_tick=on_tick)
    return [SpeakerTurn(*turn) for turn in found["turns"]]


def speech_spans(
    socket_path: Path, pcm: Path, *, on_tick: Callable[[], None], connect_seconds: float = 30.0
) -> list[tuple[float, float]]:
    """Where somebody speaks in `pcm`: (start, end) in seconds, in time order. Raises as `transcribe` does."""
    request = {"type": "speech", "pcm": str(pcm.resolve())}
    found = _answer(socket_path, request, "speech", connect_seconds, on_tick=on_tick)
    return [(start, end) for start, end in found["spans"]]


def ping(socket_path: Path, *, timeout_seconds: float = 5.0) -> Message:
    """What the engine says of itself: model, device, threads, pid, loaded_seconds. Raises EngineUnavailable."""
    deadline = time.monotonic() + timeout_seconds

    def give_up() -> None:
        if time.monotonic() > deadline:
            raise EngineUnavailable()

    with _connected(socket_path, timeout_seconds, give_up) as connection:
        for message in _exchange(connection, {"type": "ping"}, give_up):
            return message
    raise EngineUnavailable()


def _answer(
    socket_path: Path,
    request: Message,
    kind: str,
    connect_seconds: float,
    *,
    on_tick: Callable[[], None],
    on_progress: Callable[[float, float], None] = lambda done, total: None,
    on_segments: Callable[[tuple[Segment, ...]], None] = lambda segments: None,
) -> Message:
    """The message of this `kind` that ends the request; progress and segments before it are handed on.

    Raises EngineUnavailable and TranscriptionFailed, as `transcribe` says.
    """
    with _connected(socket_path, connect_seconds, on_tick) as connection:
        for message in _exchange(connection, request, on_tick):
            match message["type"]:
                case "segments":
                    on_segments(tuple(map(segment_from_json, message["segments"])))
                case "progress":
                    on_progress(message["done_seconds"], message["total_seconds"])
                case "error":
                    raise _failure(message)
                case answered if answered == kind:
                    return message
    raise EngineUnavailable()


def _connected(path: Path, connect_seconds: float, on_tick: Callable[[], None]) -> socket.socket:
    deadline = time.monotonic() + connect_seconds
    next_tick = time.monotonic() + TICK_SECONDS
    while True:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(str(path))
        except OSError as error:
            connection.close()
            if time.monotonic() >= deadline:
                raise EngineUnavailable() from error
        else:
            return connection
        time.sleep(RETRY_SECONDS)
        if time.monotonic() >= next_tick:
            on_tick()
            next_tick = time.monotonic() + TICK_SECONDS


def _exchange(connection: socket.socket, request: Message, on_tick: Callable[[], None]) -> Iterator[Message]:
    """The engine's messages until it hangs up."""
    connection.settimeout(TICK_SECONDS)
    unread = b""
    next_tick = time.monotonic() + TICK_SECONDS
    heard = time.monotonic()
    try:
        connection.sendall(to_line(request))
        while time.monotonic() < heard + SILENT_SECONDS:
            connection.settimeout(max(0.01, next_tick - time.monotonic()))
            try:
                block = connection.recv(65_536)
            except TimeoutError:
                block = None
            if time.monotonic() >= next_tick:
                on_tick()
                next_tick = time.monotonic() + TICK_SECONDS
            if block is None:
                continue
            if not block:
                return
            heard = time.monotonic()
            *lines, unread = (unread + block).split(b"\n")
            yield from map(from_line, lines)
    except (ConnectionError, ValueError) as error:
        raise EngineUnavailable() from error


def _failure(message: Message) -> TranscriptionFailed:
    logger.error("engine: %s: %s", message.get("code"), message.get("message"))
    return TranscriptionFailed()


def _result(message: Message, segments: list[Segment]) -> EngineResult:
    transcript = Transcript(
        # What passed for speech and came to no words tells no language either.
        language=message["language"] if segments else None,
        duration_seconds=message["duration_seconds"],
        speech_seconds=message["speech_seconds"],
        segments=in_order(segments, message["duration_seconds"]),
        transcribed_seconds=message["transcribed_seconds"],
    )
    return EngineResult(transcript=transcript, model=message["model"], engine_seconds=message["engine_seconds"])
