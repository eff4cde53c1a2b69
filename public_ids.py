"""Public ids: a type prefix and a ULID in lower case, unguessable (80 random bits) and sorting by creation time."""

from datetime import datetime

from ulid import ULID


def new_id(prefix: str, at: datetime | None = None) -> str:
    """An id such as `tr_01k9…`: 26 characters after the prefix, millisecond time first (github.com/ulid/spec).

    The time is this process's, unless one is given.
    """
    return f"{prefix}_{str(ULID() if at is None else ULID.from_datetime(at)).lower()}"
