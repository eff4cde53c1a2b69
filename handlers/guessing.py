"""A limit on guessing passwords and codes that a stranger cannot turn into a lock-out: who fails too often waits, and
no longer.

Counted in PostgreSQL, so that emptying Redis forgives nobody. Guesses at one account are judged one after the other, so
that a hundred at once are not all let through by the count from before the first.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from errors import RateLimited
from models import SignInFailure

WINDOW = timedelta(minutes=15)
LONGEST_WAIT = timedelta(hours=1)
FAILURES_PER_ADDRESS = 20
# Some twenty guesses are judged in that time; who is behind more of them is better told so than kept waiting.
LONGEST_TURN_SECONDS = 2

# What failures are counted against, and how many of them are forgiven.
Subject = tuple[str, int]


def of_address(address: str) -> Subject:
    """The network address that guesses come from, whatever it is that they are about."""
    return f"address:{address[:60]}", FAILURES_PER_ADDRESS


def refuse_if_guessing(session: Session, subjects: Sequence[Subject]) -> None:
    """RateLimited while too many failures count against one of the subjects.

    The wait starts at a quarter of a minute and doubles with each further failure, up to an hour; after it, the next
    try is judged on its own, so the right password works again. Nobody else's guess at the first subject is judged
    before this transaction ends, which is where the failure has to be noted.
    """
    _take_turn(session, subjects[0])
    for subject, allowed in subjects:
        failures, waited = session.execute(
            select(func.count(), func.now() - func.max(SignInFailure.failed_at)).where(
                SignInFailure.subject == subject, _counts()
            )
        ).one()
        if failures < allowed:
            continue
        wait = min(timedelta(seconds=15) * 2 ** min(failures - allowed, 12), LONGEST_WAIT)
        if waited < wait:
            seconds = int((wait - waited).total_seconds()) + 1
            raise RateLimited(f"Too many wrong passwords. Wait {seconds} seconds.", retry_after_seconds=seconds)


def _counts() -> ColumnElement[bool]:
    return SignInFailure.failed_at > func.now() - LONGEST_WAIT - WINDOW


def _take_turn(session: Session, subject: Subject) -> None:
    digest = hashlib.sha256(f"guessing {subject[0]}".encode()).digest()
    session.execute(text(f"SET LOCAL lock_timeout = '{LONGEST_TURN_SECONDS * 1000:.0f}ms'"))
    try:
        session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(digest[:8], signed=True))))
    except OperationalError:
        raise RateLimited("Too many tries at once. Wait a second.", retry_after_seconds=1) from None
    session.execute(text("SET LOCAL lock_timeout TO DEFAULT"))


def note_failure(session: Session, subjects: Sequence[Subject]) -> None:
    """Count a wrong password; in a transaction that is not rolled back with the refusal."""
    for subject, _ in subjects:
        session.add(SignInFailure(subject=subject))
    session.execute(delete(SignInFailure).where(SignInFailure.failed_at < func.now() - timedelta(days=1)))


def failures_of(session: Session, subject: Subject) -> int:
    """How many count against a subject now."""
    return session.scalars(select(func.count()).where(SignInFailure.subject == subject[0], _counts())).one()


def forget_failures(session: Session, subject: Subject) -> None:
    """Start counting anew for a subject whose password has just been given."""
    session.execute(delete(SignInFailure).where(SignInFailure.subject == subject[0]))
