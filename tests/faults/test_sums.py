"""What a run would say if the service lost something or did it twice."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from standardwebhooks import Webhook

from handlers.transcriptions import cancel_transcription
from models import Account, Status
from runtime import store
from tests.factories import make_media, make_transcription
from tests.faults import sums
from tests.faults.clients import Known, Placed
from tests.faults.plan import Order
from tests.faults.town import Arrival

SECRET = "whsec_" + b64encode(b"x" * 32).decode()


def order(number: int = 1, pipeline: str | None = "whisper-base") -> Order:
    return Order(number, 0.0, 0, "external_url", pipeline, False, True, None, 0.0)


def wrong(found: "Sequence[str] | object") -> str:
    return "\n".join(found)  # type: ignore[arg-type]


@pytest.fixture
def told(session: Session, alice: Account) -> tuple[str, str]:
    """The id and body of an event that is to be delivered at /steady."""
    transcription = make_transcription(session, alice)
    cancel_transcription(session, alice, transcription.public_id)
    session.execute(
        text(
            "INSERT INTO webhook_endpoints (public_id, account_id, url, description, event_types, secret) "
            "VALUES ('whe_1', :account, 'http://127.0.0.1:9/steady', '', '[]', 'x')"
        ),
        {"account": alice.id},
    )
    session.execute(
        text(
            "INSERT INTO webhook_deliveries "
            "(public_id, event_id, endpoint_id, state, tries, attempts_count, finished_at) "
            "SELECT 'whd_1', events.id, webhook_endpoints.id, 'succeeded', 1, 1, now() FROM events, webhook_endpoints"
        )
    )
    row = session.execute(text("SELECT public_id, body FROM events")).one()
    return row.public_id, row.body


def arrival(event_id: str, body: str, *, secret: str = SECRET, status: int = 204, late: float = 0.0) -> Arrival:
    at = datetime.now(UTC)
    headers = {
        "webhook-id": event_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(event_id, at, body),
    }
    return Arrival("/steady", headers, body.encode(), status, at.timestamp() + late)


def test_what_holds_is_not_complained_of(session: Session, told: tuple[str, str]) -> None:
    assert wrong(sums._webhooks(session, [arrival(*told)], {"/steady": SECRET})) == ""
    assert "ledger" not in wrong(sums._sums(session))


@pytest.mark.parametrize(
    ("arrivals", "complaint"),
    [
        (lambda told: [], "never arrived"),
        (lambda told: [arrival(*told, status=500)], "never arrived"),
        (lambda told: [arrival(*told), arrival(*told, secret="whsec_" + "A" * 44)], "cannot be verified"),
        (lambda told: [arrival(*told), arrival(*told, late=400)], "cannot be verified"),
        (lambda told: [arrival(*told), arrival(told[0], told[1].replace("canceled", "stalled"))], "something else"),
    ],
)
def test_a_webhook_that_is_lost_or_forged_is_found(
    session: Session, told: tuple[str, str], arrivals: object, complaint: str
) -> None:
    assert complaint in wrong(sums._webhooks(session, arrivals(told), {"/steady": SECRET}))  # type: ignore[operator]


def test_an_order_that_is_lost_or_made_twice_is_found(session: Session, alice: Account) -> None:
    kept = make_transcription(session, alice, title="order-1", status=Status.FAILED)
    placed = Placed(order(), transcription_id=kept.public_id)
    assert wrong(sums._orders(session, Known([placed]))) == ""

    make_transcription(session, alice, title="order-1", status=Status.FAILED)
    gone = Placed(order(2), transcription_id="tr_gone")
    complaints = wrong(sums._orders(session, Known([placed, gone])))
    assert "nobody ordered" in complaints
    assert "order-2 was accepted as tr_gone and is gone" in complaints


def test_each_sum_is_asked_of_its_own_row(session: Session, alice: Account) -> None:
    session.info["ledger_is_tampered_with"] = True
    assert wrong(sums._sums(session)) == ""
    make_transcription(session, alice, status=Status.COMPLETED)
    make_transcription(session, alice)
    session.flush()
    session.execute(text("DELETE FROM events"))
    session.execute(text("UPDATE transcriptions SET public_id = 'tr_other' WHERE status = 'completed'"))
    complaints = wrong(sums._sums(session))
    for expected in ("H5 completed", "H10", "not final: 1", "without words"):
        assert expected in complaints


def test_what_lies_in_the_store_and_belongs_to_nobody_is_found(
    session: Session, alice: Account, store_root: object, tmp_path: object
) -> None:
    media = make_media(session, alice)
    session.commit()
    assert f"missing in the store: {media.object_key}" not in wrong(sums.orphans(store_root.parent))  # type: ignore[attr-defined]
    store().delete(media.object_key)
    assert f"missing in the store: {media.object_key}" in wrong(sums.orphans(store_root.parent))  # type: ignore[attr-defined]
