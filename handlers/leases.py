"""Leases: the right to work on a row for half a minute at a time, under a random token that every later write names.

A transcription, a chunk of one and a webhook endpoint are held in the same way: columns `lease_token` and
`lease_until`. The token begins with the name of its holder, a worker's slot.
"""

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from models import Chunk, Transcription, WebhookEndpoint

LEASE = timedelta(seconds=30)


def new_token(holder: str) -> str:
    """A token that nobody can guess, of this holder."""
    return f"{holder}/{secrets.token_hex(8)}"


def taken(row: type[Transcription] | type[Chunk], holder: str) -> dict[str, Any]:
    """What an UPDATE that takes a free row sets. A lease that is still there has run out, and was a crash."""
    return {
        "lease_token": new_token(holder),
        "lease_until": func.clock_timestamp() + LEASE,
        "crashes": row.crashes + row.lease_token.is_not(None).cast(row.crashes.type),
    }


def expire_leases_of(session: Session, holder: str) -> None:
    """Let all leases of a holder run out now: a worker that starts under a name knows that whoever had it is dead."""
    for row in (Transcription, Chunk, WebhookEndpoint):
        session.execute(
            update(row)
            .where(row.lease_token.startswith(f"{holder}/", autoescape=True))
            .values(lease_until=func.clock_timestamp()),
            execution_options={"synchronize_session": False},
        )
