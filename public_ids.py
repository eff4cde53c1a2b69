"""Public ids: a type prefix and a ULID in lower case, unguessable (80 random bits) and sorting by creation time."""

from ulid import ULID


def new_id(prefix: str) -> str:
    """An id such as `tr_01k9…`: 26 characters after the prefix, millisecond time first (github.com/ulid/spec)."""
    return f"{prefix}_{str(ULID()).lower()}"
