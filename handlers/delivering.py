"""Sending deliveries, as the worker sees it: which endpoints it may send to, what is due, and what became of it.

An endpoint is one worker's at a time, under a lease, and that worker keeps the number of requests at once. PostgreSQL
is the truth: a delivery is pending until its outcome is stored, so whatever is lost on the way is sent again.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import ARRAY, BigInteger, bindparam, func, select, text, update
from sqlalchemy.orm import Session

from handlers.leases import LEASE
from handlers.measurements import Measure, measure_all
from handlers.webhook_endpoints import signing_key, switch_off
from jobs.queues import QueueName, ring
from models import DisabledReason, WebhookDelivery, WebhookEndpoint
from webhooks import schedule

# Much less than PostgreSQL's deadlock_timeout, one second.
GIVES_WAY_AFTER_MS = 200

# Which endpoints have something due, and of each since when: one look into the index for each that has anything
# pending, however much that is. `free` are those that are switched on and no worker's.
WAITING = """
    WITH RECURSIVE waiting AS (
        (
            SELECT endpoint_id, due_at FROM webhook_deliveries WHERE state = 'pending'
            ORDER BY endpoint_id, due_at LIMIT 1
        )
        UNION ALL
        SELECT following.endpoint_id, following.due_at FROM waiting CROSS JOIN LATERAL (
            SELECT endpoint_id, due_at FROM webhook_deliveries
            WHERE state = 'pending' AND endpoint_id > waiting.endpoint_id ORDER BY endpoint_id, due_at LIMIT 1
        ) AS following
    ), free AS (
        SELECT endpoint.id, account_id, due_at, failing_since IS NOT NULL AS is_failing
        FROM waiting JOIN webhook_endpoints AS endpoint ON endpoint.id = endpoint_id
        WHERE due_at <= clock_timestamp() AND disabled_reason IS NULL
            AND (lease_until IS NULL OR lease_until <= clock_timestamp())
    )
"""
ANY_FREE = text(f"{WAITING} SELECT EXISTS (SELECT FROM free)")  # noqa: S608 (no value is part of it)

# Accounts take turns, those that have fewest first, and those that fail have only so many places: who answers slowly or
# not at all keeps nobody else waiting.
CLAIM = text(f"""
    {WAITING}, ranked AS (
        SELECT id, is_failing, due_at,
            row_number() OVER (PARTITION BY account_id ORDER BY is_failing, due_at) + (
                SELECT count(*) FROM webhook_endpoints AS leased
                WHERE leased.account_id = free.account_id AND leased.lease_until > clock_timestamp()
            ) AS turn
        FROM free
    ), chosen AS (
        SELECT id, is_failing, turn, due_at,
            row_number() OVER (PARTITION BY is_failing ORDER BY turn, due_at) AS place
        FROM ranked WHERE turn <= :most_of_an_account
    ), taken AS (
        SELECT id FROM webhook_endpoints
        WHERE id IN (
            SELECT id FROM chosen WHERE NOT is_failing OR place <= :most_failing
            ORDER BY is_failing, turn, due_at LIMIT :most
        ) AND (lease_until IS NULL OR lease_until <= clock_timestamp())
        FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE webhook_endpoints SET lease_token = :token, lease_until = clock_timestamp() + :lease
    WHERE id IN (SELECT id FROM taken)
    RETURNING id, failing_since IS NOT NULL AS is_failing, transcription_id IS NOT NULL AS is_single
""")  # noqa: S608 (no value is part of it)

DUE = text("""
    SELECT endpoint.id AS endpoint_id, endpoint.url, endpoint.secret, delivery.id, delivery.tries,
        extract(epoch FROM delivery.due_at)::double precision AS due_at,
        CASE WHEN previous_secret_expires_at > clock_timestamp() THEN previous_secret END AS previous_secret,
        events.public_id AS event_id, events.body, told.request_id, told.trace_parent
    FROM webhook_endpoints AS endpoint
    CROSS JOIN LATERAL (
        SELECT id, event_id, tries, due_at FROM webhook_deliveries
        WHERE endpoint_id = endpoint.id AND state = 'pending' AND due_at <= clock_timestamp() AND id <> ALL (:held)
        ORDER BY due_at, id LIMIT :most
    ) AS delivery
    JOIN events ON events.id = delivery.event_id
    LEFT JOIN transcriptions AS told ON told.id = events.transcription_id
    WHERE endpoint.id = ANY (:endpoints) AND endpoint.lease_token = :token AND disabled_reason IS NULL
    ORDER BY endpoint.id
""").bindparams(bindparam("held", type_=ARRAY(BigInteger)), bindparam("endpoints", type_=ARRAY(BigInteger)))

KEEP = text("""
    WITH outcomes AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(CAST(:outcomes AS jsonb)) AS row (
            delivery_id bigint, attempted_at timestamptz, url text, signature text, status integer,
            duration_ms integer, error text, answer text, succeeded boolean, wait_seconds double precision
        )
    ), kept AS (
        UPDATE webhook_deliveries AS delivery SET
            attempts_count = attempts_count + 1,
            tries = tries + 1,
            last_status = outcomes.status,
            last_error = outcomes.error,
            state = CASE WHEN succeeded THEN 'succeeded' WHEN wait_seconds IS NULL THEN 'failed' ELSE 'pending' END,
            due_at = clock_timestamp() + make_interval(secs => coalesce(wait_seconds, 0)),
            finished_at = CASE WHEN succeeded OR wait_seconds IS NULL THEN clock_timestamp() END
        FROM outcomes WHERE delivery.id = delivery_id
        RETURNING delivery.id, attempts_count
    )
    INSERT INTO webhook_attempts
        (delivery_id, number, attempted_at, url, signature, status, duration_ms, error, answer)
    SELECT delivery_id, attempts_count, attempted_at, url, signature, status, duration_ms, error, answer
    FROM outcomes JOIN kept ON kept.id = delivery_id
