"""What Prometheus is told that no process knows by itself: what waits, what jobs measured, whether the ledger holds."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy.orm import Session

from handlers.backlog import Backlog, backlog
from handlers.ledger_audits import last_audit, rules
from handlers.measurements import BOUNDS, Measure, Total, totals
from jobs.queues import QueueName, WorkerState
from models import LedgerAudit
from telemetry.metrics import Distribution, Family


def of_database(session: Session) -> list[Family | Distribution]:
    """What PostgreSQL knows, in eight queries."""
    measured = totals(session)
    return [*_waiting(backlog(session)), *_ledger(last_audit(session)), *_counted(measured), *_distributed(measured)]


def of_queues(lengths: Mapping[QueueName, int], workers: Sequence[WorkerState]) -> list[Family | Distribution]:
    """What Redis knows: doorbells that nobody has heard yet, and who listens."""
    counts = {(name.value, state): 0 for name in QueueName for state in ("busy", "idle")}
    for worker in workers:
        key = (worker.queue, "busy" if worker.is_busy else "idle")
        counts[key] = counts.get(key, 0) + 1
    return [
        _gauge(
            "rq_queue_length",
            "Doorbells in a queue of Redis.",
            {(name.value,): float(length) for name, length in lengths.items()},
            "queue",
        ),
        _gauge("workers", "Live workers.", {key: float(count) for key, count in counts.items()}, "queue", "state"),
    ]


def up(*, database: bool, redis: bool) -> list[Family | Distribution]:
    """Whether the servers answered."""
    return [
        _gauge("database_up", "Whether PostgreSQL answered.", {(): float(database)}),
        _gauge("redis_up", "Whether Redis answered.", {(): float(redis)}),
    ]


def _waiting(found: Backlog) -> Iterator[Family]:
    queues = {name.value: queued for name, queued in found.queues.items()}
    yield _gauge(
        "waiting", "Transcriptions that are due and no worker's.", {(n,): q.waiting for n, q in queues.items()}, "queue"
    )
    yield _gauge(
        "put_off",
        "Transcriptions that wait for another try or for their provider.",
        {(n,): q.put_off for n, q in queues.items()},
        "queue",
    )
    yield _gauge("running", "Transcriptions that a worker has.", {(n,): q.running for n, q in queues.items()}, "queue")
    yield _gauge(
        "oldest_waiting_seconds",
        "How long the first of what waits has been due.",
        {(n,): q.oldest_seconds for n, q in queues.items()},
        "queue",
    )
    yield _gauge(
        "lines_waiting", "Other things that are due.", {(n,): line.waiting for n, line in found.lines.items()}, "of"
    )
    yield _gauge(
        "lines_oldest_seconds",
        "How long the first of them has waited.",
        {(n,): line.oldest_seconds for n, line in found.lines.items()},
        "of",
    )
    yield _gauge(
        "expired_leases",
        "Leases that ran out, and that nobody has taken over yet.",
        {(n,): count for n, count in found.expired_leases.items()},
        "of",
    )


def _ledger(audit: LedgerAudit | None) -> Iterator[Family]:
    """The sums that are to be zero. Before the first audit nothing is told, for nothing is known."""
    if audit is None:
        return
    yield _gauge(
        "ledger_breaches",
        "Rows that break a rule of the ledger, 20 at most, as of the last audit.",
        {(rule,): float(audit.breaches.get(rule, 0)) for rule in rules()},
        "rule",
    )
    yield _gauge("ledger_audit_timestamp_seconds", "When the ledger was last audited.", {(): _epoch(audit)})
    yield _gauge("ledger_audit_seconds", "How long that took.", {(): audit.duration_ms / 1000})


def _counted(measured: Mapping[Measure, Sequence[Total]]) -> Iterator[Family]:
    finished = measured[Measure.FINISHED]
    yield _counter(
        "transcriptions",
        "Transcriptions that became final.",
        {(each.labels["status"], each.labels["code"]): float(each.count) for each in finished},
        "status",
        "code",
    )
    yield _counter(
        "audio_seconds",
        "Seconds of recordings whose transcription became final.",
        {(each.labels["status"], each.labels["code"]): each.total for each in finished},
        "status",
        "code",
    )
    yield _counter(
        "stage_failures",
        "Turns at a stage that failed or crashed, those that are tried again too.",
        {(each.labels["stage"], each.labels["code"]): float(each.count) for each in measured[Measure.STAGE_FAILED]},
        "stage",
        "code",
    )


def _distributed(measured: Mapping[Measure, Sequence[Total]]) -> Iterator[Distribution]:
    named = (
        (Measure.STAGE, "stage_seconds", "Seconds of a worker's turn at a stage.", ("stage", "outcome")),
        (Measure.REAL_TIME_FACTOR, "real_time_factor", "Seconds of hearing for each of sound.", ("pipeline",)),
        (Measure.PROVIDER, "provider_seconds", "Seconds until a provider answered.", ("provider", "outcome")),
        (Measure.WEBHOOK_ATTEMPT, "webhook_attempt_seconds", "Seconds of an attempt to deliver.", ("outcome",)),
        (Measure.WEBHOOK_LAG, "webhook_lag_seconds", "Seconds from when an attempt was due until it was made.", ()),
    )
    for what, name, help_text, labels in named:
        yield Distribution(
            f"transcribe_{name}",
            help_text,
            BOUNDS[what],
            labels,
            [(tuple(each.labels[label] for label in labels), each.counts, each.total) for each in measured[what]],
        )


def _gauge(name: str, help_text: str, values: Mapping[tuple[str, ...], float], *labels: str) -> Family:
    return Family("gauge", f"transcribe_{name}", help_text, labels, list(values.items()))


def _counter(name: str, help_text: str, values: Mapping[tuple[str, ...], float], *labels: str) -> Family:
    return Family("counter", f"transcribe_{name}", help_text, labels, list(values.items()))


def _epoch(audit: LedgerAudit) -> float:
    return audit.finished_at.timestamp()
