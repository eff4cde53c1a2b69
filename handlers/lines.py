"""The lines in which transcriptions wait for workers, one at each queue: whose turn it is, and how long a line is.

PostgreSQL decides that when a worker asks; a bell in Redis only wakes one. Accounts take turns: first comes the one
that has the fewest at work at this queue, of those the one whose last turn there is longest ago, and of an account's
transcriptions the one that has been due longest. So however many one account sends, another's waits for no more than
one of them, once a worker is free.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    literal,
    literal_column,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import runtime
from db import on_commit
from handlers.listing import values_of
from jobs.queues import QueueName, ring
from models import Stage, Status, Transcription, Turn

# Places beyond it are not counted.
LAST_POSITION = 1000
STAGES = {QueueName.FETCH: Stage.FETCHING, QueueName.UNDERSTAND: Stage.UNDERSTANDING}
LINES = (QueueName.FETCH, QueueName.TRANSCRIBE, QueueName.PROVIDE, QueueName.POLL, QueueName.UNDERSTAND)
# With the other half, a queue's number, nobody else's advisory lock.
LOCK_NUMBER = 0x6C696E65

# As the indexes say it: of a parameter the planner could not tell that one covers it.
IS_UNFINISHED = (Transcription.status == literal_column(f"'{Status.PROCESSING}'")) | Transcription.to_understand
IS_FREE = Transcription.lease_token.is_(None)
# The statement's, since an index cannot be searched for a clock that moves meanwhile.
MOMENT = func.statement_timestamp()
IS_DUE = Transcription.due_at <= MOMENT
IS_LAPSED = Transcription.lease_until < MOMENT
FIRST_DUE_FIRST = (Transcription.due_at, Transcription.id)


@dataclass(frozen=True, slots=True)
class Next:
    """Whose turn it is, and how many of its account are at work at the queue already."""

    public_id: str
    account_id: int
    at_work: int


def stage_of(queue: QueueName) -> Stage:
    """What is done with those that wait there."""
    return STAGES.get(queue, Stage.TRANSCRIBING)


def close_line(session: Session, queue: QueueName) -> None:
    """Let no other worker take a turn at the queue before this transaction ends: an account's limit is exact."""
    session.execute(select(func.pg_advisory_xact_lock(LOCK_NUMBER, LINES.index(queue))))


def next_in_line(session: Session, queue: QueueName) -> Next | None:
    """Whose turn it is at the queue; None where nobody waits who may begin now.

    What a dead worker had comes before all others: it has had its turn.
    """
    limit = {"limit": runtime.config().jobs_at_once_per_account}
    for query in (_lapsed(queue), _turns(queue)):
        row = session.execute(query, limit).first()
        if row is not None:
            return Next(*row)
    return None


def note_turn(session: Session, queue: QueueName, account_id: int) -> None:
    """Remember that the account has its turn now."""
    turn = insert(Turn).values(queue=queue.value, account_id=account_id, began_at=func.clock_timestamp())
    began_at = turn.excluded.began_at
    session.execute(turn.on_conflict_do_update(constraint="pk_turns", set_={"began_at": began_at}))


def ring_for_next(session: Session, queue: QueueName) -> bool:
    """Have the next worker woken, where it is somebody's turn; whether it is."""
    is_turn = next_in_line(session, queue) is not None
    if is_turn:
        on_commit(session, lambda: ring(queue))
    return is_turn


def do_others_come_first(session: Session, queue: QueueName, account_id: int) -> bool:
    """Whether somebody's turn would come if the account let go of one that it has at work."""
    found = next_in_line(session, queue)
    if found is None or found.account_id == account_id:
        return found is not None
    own: int = session.scalars(_at_work(queue, literal(account_id))).one()
    return found.at_work < own


def note_positions(session: Session, transcriptions: Sequence[Transcription]) -> None:
    """Tell those of one account that wait in a line their place there: 1 is next, LAST_POSITION is that or beyond.

    It counts who comes before when accounts take turns, and nobody new joins: those of other accounts may still do so.
    """
    waiting: dict[QueueName, dict[int, Transcription]] = {}
    for transcription in transcriptions:
        if transcription.waits_in_line:
            waiting.setdefault(QueueName(transcription.queue), {})[transcription.id] = transcription
    for queue, by_id in waiting.items():
        values = {"account_id": next(iter(by_id.values())).account_id, "ids": list(by_id)}
        for id_, position in session.execute(_positions(queue), values):
            by_id[id_].queue_position = position


def _waits(queue: QueueName) -> tuple[ColumnElement[bool], ...]:
    return Transcription.queue == queue.value, IS_UNFINISHED, IS_FREE


# Each is made once for a queue, since making it takes longer than running it.