""")


@dataclass(frozen=True, slots=True)
class Claimed:
    """An endpoint that this worker alone may send to."""

    endpoint_id: int
    is_failing: bool
    is_single: bool  # Told of one transcription alone, which is final once.


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is to be sent now. `tries` were made before, by the present schedule."""

    delivery_id: int
    endpoint_id: int
    event_id: str
    body: str
    url: str
    keys: tuple[bytes, ...]
    tries: int
    due_at: float  # Seconds since 1970, by the database's clock.
    # Of the request that asked for the transcription that it tells of.
    request_id: str | None
    trace_parent: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt. `wait_seconds` is None where no further one follows, and means nothing where it succeeded."""

    delivery_id: int
    attempted_at: str
    url: str
    signature: str
    status: int | None
    duration_ms: int
    error: str | None
    answer: str | None
    succeeded: bool
    wait_seconds: float | None
    late_seconds: float = 0.0  # From when it was due until it was made.

    @property
    def counted_as(self) -> str:
        """The kind of answer there was, `2xx`, or why there was none."""
        return f"{self.status // 100}xx" if self.status is not None else self.error or "no_answer"


def claim(session: Session, token: str, *, most: int, most_failing: int, most_of_an_account: int) -> Sequence[Claimed]:
    """Take the leases of endpoints that something is due for, at most so many."""
    rows = session.execute(
        CLAIM,
        {
            "token": token,
            "lease": LEASE,
            "most": most,
            "most_failing": most_failing,
            "most_of_an_account": most_of_an_account,
        },
    )
    return [Claimed(row.id, row.is_failing, row.is_single) for row in rows]


def due(
    session: Session, token: str, endpoint_ids: Collection[int], *, held: Collection[int], most: int
) -> Sequence[Parcel]:
    """What is due for these endpoints, as far as they are still this token's: of each at most so many, the longest
    due first, and none of the deliveries that are `held` already."""
    values = {"token": token, "endpoints": list(endpoint_ids), "held": list(held), "most": most}
    return [
        Parcel(
            delivery_id=row.id,
            endpoint_id=row.endpoint_id,
            event_id=row.event_id,
            body=row.body,
            url=row.url,
            keys=_keys(row.secret, row.previous_secret),
            tries=row.tries,
            due_at=row.due_at,
            request_id=row.request_id,
            trace_parent=row.trace_parent,
        )
        for row in session.execute(DUE, values)
    ]


def _keys(*stored: bytes | None) -> tuple[bytes, ...]:
    """What a delivery is signed under; nothing where none of it can be read, so that a receiver which verifies refuses
    it rather than trusts something."""
    keys = [signing_key(bytes(each)) for each in stored if each is not None]
    return tuple(key for key in keys if key is not None)


def renew(session: Session, token: str) -> Collection[int]:
    """Keep the leases for another while; the endpoints that are still there, switched on and this token's."""
    rows = session.scalars(
        update(WebhookEndpoint)
        .where(WebhookEndpoint.lease_token == token, WebhookEndpoint.disabled_reason.is_(None))
        .values(lease_until=func.clock_timestamp() + LEASE)
        .returning(WebhookEndpoint.id)
        .execution_options(synchronize_session=False)
    )
    return set(rows)


