"""How long the whole service takes on a short clip, against the bare engine, and how fast a long transcript opens.

    python -m bench.service [--repeat 5] [--segments 5000]

Starts the service on servers of its own, sends `assets/jfk.flac` by URL as a client would, and runs bare faster-whisper
on the same file in turn, so that a busy machine slows both.
"""

import argparse
import os
import statistics
import tempfile
import time
import urllib.request
from datetime import datetime
from pathlib import Path

import db
import runtime
from bench.engine import ROOT, bare_model, bare_transcribe, seconds
from bench.running import Api, served, service
from config import from_env
from handlers.accounts import account_by_email
from handlers.sign_in import start_session
from models import Segment, Source, Status, Transcription

SAMPLE = ROOT / "assets" / "jfk.flac"


def long_transcript(segments: int) -> tuple[str, str]:
    """A completed transcription of so many segments, put into the database, and a session to open it with."""
    with db.transaction() as session:
        account = account_by_email(session, "you@localhost")
        transcription = Transcription(
            account_id=account.id,
            source=Source.UPLOAD,
            pipeline_code="whisper-base",
            title="A long one",
            price_per_minute_microusd=5000,
            status=Status.COMPLETED,
            progress=1.0,
            duration_seconds=segments * 4.0,
            started_at=datetime.now().astimezone(),
            completed_at=datetime.now().astimezone(),
        )
        session.add(transcription)
        session.flush()
        words = ["and", "so", "it", "went", "on", "for", "a", "good", "while", "until", "it", "ended"]
        session.add_all(
            Segment(
                transcription_id=transcription.id,
                number=number,
                start=number * 4.0,
                end=number * 4.0 + 4,
                text=" ".join(words),
                speaker=f"S{number // 5 % 3 + 1}",
                words=[[number * 4 + i / 3, number * 4 + (i + 1) / 3, word, 0.9] for i, word in enumerate(words)],
            )
            for number in range(segments)
        )
        return transcription.public_id, start_session(session, account)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--segments", type=int, default=5000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        data_dir = Path(name)
        data_dir.chmod(0o711)  # The database server may run as another user, who must get through.
        with service(data_dir) as (base, key, _), served(SAMPLE.parent) as files:
            api = Api(base, key)
            bare = bare_model(data_dir / "models", model="base", threads=os.cpu_count() or 1)
            api.transcribe(f"{files}/{SAMPLE.name}")
            bare_transcribe(bare, SAMPLE)
            theirs, ours = [], []
            for _ in range(options.repeat):
                theirs.append(seconds(lambda: bare_transcribe(bare, SAMPLE)))
                ours.append(api.transcribe(f"{files}/{SAMPLE.name}"))
            print(f"clip                   {SAMPLE.name}, median of {options.repeat}, warm")
            print(f"bare faster-whisper    {statistics.median(theirs):.2f} s")
            print(f"accepted to completed  {statistics.median(ours):.2f} s")
            print(f"difference             {statistics.median(ours) - statistics.median(theirs):+.2f} s")
            runtime.wire(from_env({"DATA_DIR": name}), pool_size=1)
            public_id, token = long_transcript(options.segments)
            db.engine().dispose()
            page, size = open_page(f"{base}/transcriptions/{public_id}", token)
            print(f"page of {options.segments} segments  {page * 1000:.0f} ms, {size / 1000:.0f} kB of HTML")


def open_page(url: str, token: str) -> tuple[float, int]:
    """Median seconds and bytes of a signed-in GET."""
    from app import create_app

    app = create_app(runtime.config())
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    cookie = serializer.dumps({"_user_id": token, "_fresh": True, "_permanent": True})
    request = urllib.request.Request(url, headers={"Cookie": f"session={cookie}"})
    times, size = [], 0
    for _ in range(7):
        started = time.perf_counter()
        with urllib.request.urlopen(request) as response:
            size = len(response.read())
        times.append(time.perf_counter() - started)
    return statistics.median(times), size


if __name__ == "__main__":
    main()
