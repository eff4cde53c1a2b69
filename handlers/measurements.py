"""What jobs measure, kept where every process can add to it and none can lose it: in the database.

A work-horse lives for one job, may be killed at any moment, and may run on another machine than the page that tells
Prometheus. So what it measures is a row, which costs nobody a lock. The scheduler adds the rows to tallies, each once;
both together are what only ever grows. The rows stay for some days, for the page that shows how providers are.
"""

import enum
import logging
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from db import transaction
from errors import AppError
from models import Measurement
from telemetry import tracing

log = logging.getLogger(__name__)

OK = "ok"
KEPT_FOR = timedelta(days=7)
AT_ONCE = 10_000

SECONDS = (0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)
SHORT_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 60, 300, 3600)
# Of real time: 0.1 is ten times as fast as it was spoken.
FACTORS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)


class Measure(enum.StrEnum):
    """What is measured. The bounds of a measure's buckets stay as they are: tallies are kept by their numbers."""

    STAGE = "stage"  # Seconds a worker was at a stage; labels stage, queue, outcome.
    STAGE_FAILED = "stage_failed"  # Times; labels stage, code.
    REAL_TIME_FACTOR = "real_time_factor"  # Seconds of hearing for each of sound; label pipeline.
    FINISHED = "finished"  # Seconds of sound; labels status, code.
    PROVIDER = "provider"  # Seconds until a provider answered or failed; labels provider, outcome.
    WEBHOOK_ATTEMPT = "webhook_attempt"  # Seconds until it was answered; label outcome.
    WEBHOOK_LAG = "webhook_lag"  # Seconds from when an attempt was due until it was made.


BOUNDS: Mapping[Measure, Sequence[float]] = {
    Measure.STAGE: SECONDS,
    Measure.REAL_TIME_FACTOR: FACTORS,
    Measure.PROVIDER: SECONDS,
    Measure.WEBHOOK_ATTEMPT: SHORT_SECONDS,
    Measure.WEBHOOK_LAG: SHORT_SECONDS,
}

FOLD = text("""
    WITH counted AS (
        UPDATE measurements SET is_counted = true
        WHERE id IN (SELECT id FROM measurements WHERE NOT is_counted ORDER BY id LIMIT :most)
        RETURNING name, labels, bucket, value, times
    )
    INSERT INTO tallies (name, labels, bucket, count, total)
    SELECT name, labels, bucket, sum(times), sum(value * times) FROM counted GROUP BY name, labels, bucket
    ON CONFLICT (name, labels, bucket) DO UPDATE SET
        count = tallies.count + excluded.count, total = tallies.total + excluded.total
""")
TOTALS = text("""
    SELECT name, labels, bucket, sum(count)::bigint AS count, sum(total) AS total
    FROM (
        SELECT name, labels, bucket, count, total FROM tallies
        UNION ALL
        SELECT name, labels, bucket, times, value * times FROM measurements WHERE NOT is_counted
    ) AS all_of_them GROUP BY name, labels, bucket
""")


@dataclass(frozen=True, slots=True)
class Total:
    """How often something was measured under these labels, by bucket, and the sum of all that was.

    The last bucket is for what lies above every bound.
    """

    labels: Mapping[str, str]
    counts: Sequence[int]
    total: float

    @property
    def count(self) -> int:
        return sum(self.counts)


def measure(session: Session, what: Measure, value: float = 1.0, **labels: str) -> None:
    """Add one measurement."""
    measure_all(session, what, [(labels, value)])


def measure_all(session: Session, what: Measure, measured: Iterable[tuple[Mapping[str, str], float]]) -> None:
    """Add many; those that are counted alike make one row, whose value is their mean."""
    alike: dict[tuple[tuple[tuple[str, str], ...], int], list[float]] = defaultdict(list)
    for labels, value in measured:
        alike[tuple(sorted(labels.items())), bucket_of(what, value)].append(value)
    session.add_all(
        Measurement(
            name=what.value,
            labels=dict(labels),
            bucket=bucket,
            value=sum(values) / len(values),
            times=len(values),
        )
        for (labels, bucket), values in alike.items()
    )


def note(what: Measure, value: float = 1.0, **labels: str) -> None:
    """Add one in a transaction of its own, since what failed is rolled back; nothing while the database is away."""
    try:
        with transaction() as session:
            measure(session, what, value, **labels)
    except OperationalError as error:
        log.warning("a measurement was not kept", extra={"measure": what.value, "reason": type(error).__name__})


@contextmanager
def provider_measured(provider: str, *faults: type[Exception]) -> Iterator[None]:
    """How long a provider takes for what is asked of it inside the block, and whether it fails, and of what.

    It fails by an AppError, or by one of these `faults`. What else rises is nothing about the provider.
    """
    began, outcome = time.monotonic(), OK
    try:
        with tracing.span(f"ask {provider}", "client", transcribe__provider=provider):
            yield
    except AppError as error:
        outcome = error.code
        raise
    except faults as fault:
        outcome = type(fault).__name__
        raise
    except BaseException:
        outcome = ""
        raise
    finally:
        if outcome:
            note(Measure.PROVIDER, time.monotonic() - began, provider=provider, outcome=outcome)


def fold(session: Session) -> None:
    """Add what was measured to the tallies. For the scheduler."""
    session.execute(FOLD, {"most": AT_ONCE})


def remove_old(session: Session) -> None:
    """Forget what is in the tallies for a week."""
    is_old = Measurement.measured_at < func.clock_timestamp() - KEPT_FOR
    session.execute(
        delete(Measurement).where(Measurement.is_counted, is_old).execution_options(synchronize_session=False)
    )


def totals(session: Session) -> Mapping[Measure, Sequence[Total]]:
    """All that was ever measured, whether it has been added to the tallies yet or not."""
    session.flush()
    counts: dict[tuple[Measure, tuple[tuple[str, str], ...]], list[int]] = {}
    sums: dict[tuple[Measure, tuple[tuple[str, str], ...]], float] = defaultdict(float)
    known = set(Measure)
    for row in session.execute(TOTALS):
        if row.name not in known:
            continue  # Of a newer version that ran here before.
        what = Measure(row.name)
        key = what, tuple(sorted(row.labels.items()))
        buckets = counts.setdefault(key, [0] * (len(BOUNDS.get(what, ())) + 1))
        buckets[min(row.bucket, len(buckets) - 1)] += row.count
        sums[key] += row.total
    found: dict[Measure, list[Total]] = {what: [] for what in Measure}
    for (what, labels), buckets in sorted(counts.items()):
        found[what].append(Total(dict(labels), buckets, sums[what, labels]))
    return found


def bucket_of(what: Measure, value: float) -> int:
    """The number of the first bound that the value does not exceed."""
    return bisect_left(BOUNDS.get(what, ()), value)
