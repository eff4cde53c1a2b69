"""Whose turn it is at a queue: accounts take turns, however many one of them sends (P8, P9)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

import db
import runtime
from handlers import lines, processing
from handlers.processing import Lease
from jobs import queues
from jobs.queues import DUE, QueueName
from models import Account, Stage, Status, Transcription
from tests.factories import commit, db_now, make_account, make_transcription

FETCH = QueueName.FETCH
MANY = 5_000
CROWD = """
INSERT INTO transcriptions (public_id, account_id, source, url, pipeline_code, language_requested, diarize, vocabulary,
    title, title_given, metadata, speaker_names, status, stage, progress, warnings, crashes, tries,
    price_per_minute_microusd, due_at)
SELECT 'tr_' || :account_id || 'c' || i, :account_id, 'external_url', 'https://example.com/talk.mp3', 'whisper-base',
    'auto', true, '[]', 'talk.mp3', false, '{}', '{}', 'processing', 'fetching', 0, '[]', 0, 0, 5000,
    now() - interval '1 hour' + i * interval '1 millisecond'
FROM generate_series(1, :many) AS i
"""


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """`at_once(2)` has each account have so many at work at a queue."""

    def limit(count: int) -> None:
        monkeypatch.setattr(runtime, "_config", replace(runtime.config(), jobs_at_once_per_account=count))

    return limit


def crowd(session: Session, account: Account, many: int = MANY) -> None:
    """So many of the account wait to be fetched, for an hour."""
    session.execute(text(CROWD), {"account_id": account.id, "many": many})
    session.execute(text("ANALYZE transcriptions"))


def whose(session: Session, account: Account, count: int) -> list[bool]:
    """Whether each of the next turns is the account's, one after the other by one worker."""
    return [served(session).account_id == account.id for _ in range(count)]


def take(session: Session, queue: QueueName = FETCH) -> Lease:
    lease = processing.claim_next(session, queue, "w")
    assert lease is not None
    return lease


def served(session: Session) -> Transcription:
    """The next, which is begun and done."""
    lease = take(session)
    transcription = session.get_one(Transcription, lease.transcription_id)
    session.execute(
        update(Transcription)
        .where(Transcription.id == lease.transcription_id)
        .values(
            lease_token=None,
            lease_until=None,
            status=Status.FAILED,
            error_code="canceled",
            completed_at=db_now(session),
        )
    )
    return transcription


def position(session: Session, transcription: Transcription) -> int | None:
    transcription.queue_position = None
    lines.note_positions(session, [transcription])
    return transcription.queue_position


# Turns


def test_one_of_another_account_is_next_however_many_wait(session: Session, alice: Account, charlie: Account) -> None:
    crowd(session, alice)
    whose(session, alice, 3)
    one = make_transcription(session, charlie)

    assert position(session, one) == 1
    assert served(session).id == one.id


def test_with_workers_at_work_it_is_the_next_that_is_begun(session: Session, alice: Account, charlie: Account) -> None:
    crowd(session, alice)
    at_work = [take(session) for _ in range(2)]
    one = make_transcription(session, charlie)

    assert take(session).transcription_id == one.id
    assert one.id not in [lease.transcription_id for lease in at_work]


def test_two_accounts_take_turns(session: Session, alice: Account, charlie: Account) -> None:
    crowd(session, alice, 10)
    crowd(session, charlie, 10)

    turns = whose(session, alice, 8)

    assert turns == [True, False] * 4 or turns == [False, True] * 4


def test_who_was_served_long_ago_comes_before_who_was_just_now(
    session: Session, alice: Account, charlie: Account
) -> None:
    make_transcription(session, charlie)
    served(session)
    make_transcription(session, alice)
    served(session)
    first, last = make_transcription(session, alice), make_transcription(session, charlie)

    assert [served(session).id for _ in range(2)] == [last.id, first.id]


def test_the_fewest_at_work_come_first(session: Session, alice: Account, charlie: Account) -> None:
    """Charlie's are long: his turn is not for each that is done of hers."""
    crowd(session, charlie, 5)
    take(session)
    crowd(session, alice, 5)

    assert whose(session, alice, 3) == [True] * 3


