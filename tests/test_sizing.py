"""The arithmetic of `bench.sizing`: waiting in line, and what a database measures."""

import math

import pytest
from sqlalchemy.orm import Session

from bench.sizing import Load, mean_wait, measure, needs, servers_needed, table
from models import Account
from tests.factories import make_completed, make_searchable


def test_one_server_waits_as_the_textbook_says() -> None:
    assert mean_wait(0.5, 1.0, 1) == pytest.approx(1.0)  # rho / (mu - lambda)


def test_two_servers_share_one_line() -> None:
    assert mean_wait(1.0, 1.0, 2) == pytest.approx(1 / 3)


def test_a_line_that_grows_faster_than_it_is_served_never_ends() -> None:
    assert mean_wait(2.0, 1.0, 2) == math.inf


@pytest.mark.parametrize("arrivals", [0.001, 0.3, 2.0, 40.0])
def test_so_many_are_enough_and_one_less_is_not(arrivals: float) -> None:
    count = servers_needed(arrivals, 20.0, 60.0)
    assert mean_wait(arrivals, 20.0, count) <= 60.0
    assert count == 1 or mean_wait(arrivals, 20.0, count - 1) > 60.0


def test_ten_times_the_recordings_take_ten_times_the_room() -> None:
    one, ten = (needs(Load(count, 100, 10), wait_seconds=60) for count in (1_000, 10_000))
    assert ten.database_bytes == pytest.approx(10 * one.database_bytes)
    assert one.hnsw_bytes < one.database_bytes
    assert ten.memory_bytes < ten.database_bytes


def test_the_table_goes_to_ten_million() -> None:
    assert list(table(10, None, 60))[-1].startswith("| 10,000,000 | 27,397 | 1,666,667 | ")


def test_a_database_is_measured(session: Session, alice: Account) -> None:
    make_searchable(session, make_completed(session, alice, texts=["Hello there."] * 720))
    lines = list(measure(session.connection()))

    assert "1 recordings, 1.0 hours of segments" in lines
    assert any(line.startswith("segments: 720 rows, ") for line in lines)
    assert any(line.endswith(" of HNSW") for line in lines)
