"""The engine process: one model kept warm behind a unix socket.

    python -m speech.engines.host --socket PATH --model base --cache DIR [--device cpu] [--compute-type int8]

It answers once the model is loaded and has run, transcribes one recording at a time in the order of arrival, and stops
working for a client that hangs up. Beside that it hears voices and tells speakers apart, also for one client at a time,
with networks loaded when first needed. While a model is downloaded it listens already, so that clients wait for it.
What keeps it from working it says in one line, and ends with status 78 (EX_CONFIG). SIGTERM and SIGINT end it at once,
whatever it is doing. What is said over the socket is in `speech.engines.wire`.
"""

import argparse
import ctypes
import json
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from logs import configure_logging
from speech.engines.devices import COMPUTE_TYPES, DEVICES, choose_device
from speech.engines.refusals import CannotStart
from speech.engines.turns import Turns
from speech.engines.weights import resolve_model
from speech.engines.wire import MAX_LINE_BYTES, Message, from_line, segment_to_json, to_line
from speech.transcript import Segment, later

if TYPE_CHECKING:
    from speech.engines.speakers.networks import Networks
    from speech.engines.whisper import Whisper

SEND_SECONDS = 30.0
M_ARENA_MAX = -8  # malloc.h
# A client has this long to say what it wants.
REQUEST_SECONDS = 10.0

logger = logging.getLogger("speech.engines.host")


class ClientGone(Exception):
    """The client hung up, or stopped reading: nobody waits for the rest."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What the engine says of itself to a ping."""

    model: str
    device: str
    threads: int
    pid: int
    loaded_seconds: float


class Connection:
    """One client's socket, spoken to in messages."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client

    def request(self) -> Message:
        """The client's one request. Raises ClientGone, and ValueError where it is not one."""
        self._client.settimeout(REQUEST_SECONDS)
        try:
            with self._client.makefile("rb") as lines:
                line = lines.readline(MAX_LINE_BYTES)
        except OSError as error:
            raise ClientGone() from error
        if not line:
            raise ClientGone()
        return from_line(line)

    def send(self, kind: str, **fields: object) -> None:
        self._client.settimeout(SEND_SECONDS)
        try:
            self._client.sendall(to_line({"type": kind, **fields}))
        except OSError as error:
            raise ClientGone() from error

    def send_progress(self, done_seconds: float, total_seconds: float) -> None:
        self.send("progress", done_seconds=done_seconds, total_seconds=total_seconds)

    def check(self) -> None:
        """Raise ClientGone where the client has hung up."""
        self._client.settimeout(0)
        try:
            if self._client.recv(1, socket.MSG_PEEK) == b"":
                raise ClientGone()
        except BlockingIOError:
            pass
        except OSError as error:
            raise ClientGone() from error


class Host:
    """Answers connections, each in a thread of its own; the engine works for one at a time."""

    def __init__(self, engine: "Whisper", identity: Identity) -> None:
        self._engine = engine
        self._identity = identity
        self._turns = Turns()
        self._networks: Networks | None = None
        self._speaker_turns = Turns()
        self._detector = threading.Lock()

    def serve(self, listening: socket.socket) -> None:
        while True:
            client, _ = listening.accept()
            threading.Thread(target=self._answer, args=(client,), daemon=True).start()

    def _answer(self, client: socket.socket) -> None:
        with client:
            connection = Connection(client)
            try:
                self._answer_request(connection, connection.request())
            except ClientGone:
                logger.info("client gone")
            except (ValueError, KeyError, TypeError) as error:
                _report(connection, "bad_request", error)
            except Exception as error:
                _report(connection, "transcription_failed", error)

    def _answer_request(self, connection: Connection, request: Message) -> None:
        match request["type"]:
            case "ping":
                connection.send("pong", **asdict(self._identity))
            case "speech":
                self._find_speech(connection, Path(request["pcm"]))
            case "voices":
                with self._speaker_turns.turn(lambda place: _keep_waiting(connection, place)):
                    self._take_voices(connection, Path(request["pcm"]), request["span"], Path(request["target"]))
            case "speakers":
                with self._speaker_turns.turn(lambda place: _keep_waiting(connection, place)):
                    self._find_speakers(connection, request["voices"], request["speakers_expected"])
            case "plan":
                with self._turns.turn(lambda place: _keep_waiting(connection, place)):
                    self._plan(connection, request)
            case "transcribe":
                with self._turns.turn(lambda place: _keep_waiting(connection, place)):
                    self._transcribe(connection, request)
            case _:
                raise ValueError("type is ping, speech, voices, speakers, plan or transcribe")

    def _find_speech(self, connection: Connection, pcm: Path) -> None:
        from speech.engines.pieces import open_samples, speech_spans

        spans: list[tuple[float, float]] = []
        # Beside the transcriptions and not in their queue: it is quick and touches no model of theirs.
        with self._detector:
            for found in speech_spans(open_samples(pcm)):
                connection.check()
                spans += found
        connection.send("speech", spans=spans)

    def _take_voices(self, connection: Connection, pcm: Path, span: tuple[int, int] | None, target: Path) -> None:
        from speech.engines.speakers import voices
        from speech.engines.speakers.listening import listen
        from speech.engines.speakers.networks import Networks
        from speech.engines.speakers.spans import span_of

        started = time.monotonic()
        self._networks = self._networks or Networks()
        heard = listen(
            span_of(pcm, span),
            self._networks,
            threads=self._identity.threads,
            on_progress=connection.send_progress,
            check=connection.check,
        )
        voices.save(heard, target)
        connection.send("voices")
        logger.info("heard the voices of %.1f s in %.1f s", heard.seconds, time.monotonic() - started)

    def _find_speakers(
        self, connection: Connection, files: list[tuple[int, str]], speakers_expected: int | None
    ) -> None:
        from speech.engines.speakers import voices
        from speech.engines.speakers.turns import find_turns

        started = time.monotonic()
        heard = voices.joined([(first, voices.load(Path(name))) for first, name in files])
        turns = find_turns(heard, speakers_expected=speakers_expected)
        connection.send("speakers", turns=[[turn.start, turn.end, turn.speaker] for turn in turns])
        logger.info("found %d speaker turns in %.1f s", len(turns), time.monotonic() - started)

    def _plan(self, connection: Connection, request: Message) -> None:
        from speech.engines.cuts import chunk_count, cuts
        from speech.engines.pieces import open_samples

        samples = open_samples(Path(request["pcm"]), request["channel"])
        count = chunk_count(len(samples), chunk_seconds=request["chunk_seconds"])
        places = list(cuts(samples, count, check=connection.check))
        language = self._engine.language(samples) if request["detect"] else None
        edges = [0, *places, len(samples)]
        connection.send("plan", spans=list(pairwise(edges)), language=language)

    def _transcribe(self, connection: Connection, request: Message) -> None:
        from speech.audio import SAMPLE_RATE
        from speech.engines.pieces import open_samples

        samples = open_samples(Path(request["pcm"]), request.get("channel"))
        first, after = request.get("span") or (0, len(samples))

        def on_segment(segment: Segment) -> None:
            connection.send("segments", segments=[segment_to_json(later(segment, first / SAMPLE_RATE))])

        started = time.monotonic()
        heard = self._engine.transcribe(
            samples[first:after],
            language=request["language"],
            vocabulary=request["vocabulary"],
            on_segment=on_segment,
            on_progress=connection.send_progress,
            check=connection.check,
        )
        engine_seconds = round(time.monotonic() - started, 3)
        # Of the whole recording, since that is what the times of segments are.
        told = {**asdict(heard), "duration_seconds": len(samples) / SAMPLE_RATE}
        connection.send("done", model=self._identity.model, engine_seconds=engine_seconds, **told)
        logger.info("transcribed %.1f s in %.1f s", heard.duration_seconds, engine_seconds)


