"""Signatures as Standard Webhooks 1.0 has them (github.com/standard-webhooks/standard-webhooks, spec)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def shown(secret: bytes) -> str:
    """The secret as its owner gets it: `whsec_` and base64."""
    return PREFIX + base64.b64encode(secret).decode()


def headers(event_id: str, *, timestamp: int, signature: str) -> Mapping[str, str]:
    """The headers of a request, besides those that any request has. `timestamp` is in seconds since 1970."""
    return {
        "Content-Type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature,
    }


def signature(event_id: str, *, timestamp: int, body: bytes, keys: Sequence[bytes]) -> str:
    """`v1,` and the HMAC-SHA256 of id, time and body under each of the secrets, parted by spaces."""
    signed = b".".join([event_id.encode(), str(timestamp).encode(), body])
    return " ".join("v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode() for secret in keys)