@cache
def _lapsed(queue: QueueName) -> Select[str, int, int]:
    return (
        select(Transcription.public_id, Transcription.account_id, literal(0))
        .where(
            Transcription.queue == queue.value,
            Transcription.stage == stage_of(queue),
            IS_UNFINISHED,
            Transcription.lease_token.is_not(None),
            IS_LAPSED,
        )
        .order_by(Transcription.lease_until)
        .limit(1)
    )


@cache
def _turns(queue: QueueName) -> Select[str, int, int]:
    """The first of each account that may begin now, that of the account whose turn it is before the others."""
    accounts = values_of(Transcription.account_id, *_waits(queue))
    first = (
        select(Transcription.id, Transcription.public_id, Transcription.due_at)
        .where(
            *_waits(queue),
            Transcription.account_id == accounts.c.value,
            # While a release changes, an older program's row may stand in the line of its last stage.
            Transcription.stage == stage_of(queue),
            IS_DUE,
        )
        .order_by(*FIRST_DUE_FIRST)
        .limit(1)
        .lateral()
    )
    at_work = _at_work(queue, accounts.c.value).lateral()
    return (
        select(first.c.public_id, accounts.c.value, at_work.c.count)
        .select_from(accounts)
        .join(first, true())
        .join(at_work, true())
        .outerjoin(Turn, _turn_of(queue, accounts.c.value))
        .where(at_work.c.count < bindparam("limit"))
        .order_by(at_work.c.count, Turn.began_at.nulls_first(), first.c.due_at, first.c.id)
        .limit(1)
    )


def _at_work(queue: QueueName, account_id: ColumnElement[int]) -> Select[int]:
    return select(func.count().label("count")).where(
        Transcription.queue == queue.value,
        Transcription.account_id == account_id,
        Transcription.lease_token.is_not(None),
        ~IS_LAPSED,
    )


def _turn_of(queue: QueueName, account_id: ColumnElement[int]) -> ColumnElement[bool]:
    return and_(Turn.queue == queue.value, Turn.account_id == account_id)


@cache
def _positions(queue: QueueName) -> Select[int, int]:
    """The place in the line of those of an account, counted in rounds in which each account has one turn.

    In the round of an account's n-th, every other account has had n turns if it comes before it, else n - 1.
    """
    account_id: ColumnElement[int] = bindparam("account_id", type_=BigInteger)
    own = _own_places(queue, account_id)
    place = func.coalesce(own.c.place, LAST_POSITION).label("place")
    wanted = (
        select(Transcription.id, place)
        .outerjoin(own, own.c.id == Transcription.id)
        .where(Transcription.id.in_(bindparam("ids", expanding=True)), *_waits(queue), IS_DUE)
        .cte("wanted")
    )
    last_round = select(func.max(wanted.c.place)).scalar_subquery()
    began_at = func.coalesce(Turn.began_at, literal_column("'-infinity'"))
    own_turn = (
        select(
            select(began_at).where(_turn_of(queue, account_id)).scalar_subquery().label("began_at"),
            select(func.min(own.c.due_at)).scalar_subquery().label("due_at"),
        )
    ).cte("own_turn")
    others = values_of(Transcription.account_id, *_waits(queue))
    theirs = (
        select(Transcription.due_at)
        .where(*_waits(queue), Transcription.account_id == others.c.value, IS_DUE)
        .order_by(*FIRST_DUE_FIRST)
        .limit(last_round)
        .correlate(others)
        .lateral()
    )
    line = select(func.count().label("length"), func.min(theirs.c.due_at).label("due_at")).lateral()
    comes_first = tuple_(began_at, line.c.due_at) < tuple_(
        func.coalesce(own_turn.c.began_at, literal_column("'-infinity'")), own_turn.c.due_at
    )
    lines = (
        select(line.c.length, comes_first.cast(Integer).label("lead"))
        .select_from(others)
        .join(line, true())
        .join(own_turn, true())
        .outerjoin(Turn, _turn_of(queue, others.c.value))
        .where(others.c.value != account_id)
        .limit(LAST_POSITION)
        .cte("lines")
    )
    before = select(func.sum(func.least(lines.c.length, wanted.c.place - 1 + lines.c.lead))).scalar_subquery()
    position = func.least(wanted.c.place + func.coalesce(before, 0), LAST_POSITION)
    return select(wanted.c.id, position.cast(Integer))


def _own_places(queue: QueueName, account_id: ColumnElement[int]) -> CTE:
    place = func.row_number().over(order_by=FIRST_DUE_FIRST).label("place")
    return (
        select(Transcription.id, Transcription.due_at, place)
        .where(*_waits(queue), Transcription.account_id == account_id, IS_DUE)
        .order_by(*FIRST_DUE_FIRST)
        .limit(LAST_POSITION)
        .cte("own")
    )