def release(session: Session, token: str, endpoint_ids: Collection[int]) -> None:
    """Let go of these endpoints."""
    session.execute(
        update(WebhookEndpoint)
        .where(WebhookEndpoint.lease_token == token, WebhookEndpoint.id.in_(endpoint_ids))
        .values(lease_token=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )


def keep(session: Session, outcomes: Mapping[int, Sequence[Outcome]]) -> None:
    """Store attempts, by endpoint and in their order, and what follows for deliveries and endpoints.

    A delivery that was deleted meanwhile leaves nothing. OperationalError where somebody else, who is deleting some of
    them, does not let go soon: to be tried again.
    """
    if not outcomes:
        return
    # Whoever deletes locks deliveries and endpoints in orders of their own. Of the two it is us who give way, before
    # the database finds the deadlock and has a customer's request fail.
    session.execute(text(f"SET LOCAL lock_timeout = '{GIVES_WAY_AFTER_MS}ms'"))
    all_of_them = [outcome for each in outcomes.values() for outcome in each]
    # Endpoints before deliveries, each in order: as they are locked where one is deleted or sent everything again.
    endpoints = select(WebhookEndpoint.id).where(WebhookEndpoint.id.in_(outcomes)).order_by(WebhookEndpoint.id)
    session.execute(endpoints.with_for_update(key_share=True))
    deliveries = select(WebhookDelivery.id).where(
        WebhookDelivery.id.in_([outcome.delivery_id for outcome in all_of_them])
    )
    session.execute(deliveries.order_by(WebhookDelivery.id).with_for_update())
    answered = [({"outcome": each.counted_as}, each.duration_ms / 1000) for each in all_of_them]
    measure_all(session, Measure.WEBHOOK_ATTEMPT, answered)
    measure_all(session, Measure.WEBHOOK_LAG, [({}, each.late_seconds) for each in all_of_them])
    session.execute(KEEP, {"outcomes": json.dumps([asdict(outcome) for outcome in all_of_them])})
    _note_health(session, {endpoint_id for endpoint_id, each in outcomes.items() if each[-1].succeeded}, outcomes)


def ring_for_due(session: Session) -> None:
    """Ring when something is due and no worker has it: a later attempt, or a doorbell that was lost."""
    if session.scalar(ANY_FREE):
        ring(QueueName.DELIVER)


def _note_health(session: Session, healthy: Collection[int], outcomes: Mapping[int, Sequence[Outcome]]) -> None:
    """Since when which endpoint fails; one that says it is gone, or has failed for days, is switched off."""
    failing = outcomes.keys() - healthy
    gone = {id_ for id_ in failing if any(outcome.status == schedule.GONE for outcome in outcomes[id_])}
    session.execute(
        update(WebhookEndpoint)
        .where(WebhookEndpoint.id.in_(healthy), WebhookEndpoint.failing_since.is_not(None))
        .values(failing_since=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(WebhookEndpoint)
        .where(WebhookEndpoint.id.in_(failing), WebhookEndpoint.failing_since.is_(None))
        .values(failing_since=func.clock_timestamp())
        .execution_options(synchronize_session=False)
    )
    switch_off(session, gone, DisabledReason.GONE)
    hopeless = select(WebhookEndpoint.id).where(
        WebhookEndpoint.id.in_(failing), WebhookEndpoint.failing_since < func.now() - schedule.GIVE_UP_AFTER
    )
    switch_off(session, session.scalars(hopeless).all(), DisabledReason.FAILING)
