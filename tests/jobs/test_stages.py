"""What becomes of a stage when what it stands on gives way: the database, the disk, the store (P8, P10)."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

import db
from handlers.processing import Lease
from jobs.queues import QueueName
from jobs.stages import run_next
from models import Status, Transcription
from storage import StoreUnavailable
from tests.jobs.conftest import now, scratch

pytestmark = pytest.mark.usefixtures("committed", "jobs_in_this_process")

Accept = Callable[..., Transcription]
URL = "https://media.example.com/talk.mp3"


def run(transcription: Transcription, work: Callable[[], None]) -> Transcription:
    """The transcription after a job that did this."""

    def act(lease: Lease, scratch: Path) -> None:
        work()

    assert run_next(QueueName.FETCH, act)
    return now(transcription)


def lose_the_database() -> None:
    with db.transaction() as session:
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


def ask_too_much() -> None:
    with db.transaction() as session:
        session.execute(text("SET LOCAL statement_timeout = '10ms'"))
        session.execute(text("SELECT pg_sleep(5)"))


def fill_the_disk() -> None:
    with Path("/dev/full").open("wb") as file:
        file.write(b"sound")


def lose_the_store() -> None:
    raise StoreUnavailable


def test_P08_a_database_that_went_away_counts_as_no_crash_and_its_work_is_begun_again(accept: Accept) -> None:
    transcription = accept(URL)
    for _ in range(5):
        after = run(transcription, lose_the_database)

    assert (after.status, after.lease_token, after.crashes, after.tries) == (Status.PROCESSING, None, 0, 0)
    assert [path for path in scratch() if after.public_id in path.name] == []


def test_what_the_database_refuses_does_count(accept: Accept) -> None:
    transcription = accept(URL)
    with pytest.raises(OperationalError):
        run(transcription, ask_too_much)

    assert now(transcription).lease_token is not None


@pytest.mark.parametrize("trouble", [fill_the_disk, lose_the_store])
def test_P10_work_waits_a_quarter_of_an_hour_for_a_store_that_is_away_or_full(
    accept: Accept, trouble: Callable[[], None]
) -> None:
    transcription = accept(URL)
    waited, tries = 0.0, 0
    while (after := run(transcription, trouble)).status is Status.PROCESSING:
        tries += 1
        assert after.tries == tries
        with db.transaction() as session:
            waited += (after.due_at - db.now(session)).total_seconds()
            session.execute(text("UPDATE transcriptions SET due_at = now()"))

    assert waited == pytest.approx(15 * 60, abs=10)
    assert (after.status, after.error_code, after.charged_microusd) == (Status.FAILED, "service_unavailable", 0)
