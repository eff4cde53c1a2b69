"""How much sooner a long recording is heard where several workers share it.

    python -m bench.sharing [--workers 1 4] [--hours 2] [--pace 200]

Starts real workers on servers of their own, and in the place of their engines one stand-in that says a sentence every
ten seconds of a recording and takes a second for each `pace` seconds of it, for each worker by itself, and for the
voices a fifth of that. So what is measured is the sharing: what it costs to cut, to claim, to store and to put
together. A real engine is slower, and the shares of these smaller.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import psutil
from sqlalchemy import func, select

import db
import migrations
import runtime
from bench.running import ROOT
from config import from_env
from handlers import accounts, processing
from handlers.processing import Fetched
from handlers.transcriptions import Details, Options, audio_key, create_transcription
from jobs.queues import live_workers
from jobs.sharing import CHUNK_SECONDS
from models import Segment, Source, Stage, Transcription
from processes.embedded import running
from speech.audio import SAMPLE_RATE
from speech.engines.wire import Message, from_line, segment_to_json, to_line
from speech.transcript import Segment as Said
from speech.transcript import Word

SENTENCE_SECONDS = 10
STEP_SECONDS = 30.0  # as far as Whisper hears at once
VOICES_SHARE = 0.2  # of the time that words take: docs/quality.md
VOICES_BYTES_PER_SECOND = 1200
PATIENCE_SECONDS = 300.0
EMAIL = "bench@localhost"


class Standin:
    """An engine that takes its time, and hears as many at once as ask."""

    def __init__(self, path: Path, samples: int, pace: float) -> None:
        self._samples, self._pace = samples, pace
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(path))
        self._listening.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=[client], daemon=True).start()

    def _answer(self, client: socket.socket) -> None:
        with client, client.makefile("rb") as lines:
            request = from_line(lines.readline())
            answers = {"plan": self._plan, "transcribe": self._hear, "voices": self._voices, "speakers": self._speakers}
            for message in answers[request["type"]](request):
                client.sendall(to_line(message))

    def _plan(self, request: Message) -> Iterator[Message]:
        count = round(self._samples / SAMPLE_RATE / request["chunk_seconds"])
        edges = [self._samples * number // count for number in range(count + 1)]
        yield {"type": "plan", "spans": list(pairwise(edges)), "language": "en"}

    def _hear(self, request: Message) -> Iterator[Message]:
        first, after = (edge / SAMPLE_RATE for edge in request["span"] or (0, self._samples))
        began, said = time.monotonic(), first
        while said < after:
            reached = min(after, said + STEP_SECONDS)
            time.sleep(max(0.0, began + (reached - first) / self._pace - time.monotonic()))
            yield {"type": "segments", "segments": [segment_to_json(each) for each in _sentences(said, reached)]}
            yield {"type": "progress", "done_seconds": reached - first, "total_seconds": after - first}
            said = reached
        yield {
            "type": "done",
            "model": "base",
            "language": "en",
            "duration_seconds": self._samples / SAMPLE_RATE,
            "speech_seconds": after - first,
            "transcribed_seconds": after - first,
            "engine_seconds": time.monotonic() - began,
        }

    def _voices(self, request: Message) -> Iterator[Message]:
        first, after = request["span"]
        seconds = (after - first) / SAMPLE_RATE
        time.sleep(VOICES_SHARE * seconds / self._pace)
        Path(request["target"]).write_bytes(os.urandom(int(VOICES_BYTES_PER_SECOND * seconds)))
        yield {"type": "voices"}

    def _speakers(self, request: Message) -> Iterator[Message]:
        seconds = self._samples / SAMPLE_RATE
        turns = [
            [start, start + SENTENCE_SECONDS, f"S{start // SENTENCE_SECONDS % 4 + 1}"]
            for start in _starts(0.0, seconds)
        ]
        yield {"type": "speakers", "turns": turns}


def _sentences(first: float, after: float) -> Iterator[Said]:
    for start in _starts(first, after):
        words = tuple(Word(start + each / 3, start + (each + 1) / 3, f"word{each}", 0.9) for each in range(25))
        yield Said(float(start), start + 9.0, " ".join(word.text for word in words), words, confidence=0.9)


def _starts(first: float, after: float) -> range:
    return range(int(first), int(after), SENTENCE_SECONDS)


@contextmanager
def workers(data_dir: Path, count: int) -> Iterator[list[psutil.Process]]:
    """So many workers of the queue, once they are there."""
    command = [sys.executable, "-m", "jobs.worker", "transcribe"]
    env = {**os.environ, "DATA_DIR": str(data_dir), "SECRET_KEY": "bench"}
    slots = [{**env, "WORKER_SLOT": f"bench.{number}"} for number in range(count)]
    started = [subprocess.Popen(command, cwd=ROOT, env=slot, stderr=subprocess.DEVNULL) for slot in slots]
    try:
        _wait(lambda: live_workers() == count)
        yield [psutil.Process(process.pid) for process in started]
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


def waiting_recording(seconds: float) -> str:
    """A recording of that length, fetched and decoded, for whom the bell has just been rung."""
    with db.transaction() as session:
        account = accounts.account_by_email(session, EMAIL)
        options, details = Options(), Details()
        url = "https://example.com/talk.flac"
        made = create_transcription(
            session, account, source=Source.EXTERNAL_URL, url=url, options=options, details=details
        )
    pcm = runtime.config().scratch_dir / "pcm"
    pcm.parent.mkdir(parents=True, exist_ok=True)
    with pcm.open("wb") as file:
        file.truncate(int(seconds * SAMPLE_RATE) * 2)
    runtime.store().put_file(audio_key(made.public_id), pcm)
    with db.transaction() as session:
        lease = processing.claim(session, made.public_id, Stage.FETCHING, "bench")
        assert lease is not None
        processing.keep_media(session, lease, Fetched(f"media/{made.public_id}", 1, "0" * 64, "talk.flac"))
        processing.hold_and_queue_recognition(
            session, lease, duration_seconds=seconds, content_type="audio/flac", truncated=False
        )
    return made.public_id


def heard_after(public_id: str) -> tuple[float, float, int]:
    """Seconds until the first segments could be read, and until all could; how many there are."""
    began, first = time.monotonic(), 0.0
    is_it = Transcription.public_id == public_id
    while time.monotonic() < began + PATIENCE_SECONDS:
        with db.transaction() as session:
            stage = session.scalar(select(Transcription.stage).where(is_it))
            its = Segment.transcription_id == select(Transcription.id).where(is_it).scalar_subquery()
            count = session.scalar(select(func.count()).where(its))
        first = first or (time.monotonic() - began if count else 0.0)
        if stage is Stage.UNDERSTANDING:
            return first, time.monotonic() - began, count or 0
        time.sleep(0.05)
    raise SystemExit("it was not heard in time")


def cpu_seconds(processes: list[psutil.Process]) -> float:
    """Of the workers and of their work-horses that have ended."""
    return sum(sum(process.cpu_times()[:4]) for process in processes)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--pace", type=float, default=200.0, help="seconds of a recording in a second of an engine")
    options = parser.parse_args(arguments)
    seconds = options.hours * 3600
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        data_dir = Path(name)
        data_dir.chmod(0o711)
        with running(data_dir):
            runtime.wire(from_env({"DATA_DIR": name, "SECRET_KEY": "bench"}), pool_size=1)
            migrations.upgrade(db.engine())
            with db.transaction() as session:
                accounts.create_account(session, email=EMAIL, password=None, top_up_microusd=100_000_000)
            engine = Standin(runtime.config().engine_socket, int(seconds * SAMPLE_RATE), options.pace)
            print(
                f"recording of {options.hours:g} h, {(1 + VOICES_SHARE) * seconds / options.pace:.1f} s of one engine, "
                f"about {CHUNK_SECONDS:.0f} s of it a chunk"
            )
            alone = 0.0
            for count in options.workers:
                with workers(data_dir, count) as processes:
                    before = cpu_seconds(processes)
                    first, whole, segments = heard_after(waiting_recording(seconds))
                    # Theirs is counted once they have ended.
                    _wait(lambda: not any(process.children() for process in processes))
                    used = cpu_seconds(processes) - before
                alone = alone or whole
                print(
                    f"{count} workers   first segments {first:.2f} s, all {segments} {whole:.2f} s, "
                    f"ratio {whole / alone:.3f}, CPU of the workers {used:.1f} s"
                )
            engine.close()
            db.engine().dispose()


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


if __name__ == "__main__":
    main()
