"""Share links as JSON: plain functions, no queries."""

from blueprints.api_v1.share_shapes import ShareShape
from handlers.shares import address
from models import Share
from rendering.timestamps import timestamp, timestamp_or_none


def share_json(share: Share) -> ShareShape:
    return {
        "id": share.public_id,
        "object": "share",
        "transcription_id": share.transcription.public_id,
        "url": address(share),
        "expires_at": timestamp_or_none(share.expires_at),
        "has_password": share.password_hash is not None,
        "parts": share.parts,  # type: ignore[typeddict-item]  # chosen from these
        "openings": share.openings,
        "last_opened_at": timestamp_or_none(share.last_opened_at),
        "created_at": timestamp(share.created_at),
    }
