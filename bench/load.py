"""What the service bears on this machine: accepting, telling a status, listing, searching and answering questions.

    python -m bench.load [--only get,post] [--seconds 10] [--rate get=400] [--workers 2] [--no-ramp]

Runs PostgreSQL, Valkey, the embedder and the web program on servers of their own, as `make run` starts them; no worker
fetches, so what is accepted waits in a long line. Requests come when they are scheduled to (`bench.arrivals`), from
many accounts, under the usual limit of each key. Each kind is asked at its own rate, and then at growing ones until
that no longer holds: until something fails, or the 99th percentile is above half a second. CPU is per request, of all
processes that work on it, since others may use the cores meanwhile; the load says how much.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sqlalchemy import event, text
from werkzeug.test import Client

import db
import migrations
from app import create_app
from bench.arrivals import UNIQUE, Outcome, Plan, request
from bench.cpu import cpu_seconds, family_cpu_seconds, parent
from bench.listing import LIBRARY
from bench.running import ROOT, free_port
from config import from_env
from handlers import api_keys, processing
from handlers.accounts import create_account
from handlers.imports import import_transcript
from handlers.transcriptions import Details
from jobs import understanding
from jobs.queues import QueueName, connection
from models import Account
from processes import service
from processes.embedded import running
from processes.locks import wait_until
from processes.programs import Program, spawn, stop

START_SECONDS = 120.0
WARM_SECONDS = 2.0
HOLDS_SECONDS = 0.5
GROWTH = 1.25
ACCOUNTS = 160
ROWS = 100  # that each of them has
TALKERS = 8  # accounts with transcripts to be searched
TALKS = 6
KINDS = ("get", "get-waiting", "post", "post-once", "list", "search", "ask")
WORDS = (
    *("budget", "meeting", "river", "harbour", "engine", "patient", "treatment", "school", "election", "market"),
    *("price", "winter", "garden", "museum", "station", "bridge", "contract", "evidence", "teacher", "doctor"),
)
URL = "https://example.com/recordings/interview.mp3"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of request: those that are sent in turn, and how many a second in the first place."""

    requests: Sequence[str]
    rate: float


@dataclass(frozen=True, slots=True)
class Processes:
    """Who works on a request, by process id: each with its children."""

    web: int
    postgres: int
    valkey: int
    embedder: int

    def cpu(self) -> tuple[float, ...]:
        return (
            family_cpu_seconds(self.web),
            family_cpu_seconds(self.postgres),
            cpu_seconds(self.valkey),
            cpu_seconds(self.embedder),
        )


def main(arguments: Sequence[str] | None = None) -> None:
    options = parse(arguments)
    with tempfile.TemporaryDirectory(prefix="transcribe-bench-") as name:
        data_dir = Path(name)
        data_dir.chmod(0o711)  # The database server is not root.
        with serving(data_dir, options.workers) as (make, port, processes):
            wanted = options.only or KINDS
            kinds = prepare(make(), with_talks=not {*wanted}.isdisjoint(("search", "ask")))
            print(f"{'':28}  rate answered   p50   p95   p99   max   CPU: web    db valkey embed client   load")
            for name in wanted:
                kind = kinds[name]
                rate = options.rates.get(name, kind.rate)
                print(f"{name}: {queries_of(make, kind)} queries a request", flush=True)
                ask(port, kind, rate, WARM_SECONDS)
                held = report(name, port, kind, rate, options.seconds, processes)
                while held and not options.no_ramp:
                    rate *= GROWTH
                    held = report(name, port, kind, rate, options.seconds, processes)


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=lambda text: text.split(","), default=[])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rate", action="append", default=[], metavar="KIND=RATE")
    parser.add_argument("--workers", type=int, default=2, help="processes of the web program")
    parser.add_argument("--no-ramp", action="store_true")
    options = parser.parse_args(arguments)
    options.rates = {name: float(rate) for name, _, rate in (each.partition("=") for each in options.rate)}
    return options


@contextmanager
def serving(data_dir: Path, workers: int) -> Iterator[tuple[Callable[[], Client], int, Processes]]:
    """The web program with its servers and the embedder; the application also in this process, to prepare and count."""
    with running(data_dir) as reachable:
        port = free_port()
        settings = {"DATA_DIR": str(data_dir), "SECRET_KEY": "bench", "PORT": str(port)}
        app = create_app(from_env(settings))
        migrations.upgrade(db.engine())
        servers = {"DATABASE_URL": reachable.database_url, "REDIS_URL": reachable.redis_url}
        env = service.environment({**os.environ, **settings, **servers, "WEB_CONCURRENCY": str(workers)})
        with open(data_dir / "web.log", "w") as log, spawned(service.embedder(env)) as embedder:
            web = replace(service.web(env, stop_seconds=10.0), log=Path(log.name))
            with spawned(web) as web_pid:
                assert wait_until(lambda: answers(port), START_SECONDS), "the web program does not answer"
                with db.transaction() as session:
                    backend = int(session.execute(text("SELECT pg_backend_pid()")).scalar_one())
                valkey = int(connection().info("server")["process_id"])
                try:
                    yield app.test_client, port, Processes(web_pid, parent(backend), valkey, embedder)
                finally:
                    db.engine().dispose()


@contextmanager
def spawned(program: Program) -> Iterator[int]:
    child = spawn(program)
    try:
        yield child.pid
    finally:
        stop(program, child)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
            return True
    except OSError:
        return False