def main(arguments: Sequence[str] | None = None) -> None:
    # OpenMP's idle threads otherwise spin, and starve whoever shares the cores; read once, when CTranslate2 loads it.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    _share_one_heap()
    options = _options(arguments)
    configure_logging(os.environ.get("LOG_FORMAT") or "json")
    with ExitStack() as until_the_end:
        door = cache(lambda: until_the_end.enter_context(_listen(options.socket)))
        try:
            engine, identity = _load(options, before_download=door)
        except CannotStart as error:
            logger.error("%s", error)
            sys.exit(os.EX_CONFIG)
        listening = door()
        logger.info("ready: %s", json.dumps(asdict(identity)))
        Host(engine, identity).serve(listening)


def _share_one_heap() -> None:
    """Have all threads allocate from one heap: with one each, what lanes free stays theirs, half a gigabyte in all."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # glibc's
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 1)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m speech.engines.host")
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--model", default="base", help="a Whisper model's name, or the folder that holds one")
    parser.add_argument("--cache", type=Path, required=True, help="where models are kept")
    parser.add_argument("--device", default="cpu", choices=DEVICES)
    parser.add_argument("--compute-type", choices=COMPUTE_TYPES, help="int8 on the processor, float16 on a GPU")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    return parser.parse_args(arguments)


def _load(options: argparse.Namespace, *, before_download: Callable[[], object]) -> "tuple[Whisper, Identity]":
    from speech.engines.whisper import Whisper

    device, compute_type = choose_device(options.device, options.compute_type)
    model = resolve_model(options.model, options.cache, before_download=before_download)
    started = time.monotonic()
    engine = Whisper(model, device=device, compute_type=compute_type, cpu_threads=options.threads)
    engine.warm_up()
    loaded_seconds = round(time.monotonic() - started, 3)
    return engine, Identity(options.model, device, options.threads, os.getpid(), loaded_seconds)


def _listen(path: Path) -> socket.socket:
    """A socket at `path` for this user only, in the place of one that a dead engine left behind; gone at a signal."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arriving = path.with_name(f".{path.name}.{os.getpid()}")
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    previous_mask = os.umask(0o177)
    try:
        listening.bind(str(arriving))
    finally:
        os.umask(previous_mask)
    # Whoever comes while a model is downloaded waits here.
    listening.listen(socket.SOMAXCONN)
    # Renamed only now: whoever finds the socket can connect to it.
    arriving.replace(path)
    _end_on_signals(path)
    return listening


def _end_on_signals(path: Path) -> None:
    def end(signal_number: int, frame: FrameType | None) -> None:
        path.unlink(missing_ok=True)
        # Decoding runs in another thread, inside native code that cannot be interrupted.
        os._exit(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)


def _keep_waiting(connection: Connection, place: int) -> None:
    connection.check()
    connection.send("waiting", place=place)


def _report(connection: Connection, code: str, error: Exception) -> None:
    logger.error("%s", code, exc_info=error)
    try:
        connection.send("error", code=code, message=repr(error)[:500])
    except ClientGone:
        logger.info("client gone before it could be told")


if __name__ == "__main__":
    main()