def test_an_accounts_own_come_in_the_order_in_which_they_were_due(session: Session, alice: Account) -> None:
    crowd(session, alice, 3)

    assert [served(session).public_id[-2:] for _ in range(3)] == ["c1", "c2", "c3"]


def test_what_is_put_off_keeps_nobody_waiting(session: Session, alice: Account) -> None:
    put_off = make_transcription(session, alice, tries=1, due_at=db_now(session) + timedelta(hours=1))
    ready = make_transcription(session, alice)

    assert take(session).transcription_id == ready.id
    assert processing.claim_next(session, FETCH, "w") is None
    assert position(session, put_off) is None


def test_each_queue_has_a_line_of_its_own(session: Session, alice: Account) -> None:
    crowd(session, alice, 5)
    heard = make_transcription(session, alice, stage=Stage.TRANSCRIBING)

    assert take(session, QueueName.TRANSCRIBE).transcription_id == heard.id
    assert processing.claim_next(session, QueueName.PROVIDE, "w") is None


def test_P09_what_a_dead_worker_had_comes_before_all_others(session: Session, alice: Account, charlie: Account) -> None:
    crowd(session, alice, 5)
    lost = take(session)
    session.execute(
        update(Transcription)
        .where(Transcription.id == lost.transcription_id)
        .values(lease_until=text("now() - interval '1s'"))
    )
    make_transcription(session, charlie)

    again = take(session)

    assert (again.transcription_id, again.token != lost.token) == (lost.transcription_id, True)
    assert session.get_one(Transcription, lost.transcription_id).crashes == 1


def test_P10_after_the_third_crash_the_next_is_taken(session: Session, alice: Account) -> None:
    poison, other = make_transcription(session, alice), make_transcription(session, alice)
    for _ in range(3):
        assert take(session).transcription_id == poison.id
        session.execute(
            update(Transcription).where(Transcription.id == poison.id).values(lease_until=text("now() - interval '1s'"))
        )

    assert take(session).transcription_id == other.id
    session.refresh(poison)
    assert poison.error_code == "processing_crashed"


# The limit


def test_an_account_has_no_more_at_work_than_it_may(
    session: Session, alice: Account, charlie: Account, at_once: Callable[[int], None]
) -> None:
    at_once(2)
    crowd(session, alice, 5)
    for _ in range(2):
        take(session)

    assert processing.claim_next(session, FETCH, "w") is None
    one = make_transcription(session, charlie)
    assert take(session).transcription_id == one.id
    assert processing.claim_next(session, FETCH, "w") is None


def test_what_is_over_lets_the_next_of_its_account_begin(
    session: Session, alice: Account, at_once: Callable[[int], None]
) -> None:
    at_once(1)
    crowd(session, alice, 2)
    lease = take(session)
    assert lines.next_in_line(session, FETCH) is None

    processing.hand_back(session, lease)

    assert take(session).public_id.endswith("c2")


@pytest.mark.usefixtures("committed")
def test_workers_at_once_keep_to_the_limit_and_never_take_the_same() -> None:
    with db.transaction() as session:
        for _ in range(2):
            crowd(session, make_account(session), 50)

    def claim(number: int) -> Lease | None:
        with db.transaction() as session:
            return processing.claim_next(session, FETCH, f"w{number}")

    with ThreadPoolExecutor(8) as pool:
        leases = [lease for lease in pool.map(claim, range(16)) if lease]

    limit = runtime.config().jobs_at_once_per_account
    assert len({lease.public_id for lease in leases}) == len(leases) == 2 * limit


# Bells


def test_while_more_wait_the_next_worker_is_woken(session: Session, alice: Account) -> None:
    crowd(session, alice, 2)
    for left in (True, False):
        queues.connection().flushdb()
        commit(session, lambda inner: processing.claim_next(inner, FETCH, "w"))
        assert (queues.waiting(FETCH) == {DUE}) is left


