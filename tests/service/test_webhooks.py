"""Webhooks of the whole service: told within seconds, and nothing lost with its worker and its Redis."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from redis import Redis
from standardwebhooks import Webhook

from bench.running import Api
from processes.embedded import addresses
from tests.outbound.loopback_server import Exchange, LoopbackServer, loopback_server
from tests.service.running import Running
from tests.waiting import until

pytestmark = [pytest.mark.whole, pytest.mark.xdist_group("one service")]

SRT = "1\n00:00:00,000 --> 00:00:02,000\nAsk not what your country can do for you.\n"
EVENTS = 40


@dataclass(frozen=True)
class Told:
    """A service under test and somebody whom it tells."""

    running: Running
    receiver: LoopbackServer

    @property
    def api(self) -> Api:
        return self.running.api


@pytest.fixture(scope="module")
def told(running: Running) -> Iterator[Told]:
    with loopback_server() as receiver:
        # The sample of the first start has an event, too.
        until(lambda: not running.api.call("GET", "/transcriptions?status=processing")["data"])
        yield Told(running, receiver)
        running.forget_endpoints()


def imported(told: Told, **fields: Any) -> dict[str, Any]:
    """A transcription that needs no engine."""
    body = {"source": "transcript", "transcript": {"format": "srt", "content": SRT}, **fields}
    return told.api.call("POST", "/transcriptions", body)


def arrived(told: Told, path: str) -> Counter[str]:
    """How often each event came to a path."""
    return Counter(headers["webhook-id"] for each, headers in told.receiver.requests if each == path)


def has_arrived(told: Told, path: str, count: int) -> bool:
    return len(arrived(told, path)) >= count


def test_P25_a_transcription_is_told_at_its_own_url_and_can_be_verified(told: Told) -> None:
    told.receiver.routes["/own"] = lambda request: request.reply()
    made = imported(told, webhook_url=told.receiver.url("/own"))
    until(lambda: arrived(told, "/own"), seconds=30)

    at = next(n for n, (path, _) in enumerate(told.receiver.requests) if path == "/own")
    headers = {name.lower(): value for name, value in told.receiver.requests[at][1].items()}
    event = Webhook(made["webhook_secret"]).verify(told.receiver.bodies[at], headers)
    assert (event["type"], event["data"]["id"]) == ("transcription.completed", made["id"])
    assert event["data"]["artifacts"]["transcript"] == "ready"


def test_a_killed_worker_and_an_emptied_redis_lose_no_event(told: Told) -> None:
    def slowly(request: Exchange) -> None:
        time.sleep(0.3)
        request.reply()

    told.receiver.routes["/slow"] = slowly
    told.api.call("POST", "/webhook_endpoints", {"url": told.receiver.url("/slow")})
    ids = [imported(told)["id"] for _ in range(EVENTS)]
    for enough in (3, EVENTS // 2):
        until(partial(has_arrived, told, "/slow", enough))
        # The delivering worker and its work-horse.
        told.running.kill("jobs.worker deliver")
        with Redis.from_url(addresses(told.running.data_dir).redis_url) as redis:
            redis.flushall()
    until(lambda: len(arrived(told, "/slow")) == EVENTS)

    events = told.api.call("GET", "/events?limit=100")["data"]
    assert {event["id"] for event in events if event["data"]["id"] in ids} == set(arrived(told, "/slow"))
    assert max(arrived(told, "/slow").values()) <= 3  # Once, and what was on its way at each of the two deaths.


def test_a_test_event_comes_at_once_while_others_hang(told: Told) -> None:
    told.receiver.routes["/hang"] = lambda request: time.sleep(20)
    told.receiver.routes["/quick"] = lambda request: request.reply()
    hanging, quick = (
        told.api.call("POST", "/webhook_endpoints", {"url": told.receiver.url(path)}) for path in ("/hang", "/quick")
    )
    told.api.call("POST", f"/webhook_endpoints/{hanging['id']}/test", {})
    until(lambda: arrived(told, "/hang"), seconds=20)
    began = time.monotonic()
    told.api.call("POST", f"/webhook_endpoints/{quick['id']}/test", {})
    until(lambda: arrived(told, "/quick"), seconds=20)

    assert time.monotonic() - began < 5


def test_P50_no_secret_and_no_receivers_address_is_in_the_log(told: Told) -> None:
    made = imported(told, webhook_url=told.receiver.url("/own?token=hush"))
    until(lambda: arrived(told, "/own?token=hush"), seconds=30)

    log = told.running.log.read_text()
    assert "whsec_" not in log
    assert made["webhook_secret"].removeprefix("whsec_") not in log
    assert "hush" not in log
