"""How long somebody waits for a search of a million segments, from the request to its answer.

    python -m bench.library --meetings DIR [--segments 1000000] [--questions 200] [--rounds 2] [--data-dir DIR]

Runs on servers of its own, with the process that holds the embedding model beside it, as the service has it; the API
answers in this process. `bench.breeding` makes the library out of the meetings; the questions are the meetings' own. A
data directory is kept and used again.
"""

import argparse
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.orm import Session
from werkzeug.test import Client, TestResponse

import db
import migrations
import runtime
from app import create_app
from bench.breeding import OWNER, STRANGER, breed, build
from bench.cpu import children, cpu_seconds, family_cpu_seconds, memory, parent
from config import from_env
from handlers.accounts import account_by_email
from handlers.api_keys import active_api_keys, create_api_key, revoke_api_key
from insights.exchange import EmbeddingsUnavailable
from insights.search.passage_queries import Scope, by_meaning, by_meaning_compared, prepare
from models import Passage
from processes import service
from processes.embedded import running
from processes.locks import wait_until
from processes.programs import spawn, stop

Search = Callable[..., TestResponse]

LIMIT = 10
COMPARED_QUESTIONS = 30
START_SECONDS = 120.0
EMBEDDER_SECONDS = 10.0
# What is looked for where: whose library it is, and the query beside the question.
PLACES = {
    "the whole library": (OWNER, {}),
    "all of it, by date": (OWNER, {"created_after": "2000-01-01T00:00:00Z"}),
    "every tenth transcription": (OWNER, {"pipeline_code": "import"}),
    "every hundredth": (OWNER, {"title": "Meeting 77"}),
    "a long transcription": (OWNER, {"transcription_id": "tr_170"}),
    "a speaker in every seventh": (OWNER, {"speaker": "Speaker 3"}),
    "a speaker in a few": (OWNER, {"speaker": "Name 3"}),
    "a small account": (STRANGER, {}),
}


@dataclass(frozen=True, slots=True)
class Processes:
    """The processes that work on a question: this one with the web application, PostgreSQL's, the embedding model's."""

    postgres: int
    embedder: int

    def cpu_seconds(self) -> tuple[float, float, float]:
        """What each has used so far."""
        return time.process_time(), family_cpu_seconds(self.postgres), cpu_seconds(self.embedder)

    def memory(self) -> str:
        """What each has of its own now, in MB: PostgreSQL's largest process beside the shared buffers."""
        largest = max(memory(pid) for pid in children(self.postgres))
        return f"web {memory(os.getpid())} MB, PostgreSQL {largest} MB, embedder {memory(self.embedder)} MB"


def main(arguments: Sequence[str] | None = None) -> None:
    options = parse(arguments)
    meetings = [json.loads(path.read_text()) for path in sorted(options.meetings.glob("*.json"))]
    asked = [question["query"] for meeting in meetings for question in meeting["queries"]]
    questions = random.Random(0).sample(asked, min(options.questions, len(asked)))
    with directory(options.data_dir) as data_dir, application(data_dir) as (make, processes):
        with db.transaction() as session:
            is_there = session.scalar(select(Passage.id).limit(1)) is not None
        with Session(db.engine()) as session:
            if not is_there:
                breed(session, meetings, options.segments)
                build(session)
            report_nearest(session, questions[:COMPARED_QUESTIONS])
        searchers = {email: searcher(make, email) for email in (OWNER, STRANGER)}
        for round_ in range(1, options.rounds + 1):
            print(f"\nround {round_}: ms in the median and for 95 %, and CPU for each question")
            for kind, (email, query) in PLACES.items():
                report(kind, searchers[email], query, questions, processes)
        print(processes.memory())


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--meetings", type=Path, required=True)
    parser.add_argument("--segments", type=int, default=1_000_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--data-dir", type=Path)
    return parser.parse_args(arguments)


@contextmanager
def directory(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(exist_ok=True)
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="transcribe-bench-") as name:
        yield Path(name)


@contextmanager
def application(data_dir: Path) -> Iterator[tuple[Callable[[], Client], Processes]]:
    """The service's web application with its database, as far as a search needs it."""
    data_dir.chmod(0o711)  # The database server is not root.
    with running(data_dir) as reachable:
        config = from_env({"DATA_DIR": str(data_dir), "SECRET_KEY": "bench"})
        app = create_app(replace(config, rate_limit_per_minute=10**6))
        migrations.upgrade(db.engine())
        program = service.embedder({**os.environ, "REDIS_URL": reachable.redis_url})
        child = spawn(program)
        try:
            assert wait_until(is_ready, START_SECONDS), "the embedding model does not answer"
            with db.transaction() as session:
                backend = int(session.execute(text("SELECT pg_backend_pid()")).scalar_one())
            yield app.test_client, Processes(parent(backend), child.pid)
        finally:
            db.engine().dispose()
            stop(program, child)


def is_ready() -> bool:
    try:
        runtime.embeddings().question("Are you there?", timeout_seconds=EMBEDDER_SECONDS)
    except EmbeddingsUnavailable:
        return False
    return True


def searcher(make: Callable[[], Client], email: str) -> Search:
    """The search of an account, with a new key of its own."""
    with db.transaction() as session:
        account = account_by_email(session, email)
        for key in active_api_keys(session, account):
            revoke_api_key(session, account, key.public_id)
        _, plaintext = create_api_key(session, account, name="bench")
    return partial(make().get, "/api/v1/search", headers={"Authorization": f"Bearer {plaintext}"})


def report_nearest(session: Session, questions: Sequence[str]) -> None:
    """How many of the passages that are nearest in meaning the index names."""
    prepare(session)
    scope = Scope(account_by_email(session, OWNER).id)
    found = []
    for question in questions:
        vector = runtime.embeddings().question(question, timeout_seconds=EMBEDDER_SECONDS).tolist()
        nearest = by_meaning_compared(session, scope, vector)[:LIMIT]
        found.append(len({*nearest} & {*by_meaning(session, scope, vector)}) / LIMIT)
    print(f"the index names {statistics.mean(found):.3f} of the {LIMIT} nearest", flush=True)


def report(kind: str, search: Search, query: dict[str, str], questions: Sequence[str], processes: Processes) -> None:
    before = processes.cpu_seconds()
    seconds = [ask(search, {**query, "q": question, "limit": str(LIMIT)}) for question in questions]
    used = zip(processes.cpu_seconds(), before, strict=True)
    web, postgres, embedder = (1e3 * (after - earlier) / len(questions) for after, earlier in used)
    print(
        f"{kind:28} {spread(seconds)}   CPU: web {web:.0f}, PostgreSQL {postgres:.0f}, embedder {embedder:.0f}"
        f"   load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def ask(search: Search, query: dict[str, str]) -> float:
    """Seconds until the answer is there."""
    began = time.perf_counter()
    answer = search(query_string=query)
    seconds = time.perf_counter() - began
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.get_json()["searched_by"] == "hybrid"
    return seconds


def spread(seconds: Iterable[float]) -> str:
    values = sorted(seconds)
    return f"{1e3 * statistics.median(values):4.0f} {1e3 * values[int(0.95 * len(values))]:4.0f}"


if __name__ == "__main__":
    main()
