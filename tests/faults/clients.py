"""Customers who place their orders with one Idempotency-Key each, and try again until they know what became of it."""

import json
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

from tests.faults.plan import Order, Plan
from tests.faults.town import Town

Json = dict[str, Any]

AT_ONCE = 12
ANSWER_SECONDS = 15.0
ACCEPTED_WITHIN_SECONDS = 180.0
SRT = "1\n00:00:00,000 --> 00:00:02,000\nAsk not what your country can do for you.\n"
# What a client may meet while parts of a service are away; anything else is a fault of the service.
MAY_BE_TRIED_AGAIN = {409, 429, 503}


@dataclass
class Placed:
    """What a customer knows of an order: its id once it was accepted, the secret of its own webhooks."""

    order: Order
    transcription_id: str = ""
    webhook_secret: str = ""
    refusal: str = ""
    accepted_after_seconds: float = 0.0
    is_deleted: bool = False


@dataclass
class Known:
    """What all customers know: their orders, and what they met on the way that they should not have."""

    placed: list[Placed] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Clients:
    """All customers of a plan, each order in a thread of its own once its time has come."""

    def __init__(self, plan: Plan, town: Town, base: str, keys: list[str]) -> None:
        self.known = Known([Placed(order) for order in plan.orders])
        self._town, self._base, self._keys = town, f"{base}/api/v1", keys
        self._gives_up = threading.Event()
        # So many that an order which takes long does not hold up the next.
        self._threads = ThreadPoolExecutor(AT_ONCE)

    def start(self) -> None:
        began = time.monotonic()
        for placed in self.known.placed:
            self._threads.submit(self._live, placed, began)

    def wait(self) -> None:
        """Until every order was accepted or refused, and its fate has been met."""
        self._threads.shutdown(wait=True)

    def give_up(self) -> None:
        self._gives_up.set()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _live(self, placed: Placed, began: float) -> None:
        order = placed.order
        try:
            if self._gives_up.wait(max(0.0, began + order.at - time.monotonic())):
                return
            first = time.monotonic()
            answer = self._create(order)
            placed.accepted_after_seconds = time.monotonic() - first
            placed.transcription_id = answer["id"]
            placed.webhook_secret = answer.get("webhook_secret", "")
            if order.fate is not None and not self._gives_up.wait(order.fate_after):
                self._meet_fate(placed)
        except _Refused as refused:
            placed.refusal = str(refused)
            self.known.wrong.append(f"{order.key} ({order.source}, {order.pipeline}): {refused}")
        except Exception as error:
            self.known.wrong.append(f"{order.key}: the client failed with {error!r}")

    def _create(self, order: Order) -> Json:
        body: Json = {"title": order.key, "retention": {"media": "keep" if order.keeps_recording else "after_success"}}
        if order.has_own_hook:
            body["webhook_url"] = f"{self._town.cables.url('hooks')}/own/{order.number}"
        if order.source == "transcript":
            del body["retention"]
            body |= {"source": "transcript", "transcript": {"format": "srt", "content": SRT}}
        elif order.source == "upload":
            upload_id = self._upload(order)
            body |= {"source": "upload", "upload_id": upload_id, "pipeline_code": order.pipeline, "diarize": False}
        else:
            name = "clip.wav" if order.source == "external_url" else "missing.wav"
            url = f"{self._town.cables.url('recordings')}/{name}?{order.number}"
            body |= {"source": "external_url", "url": url, "pipeline_code": order.pipeline, "diarize": False}
        return self._insist(order, "POST", "/transcriptions", body, key=order.key)

    def _upload(self, order: Order) -> str:
        wanted = {"filename": "clip.wav", "content_type": "audio/wav", "size_bytes": len(self._town.clip)}
        made = self._insist(order, "POST", "/uploads", wanted, key=f"{order.key}-upload")
        deadline = time.monotonic() + ACCEPTED_WITHIN_SECONDS
        while made["status"] != "complete":
            if time.monotonic() > deadline:
                raise _Refused("the upload never arrived")
            request = urllib.request.Request(made["url"], self._town.clip, made["headers"], method="PUT")
            try:
                with urllib.request.urlopen(request, timeout=ANSWER_SECONDS):
                    pass
            except urllib.error.HTTPError as error:
                self.known.met[f"PUT {error.code}"] += 1
            except (OSError, HTTPException) as error:
                self.known.met[f"PUT {_kind(error)}"] += 1
            made = self._insist(order, "GET", f"/uploads/{made['id']}")
        return str(made["id"])

    def _meet_fate(self, placed: Placed) -> None:
        path = f"/transcriptions/{placed.transcription_id}"
        if placed.order.fate == "cancel":
            # 409 where it is over already, by itself or by a cancel whose answer was lost.
            self._insist(placed.order, "POST", f"{path}/cancel", {}, fine={409})
        else:
            self._insist(placed.order, "DELETE", path, fine={404})
            placed.is_deleted = True

    def _insist(
        self,
        order: Order,
        method: str,
        path: str,
        body: Json | None = None,
        *,
        key: str | None = None,
        fine: frozenset[int] | set[int] = frozenset(),
    ) -> Json:
        """The answer, however often one has to ask. Raises _Refused where it is a refusal, or does not come in time."""
        deadline = time.monotonic() + ACCEPTED_WITHIN_SECONDS
        pause = 0.2
        while True:
            status, answer = self._ask(order, method, path, body, key)
            if status is not None and (status < 300 or status in fine):
                return answer
            if status == 500:
                self.known.wrong.append(f"{method} {path} answered 500 to {order.key}: {answer.get('error')}")
            elif status is not None and status not in MAY_BE_TRIED_AGAIN:
                raise _Refused(f"{method} {path} answered {status}: {answer.get('error')}")
            if time.monotonic() > deadline or self._gives_up.is_set():
                raise _Refused(f"{method} {path} was not answered in {ACCEPTED_WITHIN_SECONDS:.0f} s")
            time.sleep(pause)
            pause = min(2 * pause, 2.0)

    def _ask(self, order: Order, method: str, path: str, body: Json | None, key: str | None) -> tuple[int | None, Json]:
        headers = {"Authorization": f"Bearer {self._keys[order.customer]}", "Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._base + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as response:
                self._note(method, response.status, response.headers)
                return response.status, _read(response.read())
        except urllib.error.HTTPError as error:
            with error:
                self.known.met[f"{method} {error.code}"] += 1
                return error.code, _read(error.read())
        except (OSError, ValueError, HTTPException) as error:
            self.known.met[f"{method} {_kind(error)}"] += 1
            return None, {}

    def _note(self, method: str, status: int, headers: Mapping[str, str]) -> None:
        self.known.met[f"{method} {status}{', replayed' if headers.get('Idempotent-Replayed') else ''}"] += 1


class _Refused(Exception):
    pass


def _read(content: bytes) -> Json:
    return dict(json.loads(content)) if content else {}


def _kind(error: BaseException) -> str:
    reason = getattr(error, "reason", error)
    return type(reason if isinstance(reason, BaseException) else error).__name__
