"""The clock of the service: what is due is done once, by one of several."""

import logging
import time

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

import db
from jobs import scheduler
from jobs.scheduler import LOCK_NUMBER, Duty, run_due


def refused(session: Session) -> None:
    raise RedisConnectionError


@pytest.mark.usefixtures("session")
def test_a_duty_is_done_when_due_and_not_before() -> None:
    done: list[str] = []
    duties = [Duty(0, lambda session: done.append("often")), Duty(3600, lambda session: done.append("rarely"))]

    for _ in range(2):
        run_due(duties)

    assert done == ["often", "rarely", "often"]


@pytest.mark.usefixtures("session")
def test_trouble_with_a_server_keeps_no_other_duty_from_being_done(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    with caplog.at_level(logging.WARNING):
        run_due([Duty(0, refused), Duty(0, lambda session: done.append("other"))])

    assert done == ["other"]
    assert "could not be done" in caplog.text


@pytest.mark.usefixtures("committed")
def test_a_store_that_takes_longer_than_the_database_waits_does_not_end_the_scheduler(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def take_long(session: Session) -> None:
        session.execute(text("SET LOCAL idle_in_transaction_session_timeout = '10ms'"))
        time.sleep(0.1)
        session.execute(text("SELECT 1"))

    with caplog.at_level(logging.WARNING):
        run_due([Duty(0, take_long)])

    assert "could not be done" in caplog.text


@pytest.mark.usefixtures("committed")
def test_while_another_scheduler_is_at_work_nothing_is_done() -> None:
    done: list[str] = []
    duties = [Duty(0, lambda session: done.append("mine"))]

    with db.transaction() as other:
        assert other.scalar(select(func.pg_try_advisory_xact_lock(LOCK_NUMBER)))
        run_due(duties)
        assert done == []
    run_due(duties)

    assert done == ["mine"]


@pytest.mark.usefixtures("session")
def test_every_duty_can_be_done(caplog: pytest.LogCaptureFixture) -> None:
    run_due(scheduler.duties())

    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
