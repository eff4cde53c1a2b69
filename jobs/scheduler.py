"""The clock of the service: `python -m jobs.scheduler`. One of several does the work, under an advisory lock."""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from redis.exceptions import RedisError
from sqlalchemy import func, select
from sqlalchemy.exc import InternalError, OperationalError
from sqlalchemy.orm import Session

import checks.settings
import runtime
from config import from_env_or_exit
from db import transaction
from handlers import (
    activities,
    delivering,
    events,
    idempotency,
    ledger_audits,
    measurements,
    media,
    payments,
    sweeps,
    trash,
    wallets,
)
from jobs.mailing import mail_until
from logs import configure_logging
from storage import StoreUnavailable

log = logging.getLogger(__name__)

LOCK_NUMBER = 0x7363686564


@dataclass
class Duty:
    """Something repeated; `due` is on the monotonic clock."""

    every_seconds: float
    act: Callable[[Session], object]
    due: float = 0.0


def duties() -> list[Duty]:
    return [
        Duty(1, sweeps.ring_for_waiting),
        Duty(1, delivering.ring_for_due),
        Duty(5, payments.ring_for_events),
        Duty(10, measurements.fold),
        Duty(10, sweeps.mend_lines),
        Duty(60, sweeps.fail_stalled),
        Duty(60, wallets.begin_due_periods),
        Duty(60, media.delete_expired_media),
        Duty(60, trash.remove_expired_trash),
        Duty(60, events.purge),
        Duty(60, sweeps.delete_orphans),
        Duty(600, idempotency.purge),
        Duty(600, sweeps.delete_unused_uploads),
        Duty(600, sweeps.forget_url_headers),
        Duty(3600, sweeps.drop_unfinished_uploads),
        Duty(3600, ledger_audits.audit_ledger),
        Duty(3600, activities.remove_old),
        Duty(3600, measurements.remove_old),
        Duty(3600, ledger_audits.remove_old),
    ]


def run_due(duties: list[Duty]) -> None:
    """Do what is due, each in a transaction of its own; trouble with a server is logged and met again next time."""
    for duty in duties:
        if duty.due > time.monotonic():
            continue
        duty.due = time.monotonic() + duty.every_seconds
        try:
            with transaction() as session:
                if session.scalar(select(func.pg_try_advisory_xact_lock(LOCK_NUMBER))):
                    duty.act(session)
        # An InternalError is a transaction that the database ended because a store took too long.
        except (OperationalError, InternalError, RedisError, StoreUnavailable) as error:
            log.warning("a periodic duty could not be done", extra={"reason": type(error).__name__})


def main() -> int:
    configuration = from_env_or_exit()
    configure_logging(configuration.log_format)
    runtime.wire(configuration, pool_size=1)
    checks.settings.warn(configuration, os.environ)
    stopping = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stopping.set())
    if configuration.mail is not None:
        threading.Thread(target=mail_until, args=(stopping, configuration.mail), daemon=True).start()
    all_duties = duties()
    while not stopping.wait(0.5):
        run_due(all_duties)
    return 0


if __name__ == "__main__":
    sys.exit(main())
