"""A request as it is sent, and what comes back, for either transport."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any, Protocol
from urllib.parse import quote

Query = list[tuple[str, str]]


class Body(Protocol):
    """Bytes that are read while they are sent, as often as they must be sent."""

    @property
    def size_bytes(self) -> int: ...

    def chunks(self) -> Iterator[bytes]: ...


@dataclass(frozen=True)
class Request:
    """One exchange. Only one that `is_ours` carries the key: the addresses of a store get exactly their own headers."""

    method: str
    url: str
    query: Query = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    body: Body | None = None
    is_ours: bool = True
    timeout_seconds: float | None = None
    on_sent: Callable[[int], None] | None = None
    """Told how many more bytes of the body have gone out; a negative number when it has to be sent again."""


@dataclass(frozen=True)
class Received:
    """An answer, read whole."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def retry_after_seconds(self) -> float | None:
        return _retry_after(self.headers.get("retry-after"), self.headers.get("date"))


def path(*parts: str) -> str:
    """The path of an operation. An id that is empty would make it that of another."""
    if any(part in ("", ".", "..") for part in parts):
        raise ValueError("An id is empty.")
    return "".join(f"/{quote(part, safe='')}" for part in parts)


def as_json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, default=_plain, ensure_ascii=False, allow_nan=False).encode()


def as_query(values: Mapping[str, Any]) -> Query:
    """The pairs of a query. Nothing is said of None; lists go as `a,b`, mappings as `name[key]=value`."""
    pairs: Query = []
    for given, value in values.items():
        name = given.rstrip("_")  # `from_` is how Python can say `from`.
        if isinstance(value, Mapping):
            pairs += [(f"{name}[{key}]", _text(each)) for key, each in value.items()]
        elif isinstance(value, (list, tuple)):
            pairs.append((name, ",".join(_text(each) for each in value)))
        elif value is not None:
            pairs.append((name, _text(value)))
    return pairs


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(_plain(value)) if isinstance(value, (datetime, date, Decimal)) else str(value)


def _plain(value: Any) -> str:
    """What JSON has no word for: exact amounts, days, and moments, which name their zone."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        # A moment without a zone is the machine's own, as everywhere in Python.
        return (value if value.tzinfo else value.astimezone()).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be sent as JSON")


def _retry_after(value: str | None, now: str | None) -> float | None:
    """Seconds, or a date, which counts from the answer's own."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
        return max(0.0, (until - parsedate_to_datetime(now or "")).total_seconds())
    except (TypeError, ValueError):
        return None
