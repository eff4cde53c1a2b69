"""Queue names, and the doorbell that tells a worker there is work. PostgreSQL knows what the work is, and whose turn.

Imports nothing of ours, so that handlers and jobs never form a circle: jobs are named by dotted path.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue, Worker
from rq.serializers import JSONSerializer
from rq.utils import as_text

ENTRY_POINTS_TIMEOUT_SECONDS = 24 * 3600  # the lease and the sweep end what hangs, long before this does


class QueueName(enum.StrEnum):
    FETCH = "fetch"
    TRANSCRIBE = "transcribe"
    PROVIDE = "provide"
    POLL = "poll"
    UNDERSTAND = "understand"
    BILLING = "billing"
    DELIVER = "deliver"


ENTRY_POINTS = {
    QueueName.FETCH: "jobs.transcriptions.fetch",
    QueueName.TRANSCRIBE: "jobs.transcriptions.transcribe",
    QueueName.PROVIDE: "jobs.transcriptions.provide",
    QueueName.POLL: "jobs.transcriptions.poll",
    QueueName.UNDERSTAND: "jobs.understanding.understand",
    QueueName.BILLING: "jobs.payments.handle_event",
    QueueName.DELIVER: "jobs.webhooks.deliver",
}

DUE = "due"

_connection: Redis | None = None


def connect(redis_url: str) -> Redis:
    """Remember the server for this process. Nothing is sent before the first use."""
    global _connection
    _connection = Redis.from_url(
        redis_url, socket_connect_timeout=2, socket_timeout=5, retry=Retry(NoBackoff(), retries=1)
    )
    return _connection


def connection() -> Redis:
    assert _connection is not None, "jobs.queues.connect() comes first"
    return _connection


def queue(name: QueueName) -> Queue:
    return Queue(name.value, connection=connection(), serializer=JSONSerializer)


def enqueue(name: QueueName, public_id: str) -> None:
    """Ring for one row: the job carries its id, or DUE for whatever is due, and nothing else."""
    queue(name).enqueue(
        ENTRY_POINTS[name],
        public_id,
        job_id=f"{name.value}-{public_id}-{token_hex(4)}",  # Rung twice, it must not be one job to RQ.
        job_timeout=ENTRY_POINTS_TIMEOUT_SECONDS,
        result_ttl=0,
        failure_ttl=0,
    )


def ring(name: QueueName) -> None:
    """Ring for whatever is due. A ring that nobody has heard yet is enough: the job looks for itself what there is."""
    if queue(name).count == 0:
        enqueue(name, DUE)


def waiting(name: QueueName) -> set[str]:
    """The public ids that the queue holds now."""
    return {job_id.split("-")[1] for job_id in queue(name).get_job_ids()}


def lengths() -> dict[QueueName, int]:
    """How many bells wait in each queue."""
    with connection().pipeline(transaction=False) as pipeline:
        for name in QueueName:
            pipeline.llen(queue(name).key)
        return dict(zip(QueueName, pipeline.execute(), strict=True))


@dataclass(frozen=True, slots=True)
class WorkerState:
    """A worker that has said within its time that it lives."""

    name: str
    queue: str
    is_busy: bool
    host: str
    process_id: int
    last_heard_at: datetime | None


def workers() -> list[WorkerState]:
    """The live workers, by queue. Only read: RQ's own registries clean up behind whoever looks into them."""
    redis = connection()
    names = sorted(map(as_text, redis.smembers(Worker.redis_workers_keys)))
    with redis.pipeline(transaction=False) as pipeline:
        for name in names:
            pipeline.hmget(name, "queues", "state", "hostname", "pid", "last_heartbeat")
        found = zip(names, pipeline.execute(), strict=True)
    states = [_state(name, [value and as_text(value) for value in values]) for name, values in found if values[0]]
    return sorted(states, key=lambda state: (state.queue, state.name))


def live_workers() -> int:
    """How many workers have said within their time that they live."""
    return len(workers())


def _state(name: str, values: Sequence[str | None]) -> WorkerState:
    queues, state, host, process_id, heard = values
    return WorkerState(
        name.rpartition(":")[2],
        queues or "",
        state == "busy",
        host or "",
        int(process_id or 0),
        datetime.fromisoformat(heard) if heard else None,
    )
