"""How soon webhooks arrive when a quarter of the endpoints is dead.

    python -m bench.webhooks [--events 1000] [--alive 15] [--dead 5]

Starts the service on servers of its own and a receiver in a process of its own, gives one account twenty endpoints, of
which some hang and some refuse connections, and lets a thousand transcriptions become final one after the other, each
in its own transaction. Measures until each live endpoint has had every event, and what CPU that took whom.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

import db
import runtime
from bench.running import ROOT, Api, free_port, service
from config import from_env
from handlers.accounts import account_by_email
from handlers.transcriptions import cancel_transcription
from models import Source, Transcription

WHO = {
    "worker deliver": "jobs.worker deliver",
    "receiver": "bench.receiver",
    "PostgreSQL": "postgres",
    "web": "gunicorn",
    "scheduler": "jobs.scheduler",
}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1000)
    parser.add_argument("--alive", type=int, default=15)
    parser.add_argument("--dead", type=int, default=5)
    parser.add_argument("--limit", type=float, default=300, help="seconds to wait at most")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        data_dir = Path(name)
        data_dir.chmod(0o711)
        with service(data_dir) as (base, key, supervisor), receiver() as (to, receiving):
            api = Api(base, key)
            while api.call("GET", "/transcriptions?status=processing")["data"]:
                time.sleep(0.5)  # The sample of a first start.
            add_endpoints(api, to, options.alive, options.dead)
            runtime.wire(from_env({"DATA_DIR": name, "FETCH_ALLOWED_HOSTS": "127.0.0.1"}), pool_size=1)
            waiting = wait_to_be_transcribed(options.events)
            before, began = cpu_seconds(supervisor, receiving), time.monotonic()
            end(waiting)
            written = time.monotonic() - began
            arrived = until_all_arrived(to, options.alive, options.events, began + options.limit)
            took, after = time.monotonic() - began, cpu_seconds(supervisor, receiving)
            db.engine().dispose()
    print(f"{options.events} events to {options.alive} live endpoints, beside {options.dead} dead ones")
    print(f"events written           {written:6.1f} s")
    print(f"all arrived              {took:6.1f} s, {options.alive * options.events / took:.0f} a second")
    print(f"sent more than once      {sum(count - different for count, different in arrived.values()):6}")
    for who, seconds in after.items():
        print(f"CPU of {who:<17} {seconds - before.get(who, 0.0):6.1f} s")


def add_endpoints(api: Api, to: str, alive: int, dead: int) -> None:
    """Live ones, ones that never answer, and ones that nobody listens at."""
    urls = [f"{to}/ok/{number}" for number in range(alive)]
    refusing = dead // 2
    urls += [f"{to}/hang/{number}" for number in range(dead - refusing)]
    urls += [f"http://127.0.0.1:{free_port()}/" for _ in range(refusing)]
    for url in urls:
        api.call("POST", "/webhook_endpoints", {"url": url})


def wait_to_be_transcribed(count: int) -> list[str]:
    with db.transaction() as session:
        account = account_by_email(session, "you@localhost")
        rows = [
            Transcription(
                account_id=account.id,
                source=Source.EXTERNAL_URL,
                url=f"https://media.example.com/{number}.mp3",
                title=f"Recording {number}",
                pipeline_code="whisper-base",
                price_per_minute_microusd=5000,
                labels={"number": str(number)},
            )
            for number in range(count)
        ]
        # Not before the measurement: no worker is to take them.
        due_later = db.now(session).replace(year=2100)
        for row in rows:
            row.due_at = due_later
        session.add_all(rows)
        session.flush()
        return [row.public_id for row in rows]


def end(public_ids: list[str]) -> None:
    with db.transaction() as session:
        account = account_by_email(session, "you@localhost")
    for public_id in public_ids:
        with db.transaction() as session:
            cancel_transcription(session, account, public_id)


def until_all_arrived(to: str, alive: int, events: int, deadline: float) -> dict[str, Any]:
    """What each live endpoint got: requests, and different events."""
    while True:
        with urllib.request.urlopen(f"{to}/counts") as answer:
            counts = {path: each for path, each in json.load(answer).items() if path.startswith("/ok/")}
        if len(counts) == alive and all(different >= events for _, different in counts.values()):
            return counts
        assert time.monotonic() < deadline, f"not all has arrived: {counts}"
        time.sleep(0.25)


@contextmanager
def receiver() -> Iterator[tuple[str, int]]:
    """Its address and process id."""
    command = [sys.executable, "-m", "bench.receiver"]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(running.stdout.readline())}", running.pid
    finally:
        running.kill()
        running.wait()


def cpu_seconds(supervisor: int, receiving: int) -> dict[str, float]:
    """CPU that each kind of process has taken so far, with its children that have ended."""
    found: dict[str, float] = {}
    for process in [*psutil.Process(supervisor).children(recursive=True), psutil.Process(receiving)]:
        try:
            command, times = " ".join(process.cmdline()), process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        who = next((who for who, part in WHO.items() if part in command), "all else")
        found[who] = found.get(who, 0.0) + times.user + times.system + times.children_user + times.children_system
    return found


if __name__ == "__main__":
    main()
