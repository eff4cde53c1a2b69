"""Secrets that have to be read again: kept so that a copy of the database alone shows none of them.

What is sealed is encrypted and authenticated (AES-256-GCM) under a key made of SECRET_KEY and of what the secret is
for, so that one kind can never be taken for another. A key that SECRET_KEY had before opens it too, as long as it
stands among SECRET_KEY_FALLBACKS.
"""

import secrets
from collections.abc import Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from runtime import config

# No text begins with a zero byte, so that what was kept in the open before can be told from what is sealed.
MARK = b"\x00\x01"
NONCE_BYTES = 12
KEY_BYTES = 32
TAG_BYTES = 16


class CannotUnseal(Exception):
    """It was sealed under a SECRET_KEY that is not set any more, or is not what was sealed."""


def seal(plain: bytes, *, purpose: str) -> bytes:
    """The bytes, to be read by `unseal` with the same purpose alone."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return MARK + nonce + AESGCM(_key(config().secret_key, purpose)).encrypt(nonce, plain, MARK)


def unseal(sealed: bytes, *, purpose: str) -> bytes:
    """What was sealed. Raises CannotUnseal."""
    if is_sealed(sealed):
        nonce, rest = sealed[len(MARK) : len(MARK) + NONCE_BYTES], sealed[len(MARK) + NONCE_BYTES :]
        for key in _keys(purpose):
            try:
                return AESGCM(key).decrypt(nonce, rest, MARK)
            except InvalidTag:
                continue
    raise CannotUnseal()


def is_sealed(stored: bytes) -> bool:
    """Whether it looks like something that was sealed, rather than kept in the open."""
    return stored.startswith(MARK) and len(stored) >= len(MARK) + NONCE_BYTES + TAG_BYTES


def _keys(purpose: str) -> Iterator[bytes]:
    yield _key(config().secret_key, purpose)
    for former in config().secret_key_fallbacks:
        yield _key(former, purpose)


def _key(secret_key: str, purpose: str) -> bytes:
    """RFC 5869. SECRET_KEY is one long random string, so that no slow derivation is called for."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"sealing:{purpose}".encode()).derive(secret_key.encode())
