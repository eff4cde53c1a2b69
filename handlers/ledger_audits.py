"""Proving the ledger every hour, and keeping what came of it: the sums that are to be zero, for whoever watches."""

import logging
import time
from collections import Counter
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from billing.audit import RULES, audit
from models import LedgerAudit

log = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=30)


def audit_ledger(session: Session) -> LedgerAudit:
    """Say loudly in the log when the books do not balance, and keep how many rows break which rule."""
    began = time.monotonic()
    breaches = audit(session)
    for breach in breaches:
        log.error("the ledger is broken", extra={"rule": breach.rule, "row": breach.row, "detail": breach.detail})
    counts = Counter(breach.rule for breach in breaches)
    kept = LedgerAudit(duration_ms=round((time.monotonic() - began) * 1000), breaches=dict(counts))
    session.add(kept)
    session.flush()
    return kept


def last_audit(session: Session) -> LedgerAudit | None:
    """What came of it the last time."""
    return session.scalar(select(LedgerAudit).order_by(LedgerAudit.finished_at.desc()).limit(1))


def rules() -> tuple[str, ...]:
    """What is proved, in order, each a claim."""
    return tuple(RULES)


def remove_old(session: Session) -> None:
    """Forget what came of it a month ago."""
    old = LedgerAudit.finished_at < func.clock_timestamp() - KEPT_FOR
    session.execute(delete(LedgerAudit).where(old).execution_options(synchronize_session=False))
