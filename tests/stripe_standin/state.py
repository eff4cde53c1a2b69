"""What the stand-in remembers: every object as the JSON that it serves, and every event in order."""

import copy
import json
import secrets
import string
import threading
import time
from collections.abc import Callable
from typing import Any

from tests.stripe_standin import refusals
from tests.stripe_standin.params import Json

API_VERSION = "2026-10-28.endive"

_LETTERS = string.ascii_letters + string.digits


class State:
    """One account's objects. Change it only while holding `lock`."""

    def __init__(self, base_url: str, *, livemode: bool = False) -> None:
        self.base_url = base_url
        self.livemode = livemode
        self.lock = threading.RLock()
        self.events: list[Json] = []
        # By object name, then id; the order of insertion is the order of creation.
        self.tables: dict[str, dict[str, Json]] = {}
        # What is served only where a request expands it, by the object's id.
        self.line_items: dict[str, list[Json]] = {}
        # What a checkout hands to the payment or subscription that comes of it, by the session's id.
        self.session_data: dict[str, Json] = {}
        # The payment that a checkout has begun; in subscription mode the session itself never names it.
        self.begun_payments: dict[str, str] = {}
        # The card last tried, by the payment intent's id.
        self.cards: dict[str, str] = {}
        self.clock_ahead_seconds = 0
        self.on_event: Callable[[Json], None] = lambda event: None

    def now(self) -> int:
        return int(time.time()) + self.clock_ahead_seconds

    def new_id(self, prefix: str) -> str:
        return f"{prefix}_{''.join(secrets.choice(_LETTERS) for _ in range(24))}"

    def add(self, kind: str, prefix: str, **fields: Any) -> Json:
        """Store a new object with the fields that all have."""
        object_id = self.new_id(prefix)
        created = {"id": object_id, "object": kind, "created": self.now(), "livemode": self.livemode, **fields}
        self.tables.setdefault(kind, {})[object_id] = created
        return created

    def get(self, kind: str, object_id: str, *, param: str = "id") -> Json:
        """The object itself. A Refusal where there is none: 404, or 400 where `param` named it."""
        found = self.tables.get(kind, {}).get(object_id)
        if found is None or found.get("deleted"):
            raise refusals.missing(kind, object_id, param=param, status=404 if param == "id" else 400)
        return found

    def all_of(self, kind: str, **fields: Any) -> list[Json]:
        """Those of a kind with these values, the oldest first."""
        return [
            each for each in self.tables.get(kind, {}).values() if all(each[name] == fields[name] for name in fields)
        ]

    def find(self, object_id: str) -> Json | None:
        return next((table[object_id] for table in self.tables.values() if object_id in table), None)

    def emit(self, kind: str, subject: Json, **previous: Any) -> None:
        """Record an event with the object as it is now, and what `previous` fields were before."""
        data: Json = {"object": copy.deepcopy(subject)}
        if previous:
            data["previous_attributes"] = copy.deepcopy(previous)
        event = {
            "id": self.new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now(),
            "data": data,
            "livemode": self.livemode,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }
        self.events.append(event)
        self.tables.setdefault("event", {})[str(event["id"])] = event
        self.on_event(event)

    def change(self, event: str, subject: Json, **fields: Any) -> None:
        """Set fields and emit the event that tells of it."""
        previous = {name: subject[name] for name in fields}
        subject.update(fields)
        self.emit(event, subject, **previous)


def as_bytes(body: Json) -> bytes:
    return json.dumps(body, indent=2).encode()
