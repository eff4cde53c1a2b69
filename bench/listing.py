"""How long the list takes with ten transcriptions and with ten thousand, in each order and by each filter.

    python -m bench.listing [--rows 10000] [--repeat 30]

Runs on a PostgreSQL of its own; the API and the pages answer in this process. Both accounts are asked in turn, so that
whatever else the machine does slows both alike; what counts is the ratio of the medians. Each has as many of every kind
that is asked for, so far as ten rows allow: every fifth failed, every tenth in another language, with a tag on each
third.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from sqlalchemy import text
from werkzeug.test import Client, TestResponse

import db
import migrations
from app import create_app
from config import from_env
from handlers import api_keys
from handlers.accounts import create_account
from processes.embedded import running

Ask = Callable[..., TestResponse]

FEW = 10
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
PASSWORD = "not a secret, on a database of its own"
LIBRARY = """
INSERT INTO transcriptions (public_id, account_id, source, url, pipeline_code, language_requested, diarize, vocabulary,
    title, title_given, metadata, speaker_names, status, stage, progress, warnings, created_at, started_at,
    completed_at, crashes, tries, language, duration_seconds, price_per_minute_microusd, error_code, error_message)
SELECT 'tr_' || :prefix || lpad(i::text, 20, '0'), :account_id, 'external_url', 'https://example.com/talk.mp3',
    CASE WHEN i % 10 = 0 THEN 'import' ELSE 'whisper-base' END, 'auto', true, '[]',
    (ARRAY['Board meeting', 'Interview', 'Lecture', 'Call', 'Podcast'])[1 + i % 5] || ' ' || md5(i::text), true, '{}',
    '{}', CASE WHEN i % 5 = 0 THEN 'failed' ELSE 'completed' END, 'understanding', 1, '[]',
    now() - (:rows - i) * interval '10 minutes', now() - (:rows - i) * interval '10 minutes',
    now() - (:rows - i) * interval '10 minutes' + (i % 7) * interval '9 minutes', 0, 0,
    CASE WHEN i % 10 = 0 THEN 'de' ELSE 'en' END, (i * 7919 % 10007) / 3.0, 5000,
    CASE WHEN i % 5 = 0 THEN 'stalled' END, CASE WHEN i % 5 = 0 THEN 'It took too long.' END
FROM generate_series(1, :rows) AS i
"""
TAGS = """
INSERT INTO tags (transcription_id, account_id, key, name)
SELECT id, account_id, 'sales', 'Sales' FROM transcriptions WHERE account_id = :account_id AND id % 3 = 0
"""
CASES = {
    "newest": "",
    "oldest": "sort=oldest",
    "title": "sort=title",
    "longest": "sort=longest",
    "finished": "sort=finished",
    "failed": "status=failed",
    "processing, of which there is none": "status=processing",
    "a pipeline": "pipeline_code=import",
    "a language": "language=de",
    "a language that nobody speaks": "language=eo",
    "a tag": "tag=sales",
    "a tag that nothing has": "tag=none",
    "failed, by title": "status=failed&sort=title",
    "a tag, longest first": "tag=sales&sort=longest",
    "made before all of them": "created_before=2000-01-01T00:00:00Z",
    "title has what many have": "q=board",
    "title has what none has": "q=zebra",
}
ON_THE_PAGE = ("created_before",)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=30)
    options = parser.parse_args(arguments)
    with application() as make:
        few, many = (Clients(make, f"a{count}@example.com", count) for count in (FEW, options.rows))
        with db.transaction() as session:
            session.execute(text("ANALYZE transcriptions"))
            session.execute(text("ANALYZE tags"))
        print(f"{'ms in the median':36} {FEW:>8} {options.rows:>8}   ratio")
        for case, query in CASES.items():
            path = f"/api/v1/transcriptions?limit={FEW}&{query}"
            compare(f"API, {case}", few.api, many.api, path, path, options.repeat)
        first, deep = (f"/api/v1/transcriptions?limit={FEW}&cursor={cursor}" for cursor in ("tr_z", many.middle))
        compare("API, from the middle on", few.api, many.api, first, deep, options.repeat)
        for case, query in CASES.items():
            if not query.startswith(ON_THE_PAGE):
                path = f"/transcriptions?limit={FEW}&{query}"
                compare(f"page of {FEW}, {case}", few.page, many.page, path, path, options.repeat)


@contextmanager
def application() -> Iterator[Callable[[], Client]]:
    with tempfile.TemporaryDirectory(prefix="transcribe-bench-") as name:
        data_dir = Path(name)
        data_dir.chmod(0o711)  # The database server is not root.
        with running(data_dir):
            config = from_env({"DATA_DIR": name, "SECRET_KEY": "bench"})
            app = create_app(replace(config, rate_limit_per_minute=10**6))
            migrations.upgrade(db.engine())
            try:
                yield app.test_client
            finally:
                db.engine().dispose()


class Clients:
    """A script and a browser of a new account with so many transcriptions."""

    def __init__(self, make: Callable[[], Client], email: str, rows: int) -> None:
        with db.transaction() as session:
            account = create_account(session, email=email, password=PASSWORD)
            values = {"account_id": account.id, "rows": rows, "prefix": f"{account.id:06}"}
            session.execute(text(LIBRARY), values)
            session.execute(text(TAGS), values)
            _, key = api_keys.create_api_key(session, account, name="bench")
        self.middle = f"tr_{account.id:06}{rows // 2:020}"
        self.api: Ask = partial(make().get, headers={"Authorization": f"Bearer {key}"})
        browser = make()
        signed_in = browser.post("/login", data={"email": email, "password": PASSWORD}, headers=SAME_ORIGIN)
        assert signed_in.status_code == 303, signed_in.text
        self.page: Ask = browser.get


def compare(case: str, few: Ask, many: Ask, path_of_few: str, path_of_many: str, repeat: int) -> None:
    """Print how long both take; both are asked a few times first."""
    asks = [lambda: ask(few, path_of_few), lambda: ask(many, path_of_many)]
    taken: tuple[list[float], list[float]] = ([], [])
    for turn in range(-5, repeat):
        for act, times in zip(asks, taken, strict=True):
            milliseconds = measured(act)
            if turn >= 0:
                times.append(milliseconds)
    of_few, of_many = map(statistics.median, taken)
    print(f"{case:36} {of_few:8.1f} {of_many:8.1f}   {of_many / of_few:5.2f}", flush=True)


def ask(get: Ask, path: str) -> None:
    answer = get(path)
    assert answer.status_code == 200, answer.text


def measured(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return 1e3 * (time.perf_counter() - began)


if __name__ == "__main__":
    main()