def test_nobody_is_woken_for_what_may_not_begin(
    session: Session, alice: Account, at_once: Callable[[int], None]
) -> None:
    at_once(1)
    crowd(session, alice, 3)

    commit(session, lambda inner: processing.claim_next(inner, FETCH, "w"))

    assert queues.waiting(FETCH) == set()


# Places


def test_places_count_rounds_of_turns(session: Session, alice: Account, charlie: Account) -> None:
    """Charlie had his turn before: in each round Alice comes first."""
    make_transcription(session, charlie)
    served(session)
    crowd(session, alice, 2)
    his = [make_transcription(session, charlie) for _ in range(4)]

    lines.note_positions(session, his)

    # Hers, his, hers, his, and then only his.
    assert [each.queue_position for each in his] == [2, 4, 5, 6]
    assert [served(session).account_id == charlie.id for _ in range(6)] == [False, True, False, True, True, True]


def test_places_are_those_in_which_they_are_served(session: Session, alice: Account, charlie: Account) -> None:
    others = [make_account(session) for _ in range(3)]
    for place, account in enumerate([alice, charlie, *others]):
        crowd(session, account, 1 + 2 * place)
    whose(session, alice, 4)
    mine = make_account(session)
    waiting = [make_transcription(session, mine) for _ in range(3)]
    lines.note_positions(session, waiting)

    order = [served(session).id for _ in range(20)]

    assert [each.queue_position for each in waiting] == [order.index(each.id) + 1 for each in waiting]


def test_beyond_the_last_place_nobody_counts(session: Session, alice: Account) -> None:
    crowd(session, alice, lines.LAST_POSITION + 5)
    last = make_transcription(session, alice)

    assert position(session, last) == lines.LAST_POSITION


def test_what_is_at_work_or_final_has_no_place(session: Session, alice: Account) -> None:
    begun, done = make_transcription(session, alice), make_transcription(session, alice, status=Status.COMPLETED)
    take(session)
    session.refresh(begun)

    lines.note_positions(session, [begun, done])

    assert (begun.queue_position, done.queue_position) == (None, None)


# What it costs


def rows_looked_at(session: Session, act: Callable[[], object]) -> float:
    """Rows that index scans and others touch, by what the database counts itself."""
    names = "seq_tup_read + coalesce(idx_tup_fetch, 0)"
    count = text(f"SELECT {names} FROM pg_stat_xact_user_tables WHERE relname = 'transcriptions'")
    before = session.scalar(count)
    act()
    return float(session.scalar(count) or 0) - float(before or 0)


def test_whose_turn_it_is_is_found_without_looking_at_all_that_wait(
    session: Session, alice: Account, charlie: Account
) -> None:
    crowd(session, alice)
    crowd(session, charlie)
    mine = make_transcription(session, charlie)

    assert rows_looked_at(session, lambda: lines.next_in_line(session, FETCH)) < 20
    assert rows_looked_at(session, lambda: take(session)) < 60
    assert rows_looked_at(session, lambda: position(session, mine)) <= 4 * lines.LAST_POSITION


def test_one_of_few_has_its_place_counted_beside_thousands_of_others(
    session: Session, alice: Account, charlie: Account
) -> None:
    crowd(session, alice)
    mine = make_transcription(session, charlie)

    assert rows_looked_at(session, lambda: position(session, mine)) < 30


def test_every_step_of_a_turn_is_read_from_an_index(session: Session, alice: Account, charlie: Account) -> None:
    crowd(session, alice)
    crowd(session, charlie, 5)

    values = {"limit": 3, "account_id": charlie.id, "ids": [1]}
    for query in (lines._lapsed(FETCH), lines._turns(FETCH), lines._positions(FETCH)):
        its = {name: value for name, value in values.items() if name in query.compile().params}
        compiled = query.params(its).compile(db.engine(), compile_kwargs={"literal_binds": True})
        plan = "\n".join(session.scalars(text(f"EXPLAIN {compiled}".replace(":", "\\:"))))
        assert "ix_transcriptions_" in plan
        assert "Seq Scan on transcriptions" not in plan
