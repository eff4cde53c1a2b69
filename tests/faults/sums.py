"""What must hold when everything is over: written down here anew from the promises, and asked of the tables, the store
and the receivers, not of the service's own checks alone."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session
from standardwebhooks import Webhook

import runtime
from db import transaction
from handlers import sweeps
from models import StoreRound
from tests.faults.clients import Known
from tests.faults.running import Service
from tests.faults.town import Arrival

BELIEVED_FOR_SECONDS = 300
# Section H of the promises; each sum, or number of rows, is to be 0.
SUMS = {
    "H1 movements whose entries do not sum to 0": """
        SELECT count(*) FROM (
            SELECT movement_id FROM ledger_entries GROUP BY movement_id HAVING sum(amount_microusd) <> 0
        ) AS broken
    """,
    "H2 balances that are not the sum of their entries": """
        SELECT count(*) FROM (
            SELECT wallets.id FROM wallets
            LEFT JOIN ledger_movements ON wallet_id = wallets.id
            LEFT JOIN ledger_entries ON movement_id = ledger_movements.id
            GROUP BY wallets.id
            HAVING monthly_credit_microusd
                    <> coalesce(sum(amount_microusd) FILTER (WHERE book = 'monthly_credit'), 0)
                OR top_up_microusd <> coalesce(sum(amount_microusd) FILTER (WHERE book = 'top_up'), 0)
                OR charged_microusd <> coalesce(sum(amount_microusd) FILTER (WHERE book = 'charged'), 0)
        ) AS broken
    """,
    "H3 sum of all entries": "SELECT coalesce(abs(sum(amount_microusd)), 0) FROM ledger_entries",
    "H4 balances below 0": """
        SELECT count(*) FROM wallets WHERE least(
            monthly_credit_microusd, top_up_microusd, held_monthly_credit_microusd, held_top_up_microusd
        ) < 0
    """,
    "H5 completed ones without exactly one hold and one capture": """
        SELECT count(*) FROM transcriptions WHERE status = 'completed' AND (
            SELECT array_agg(kind::text ORDER BY kind::text) FROM ledger_movements
            WHERE reference = transcriptions.public_id
        ) IS DISTINCT FROM ARRAY['capture', 'hold']
    """,
    "H5 failed ones with a hold that was not released": """
        SELECT count(*) FROM transcriptions WHERE status = 'failed' AND (
            (SELECT count(*) FROM ledger_movements WHERE reference = transcriptions.public_id AND kind = 'hold')
            <> (SELECT count(*) FROM ledger_movements WHERE reference = transcriptions.public_id AND kind = 'release')
        )
    """,
    "H6 unfinished ones with a settlement": """
        SELECT count(*) FROM transcriptions JOIN ledger_movements AS movement ON reference = transcriptions.public_id
        WHERE status = 'processing' AND movement.kind IN ('capture', 'release')
    """,
    "H7 held, but by no open hold": """
        SELECT abs(
            (SELECT coalesce(sum(held_monthly_credit_microusd + held_top_up_microusd), 0) FROM wallets)
            - (
                SELECT coalesce(sum(amount_microusd), 0) FROM ledger_entries
                JOIN ledger_movements AS hold ON hold.id = movement_id
                WHERE hold.kind = 'hold' AND book IN ('held_monthly_credit', 'held_top_up')
                    AND NOT EXISTS (SELECT FROM ledger_movements AS settled WHERE settled.hold_id = hold.id)
            )
        )
    """,
    "H8 revenue that no transcription was charged": """
        SELECT abs(
            (SELECT coalesce(sum(amount_microusd), 0) FROM ledger_entries WHERE book = 'charged')
            - (SELECT coalesce(sum(charged_microusd), 0) FROM usage_days)
        )
    """,
    "H9 failed ones with a charge": """
        SELECT count(*) FROM transcriptions WHERE status = 'failed' AND (
            coalesce(charged_microusd, 0) <> 0
            OR EXISTS (SELECT FROM ledger_movements WHERE reference = transcriptions.public_id AND kind = 'capture')
        )
    """,
    "H10 finished ones without exactly one event": """
        SELECT count(*) FROM transcriptions WHERE status <> 'processing'
            AND (SELECT count(*) FROM events WHERE transcription_id = transcriptions.id) <> 1
    """,
    "H11 payments without exactly one top-up": """
        SELECT count(*) FROM (
            SELECT reference FROM ledger_movements WHERE kind = 'top_up' GROUP BY reference HAVING count(*) <> 1
        ) AS broken
    """,
}
# Rows that nothing refers to, or that should be gone.
LEFT_BEHIND = {
    "transcriptions that are not final": "SELECT count(*) FROM transcriptions WHERE status = 'processing'",
    "transcriptions with work to do": "SELECT count(*) FROM transcriptions WHERE to_understand",
    "leases of transcriptions": "SELECT count(*) FROM transcriptions WHERE lease_token IS NOT NULL",
    "leases of endpoints": "SELECT count(*) FROM webhook_endpoints WHERE lease_until > clock_timestamp()",
    "deliveries that wait": "SELECT count(*) FROM webhook_deliveries WHERE state = 'pending'",
    "deliveries that failed": "SELECT count(*) FROM webhook_deliveries WHERE state = 'failed'",
    "endpoints that were switched off": "SELECT count(*) FROM webhook_endpoints WHERE disabled_reason IS NOT NULL",
    "chunks": "SELECT count(*) FROM chunks",
    "headers of sources": "SELECT count(*) FROM transcriptions WHERE status = 'completed' AND url_headers IS NOT NULL",
    "recordings of no transcription": """
        SELECT count(*) FROM media
        WHERE NOT EXISTS (SELECT FROM transcriptions WHERE transcriptions.media_id = media.id)
    """,
    "recordings of what keeps none": """
        SELECT count(*) FROM transcriptions
        WHERE status = 'completed' AND media_kept_hours = 0 AND media_id IS NOT NULL
    """,
    "segments of failed ones": """
        SELECT count(*) FROM segments JOIN transcriptions ON transcriptions.id = transcription_id
        WHERE status = 'failed'
    """,
    "completed ones without words": """
        SELECT count(*) FROM transcriptions WHERE status = 'completed'
            AND NOT EXISTS (SELECT FROM segments WHERE transcription_id = transcriptions.id)
    """,
    "completed ones whose segments are not numbered from 0 on": """
        SELECT count(*) FROM (
            SELECT transcription_id FROM segments GROUP BY transcription_id
            HAVING max(number) + 1 <> count(*) OR min(number) <> 0
        ) AS broken
    """,
    "artifacts that wait": "SELECT count(*) FROM artifacts WHERE status = 'pending'",
}


def all_that_is_wrong(
    service: Service, known: Known, arrivals: Sequence[Arrival], secrets: Mapping[str, str]
) -> list[str]:
    """One line for each thing that does not hold; `secrets` are those of the endpoints, by their path."""
    wrong = list(known.wrong)
    with transaction() as session:
        wrong += _sums(session)
        wrong += _orders(session, known)
        wrong += _webhooks(session, arrivals, secrets)
    audited = service.operate("wallet", "audit")
    if audited.returncode != 0:
        wrong.append(f"flask wallet audit: {audited.stdout.strip()} {audited.stderr.strip()[-500:]}")
    return wrong


def sweep() -> int:
    """Delete what no row refers to, whatever its age; how much that was."""
    found, is_over = 0, False
    while not is_over:
        with transaction() as session:
            found += sweeps.delete_orphans(session, older_than_seconds=0, rests=timedelta(0), at_once=100)
            is_over = session.get_one(StoreRound, sweeps.ORPHANS).after == ""
    runtime.store().drop_unfinished(0)
    return found


def orphans(data_dir: Path) -> list[str]:
    """After the sweep: objects without a row, rows without an object, and what lies where only unfinished work does."""
    with transaction() as session:
        rows = set(session.scalars(text("SELECT object_key FROM media")))
        uploads = set(session.scalars(text("SELECT object_key FROM uploads WHERE used_at IS NULL")))
    objects = set(runtime.store().keys(""))
    wrong = [f"orphaned in the store: {key}" for key in sorted(objects - rows - uploads)]
    wrong += [f"missing in the store: {key}" for key in sorted(rows - objects)]
    for folder in (data_dir / "scratch", data_dir / "objects" / "incoming"):
        wrong += [f"left in {folder.name}: {path.name}" for path in folder.glob("*")]
    return wrong


def _sums(session: Session) -> Iterable[str]:
    for name, query in {**SUMS, **LEFT_BEHIND}.items():
        found = session.scalar(text(query))
        if found:
            yield f"{name}: {found}"


def _orders(session: Session, known: Known) -> Iterable[str]:
    """Each order is one transcription, and nothing was made that nobody ordered."""
    rows = {
        row.public_id: row
        for row in session.execute(text("SELECT public_id, title, status, charged_microusd FROM transcriptions"))
    }
    for placed in known.placed:
        row = rows.pop(placed.transcription_id, None)
        if placed.is_deleted:
            if row is not None:
                yield f"{placed.order.key} was deleted and is still there"
        elif placed.transcription_id and row is None:
            yield f"{placed.order.key} was accepted as {placed.transcription_id} and is gone"
        elif not placed.transcription_id and not placed.refusal:
            yield f"{placed.order.key} was never placed"
        elif (
            row is not None
            and row.status == "completed"
            and (placed.order.pipeline is None) != (row.charged_microusd == 0)
        ):
            yield f"{placed.order.key} was charged {row.charged_microusd}"
    yield from (f"nobody ordered {public_id} ({row.title})" for public_id, row in rows.items() if "order-" in row.title)
    charges = session.execute(
        text(
            "SELECT pipeline_code, count(DISTINCT charged_microusd) AS different FROM transcriptions "
            "WHERE status = 'completed' AND title LIKE 'order-%' GROUP BY pipeline_code"
        )
    )
    # All of one pipeline have the same length.
    yield from (f"{code} was charged at {different} prices" for code, different in charges if different != 1)


def _is_signed(arrival: Arrival, secret: str) -> bool:
    """Whether its receiver would have believed it when it came; the library's own `verify` asks what time it is now."""
    said_at = datetime.fromtimestamp(float(arrival.headers.get("webhook-timestamp", 0)), UTC)
    signature = Webhook(secret).sign(arrival.event_id, said_at, arrival.body.decode())
    is_recent = abs(arrival.at - said_at.timestamp()) < BELIEVED_FOR_SECONDS
    return is_recent and signature in arrival.headers.get("webhook-signature", "").split()