def prepare(client: Client, *, with_talks: bool) -> dict[str, Kind]:
    """What is asked, of accounts that are made for it."""
    chance = random.Random(0)
    keys, finished, talking = [], [], []
    for number in range(ACCOUNTS):
        with db.transaction() as session:
            account = create_account(session, email=f"a{number}@example.com", password=None, top_up_microusd=10**9)
            values = {"account_id": account.id, "rows": ROWS, "prefix": f"{account.id:06}"}
            session.execute(text(LIBRARY), values)
            _, key = api_keys.create_api_key(session, account, name="bench")
        keys.append(key)
        finished.append((key, f"tr_{account.id:06}{chance.randrange(1, ROWS):020}"))
        if number < TALKERS:
            talking.append((key, account))
    for _, account in talking if with_talks else ():
        talk(account, chance)
    waiting = []
    for key in keys:
        body = {"source": "external_url", "url": URL}
        made = client.post("/api/v1/transcriptions", json=body, headers={"Authorization": f"Bearer {key}"})
        assert made.status_code == 202, made.text
        waiting.append((key, made.get_json()["id"]))
    for table in ("transcriptions", "artifacts", "passages", "accounts", "wallets", "api_keys"):
        with db.transaction() as session:
            session.execute(text(f"ANALYZE {table}"))
    path = "/api/v1/transcriptions"
    question = [f"What was said about the {word} and the {other}?" for word in WORDS for other in WORDS[:3]]
    words = [f"{word}%20{other}" for word in WORDS for other in WORDS[:3]]
    searchers = [talking[at % TALKERS][0] for at in range(len(words))]
    order = {"source": "external_url", "url": URL, "title": "An interview", "metadata": {"team": "a"}}
    return {
        "get": Kind([request("GET", f"{path}/{id_}", key) for key, id_ in finished], 400),
        "get-waiting": Kind([request("GET", f"{path}/{id_}", key) for key, id_ in waiting], 400),
        "post": Kind([request("POST", path, key, order) for key in keys], 75),
        "post-once": Kind([request("POST", path, key, order, [f"Idempotency-Key: {UNIQUE}"]) for key in keys], 75),
        "list": Kind([request("GET", f"{path}?limit=20", key) for key in keys], 50),
        "search": Kind(
            [
                request("GET", f"/api/v1/search?limit=10&q={each}", key)
                for key, each in zip(searchers, words, strict=True)
            ],
            5,
        ),
        "ask": Kind(
            [
                request("POST", "/api/v1/questions", key, {"question": each})
                for key, each in zip(searchers, question, strict=True)
            ],
            2,
        ),
    }


def talk(account: Account, chance: random.Random) -> None:
    """A few transcripts of sentences without sense, understood as the service does it."""
    for number in range(TALKS):
        lines = [
            {"start": 5.0 * at, "end": 5.0 * at + 5, "text": " ".join(chance.choices(WORDS, k=12)) + "."}
            for at in range(120)
        ]
        with db.transaction() as session:
            details = Details(title=f"Talk {number}")
            content = json.dumps({"segments": lines})
            import_transcript(session, account, format="json", content=content, language="en", details=details)
        with db.transaction() as session:
            lease = processing.claim_next(session, QueueName.UNDERSTAND, "bench")
        assert lease is not None
        understanding.work(lease, Path())


def queries_of(make: Callable[[], Client], kind: Kind) -> int:
    """How many statements the application sends to the database for one such request, BEGIN and COMMIT left out."""
    head, _, content = kind.requests[0].partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    method, path, _ = first.split(" ")
    statements: list[str] = []
    note: Callable[..., None] = lambda conn, cursor, statement, *_: statements.append(statement)  # noqa: E731
    for number in range(2):  # The first notes that the key was used.
        headers = dict(line.replace(UNIQUE, str(number)).split(": ", 1) for line in lines)
        statements.clear()
        event.listen(db.engine(), "before_cursor_execute", note)
        answer = make().open(path, method=method, headers=headers, data=content or None)
        event.remove(db.engine(), "before_cursor_execute", note)
        assert answer.status_code < 300, answer.text
    return len(statements)


def report(name: str, port: int, kind: Kind, rate: float, seconds: float, processes: Processes) -> bool:
    """Print what came of asking at this rate; whether it held."""
    before = processes.cpu()
    outcome = ask(port, kind, rate, seconds)
    used = [after - earlier for after, earlier in zip(processes.cpu(), before, strict=True)]
    count = max(1, len(outcome.latencies))
    times = sorted(outcome.latencies) or [0.0]
    p50, p95, p99 = (1e3 * times[int(share * (len(times) - 1))] for share in (0.5, 0.95, 0.99))
    cpu = " ".join(f"{1e3 * each / count:6.2f}" for each in (*used, outcome.cpu_seconds))
    wrong = {status: times for status, times in outcome.statuses.items() if not status.startswith("2")}
    held = not wrong and not outcome.unanswered and p99 < 1e3 * HOLDS_SECONDS
    answered = f"{name:26} {rate:7.0f} {count / seconds:8.0f} {p50:5.0f} {p95:5.0f} {p99:5.0f} {1e3 * times[-1]:5.0f}"
    outlook = "" if held else f"   no longer {wrong or outcome.unanswered or ''}"
    print(f"{answered}     {cpu}   {os.getloadavg()[0]:4.1f}{outlook}", flush=True)
    return held


def ask(port: int, kind: Kind, rate: float, seconds: float) -> Outcome:
    """What comes of so many requests a second, sent by a process of its own."""
    plan = Plan(port, rate, seconds, list(kind.requests), seed=int(rate))
    command = [sys.executable, "-m", "bench.arrivals"]
    done = subprocess.run(command, input=json.dumps(asdict(plan)), capture_output=True, text=True, cwd=ROOT, check=True)
    return Outcome(**json.loads(done.stdout))


if __name__ == "__main__":
    main()
