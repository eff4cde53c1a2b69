"""How long it takes to tell whose turn it is, and a place in line, however many wait.

    python -m bench.lines [--repeat 50]

Runs on a PostgreSQL of its own; the CPU is that of the database, per query, since others may use the cores meanwhile.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.orm import Session

import db
import migrations
import runtime
from bench.cpu import cpu_seconds
from config import from_env
from handlers import lines
from handlers.accounts import create_account
from jobs.queues import QueueName
from models import Account, Transcription
from processes.embedded import running

FETCH = QueueName.FETCH
CROWD = """
INSERT INTO transcriptions (public_id, account_id, source, url, pipeline_code, language_requested, diarize, vocabulary,
    title, title_given, metadata, speaker_names, status, stage, progress, warnings, crashes, tries,
    price_per_minute_microusd, due_at)
SELECT 'tr_' || :account_id || 'c' || i, :account_id, 'external_url', 'https://example.com/talk.mp3', 'whisper-base',
    'auto', true, '[]', 'talk.mp3', false, '{}', '{}', 'processing', 'fetching', 0, '[]', 0, 0, 5000,
    now() - interval '1 hour' + i * interval '1 millisecond'
FROM generate_series(1, :many) AS i
"""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=50)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="transcribe-bench-") as name:
        data_dir = Path(name)
        data_dir.chmod(0o711)  # The database server is not root.
        with running(data_dir):
            runtime.wire(from_env({"DATA_DIR": name, "SECRET_KEY": "bench"}))
            migrations.upgrade(db.engine())
            try:
                print(f"{'waiting':48} {'':18} ms, median   CPU of the database, ms")
                for accounts, each in ((1, 1), (1, 5000), (2, 5000), (10, 500), (200, 5), (1000, 5)):
                    measure(accounts, each, options.repeat)
            finally:
                db.engine().dispose()


def measure(accounts: int, each: int, repeat: int) -> None:
    """Print what it takes with so many accounts that have so many waiting each, beside one that has one."""
    with db.transaction() as session:
        session.execute(text("TRUNCATE transcriptions CASCADE"))
        mine, *others = (_account(session, f"{accounts}-{each}-{number}") for number in range(accounts + 1))
        for account in others:
            session.execute(text(CROWD), {"account_id": account.id, "many": each})
        session.execute(text(CROWD), {"account_id": mine.id, "many": 1})
        session.execute(text("ANALYZE transcriptions"))
    with Session(db.engine()) as session:
        one = session.scalars(select(Transcription).where(Transcription.account_id == mine.id)).one()
        backend = int(session.execute(text("SELECT pg_backend_pid()")).scalar_one())
        crowd = f"{accounts} accounts with {each} each, and one with 1"
        for what, act in (
            ("whose turn", lambda: lines.next_in_line(session, FETCH)),
            ("the place of that", lambda: lines.note_positions(session, [one])),
        ):
            milliseconds, cpu = _timed(act, backend, repeat)
            print(f"{crowd:48} {what:18} {milliseconds:8.2f}     {cpu:8.2f}", flush=True)


def _account(session: Session, name: str) -> Account:
    account = create_account(session, email=f"{name}@example.com", password=None)
    session.flush()
    return account


def _timed(act: Callable[[], object], backend: int, repeat: int) -> tuple[float, float]:
    times = []
    for _ in range(10):
        act()
    before = cpu_seconds(backend)
    for _ in range(repeat):
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return 1e3 * statistics.median(times), 1e3 * (cpu_seconds(backend) - before) / repeat


if __name__ == "__main__":
    main()
