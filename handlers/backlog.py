"""What waits, how long, and what is at work, as PostgreSQL knows it: a few queries over small indexes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.orm import Session

from handlers.lines import LINES
from jobs.queues import QueueName

STAGES = text("""
    SELECT queue,
        count(*) FILTER (WHERE lease_token IS NULL AND due_at <= clock_timestamp()) AS waiting,
        count(*) FILTER (WHERE lease_token IS NULL AND due_at > clock_timestamp()) AS put_off,
        count(*) FILTER (WHERE lease_until > clock_timestamp()) AS running,
        count(*) FILTER (WHERE lease_until <= clock_timestamp()) AS expired,
        coalesce(extract(epoch FROM clock_timestamp() - min(due_at) FILTER (WHERE lease_token IS NULL)), 0)
            ::double precision AS oldest_seconds
    FROM transcriptions WHERE status = 'processing' OR to_understand
    GROUP BY queue
""")
WEBHOOKS = text("""
    SELECT count(*) AS waiting,
        coalesce(extract(epoch FROM clock_timestamp() - min(due_at)), 0)::double precision AS oldest_seconds
    FROM webhook_deliveries JOIN webhook_endpoints AS endpoint ON endpoint.id = endpoint_id
    WHERE state = 'pending' AND due_at <= clock_timestamp() AND disabled_reason IS NULL
""")
PAYMENT_EVENTS = text("""
    SELECT count(*) AS waiting,
        coalesce(extract(epoch FROM clock_timestamp() - min(received_at)), 0)::double precision AS oldest_seconds
    FROM stripe_events WHERE handled_at IS NULL
""")
MAILS = text("""
    SELECT count(*) AS waiting,
        coalesce(extract(epoch FROM clock_timestamp() - min(mail_due_at)), 0)::double precision AS oldest_seconds
    FROM notices WHERE mail_due_at <= clock_timestamp()
""")
MEASUREMENTS = text("""
    SELECT count(*) AS waiting,
        coalesce(extract(epoch FROM clock_timestamp() - min(measured_at)), 0)::double precision AS oldest_seconds
    FROM measurements WHERE NOT is_counted
""")
EXPIRED = text("""
    SELECT
        (SELECT count(*) FROM chunks WHERE heard_at IS NULL AND lease_until <= clock_timestamp()) AS chunk,
        (SELECT count(*) FROM webhook_endpoints WHERE lease_until <= clock_timestamp()) AS endpoint
""")


@dataclass(slots=True)
class Queued:
    """What is in the care of one queue's workers. `oldest_seconds` is how long the first of it has been due."""

    waiting: int = 0
    put_off: int = 0
    running: int = 0
    expired: int = 0
    oldest_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """Something else that waits, and how long the first of it has."""

    waiting: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True)
class Backlog:
    """All of it. `lines` are by what they are of; `expired_leases` are of workers that have gone silent."""

    queues: Mapping[QueueName, Queued]
    lines: Mapping[str, Line]
    expired_leases: Mapping[str, int] = field(default_factory=dict)


OTHERS: Sequence[tuple[str, object]] = (
    ("webhooks", WEBHOOKS),
    ("payment_events", PAYMENT_EVENTS),
    ("mails", MAILS),
    ("measurements", MEASUREMENTS),
)


def backlog(session: Session) -> Backlog:
    """What waits and what is at work now."""
    queues = {name: Queued() for name in LINES}
    for row in session.execute(STAGES):
        queues[QueueName(row.queue)] = Queued(
            row.waiting, row.put_off, row.running, row.expired, max(0.0, row.oldest_seconds)
        )
    rows = {name: session.execute(query).one() for name, query in OTHERS}  # type: ignore[call-overload]
    lines = {name: Line(row.waiting, max(0.0, row.oldest_seconds)) for name, row in rows.items()}
    expired = session.execute(EXPIRED).one()
    leases = {"transcription": sum(queued.expired for queued in queues.values()), **expired._asdict()}
    return Backlog(queues, lines, leases)
