"""Events on their way out: signed as Stripe signs them, posted once on command or in the background until taken."""

import hashlib
import hmac
import json
import random
import threading
import time
from typing import Any

import requests

from tests.stripe_standin.params import Json

# Stripe goes on for three days; this is long enough for a service that restarts.
PAUSES_SECONDS = (0.1, 0.5, 2.0, 5.0)
TIMEOUT_SECONDS = 10


def signed(event: Json, secret: str, *, at: float | None = None) -> tuple[bytes, dict[str, str]]:
    """The body and headers of a delivery at that time, which is now unless given."""
    payload = json.dumps(event, indent=2).encode()
    return payload, {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": signature(payload, secret, at=at),
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    }


def signature(payload: bytes, secret: str, *, at: float | None = None) -> str:
    """The Stripe-Signature header of any bytes."""
    timestamp = int(time.time() if at is None else at)
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + payload, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


def deliver(event: Json, secret: str, url: str) -> int:
    """Post it once: the status of the answer, or 0 where none came."""
    payload, headers = signed(event, secret)
    try:
        return requests.post(
            url, data=payload, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False
        ).status_code
    except requests.RequestException:
        return 0


class Deliveries:
    """A thread that posts every event, and posts it again until it is answered with a 2xx or was tried five times.

    With `shuffle_seed` some events come twice, and those that wait come in any order.
    """

    def __init__(self, url: str, secret: str, *, shuffle_seed: int | None = None) -> None:
        self._url = url
        self._secret = secret
        self._random = None if shuffle_seed is None else random.Random(shuffle_seed)
        self._changed = threading.Condition()
        self._waiting: list[tuple[float, int, Json]] = []
        self._at_work = False
        self._stopped = False
        self.attempts: list[tuple[str, int]] = []
        self._thread = threading.Thread(target=self._work, name="stripe-deliveries", daemon=True)
        self._thread.start()

    def add(self, event: Json) -> None:
        with self._changed:
            copies = self._random.choice((1, 1, 2)) if self._random else 1
            self._waiting += [(time.monotonic(), 0, event)] * copies
            self._changed.notify_all()

    def wait(self, timeout_seconds: float = 10) -> bool:
        """Whether everything was delivered or given up within that time."""
        with self._changed:
            return self._changed.wait_for(lambda: not (self._waiting or self._at_work), timeout_seconds)

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        self._thread.join(TIMEOUT_SECONDS + 1)

    def _work(self) -> None:
        while (taken := self._take()) is not None:
            _, tries, event = taken
            status = deliver(event, self._secret, self._url)
            with self._changed:
                self.attempts.append((event["id"], status))
                self._at_work = False
                if not 200 <= status < 300 and tries < len(PAUSES_SECONDS):
                    self._waiting.append((time.monotonic() + PAUSES_SECONDS[tries], tries + 1, event))
                self._changed.notify_all()

    def _take(self) -> tuple[float, int, Any] | None:
        with self._changed:
            while not self._stopped:
                now = time.monotonic()
                due = [each for each in self._waiting if each[0] <= now]
                if due:
                    chosen = self._random.choice(due) if self._random else due[0]
                    self._waiting.remove(chosen)
                    self._at_work = True
                    return chosen
                self._changed.wait(min((each[0] - now for each in self._waiting), default=None))
            return None