def _webhooks(session: Session, arrivals: Sequence[Arrival], secrets: Mapping[str, str]) -> Iterable[str]:
    """Every event came to everybody who is told of it, signed, and was answered well once; and nothing else came."""
    wanted = session.execute(
        text(
            "SELECT events.public_id, events.body, url FROM webhook_deliveries "
            "JOIN events ON events.id = event_id JOIN webhook_endpoints ON webhook_endpoints.id = endpoint_id"
        )
    ).all()
    received = Counter((arrival.path, arrival.event_id) for arrival in arrivals if arrival.status < 300)
    for event_id, _, url in wanted:
        path = "/" + url.split("/", 3)[3]
        if not received[path, event_id]:
            yield f"event {event_id} never arrived at {path}"
    bodies = {event_id: body for event_id, body, _ in wanted}
    for arrival in arrivals:
        secret = secrets.get(arrival.path)
        if secret is None:
            yield f"a webhook came to {arrival.path}, whose secret nobody knows"
            continue
        if not _is_signed(arrival, secret):
            yield f"event {arrival.event_id} at {arrival.path} cannot be verified"
        told = bodies.get(arrival.event_id)
        if told is not None and told.encode() != arrival.body:
            yield f"event {arrival.event_id} at {arrival.path} says something else than is kept"
        elif told is None and not json.loads(arrival.body)["type"].startswith("transcription."):
            yield f"event {arrival.event_id} at {arrival.path} is of no transcription"
