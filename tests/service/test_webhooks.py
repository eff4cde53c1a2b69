"""Webhooks of the whole service: told within seconds, and nothing lost with its worker and its Redis."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from redis import Redis
from standardwebhooks import Webhook

from bench.running import Api, service
from processes.embedded import addresses
from tests.outbound.loopback_server import Exchange, LoopbackServer, loopback_server

pytestmark = pytest.mark.whole

SRT = "1\n00:00:00,000 --> 00:00:02,000\nAsk not what your country can do for you.\n"
EVENTS = 40


@dataclass(frozen=True)
class Told:
    """A service under test and somebody whom it tells."""

    api: Api
    supervisor: int
    data_dir: Path
    receiver: LoopbackServer
    log: Path


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    folder = Path(str(tmp_path_factory.mktemp("told")))
    log = folder / "log"
    with service(folder / "data", log) as (base, key, pid), loopback_server() as receiver:
        api = Api(base, key)
        # The sample of the first start has an event, too.
        until(lambda: not api.call("GET", "/transcriptions?status=processing")["data"])
        yield Told(api, pid, folder / "data", receiver, log)


def imported(told: Told, **fields: Any) -> dict[str, Any]:
    """A transcription that needs no engine."""
    body = {"source": "transcript", "transcript": {"format": "srt", "content": SRT}, **fields}
    return told.api.call("POST", "/transcriptions", body)


def until(condition: Any, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def workers(told: Told) -> list[psutil.Process]:
    """The delivering worker and its work-horse."""
    below = psutil.Process(told.supervisor).children(recursive=True)
    return [process for process in below if "jobs.worker deliver" in " ".join(process.cmdline())]


def arrived(told: Told, path: str) -> Counter[str]:
    """How often each event came to a path."""
    return Counter(headers["webhook-id"] for each, headers in told.receiver.requests if each == path)


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
        until(lambda enough=enough: len(arrived(told, "/slow")) >= enough)
        for process in workers(told):
            process.kill()
        with Redis.from_url(addresses(told.data_dir).redis_url) as redis:
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

    log = told.log.read_text()
    assert "whsec_" not in log
    assert made["webhook_secret"].removeprefix("whsec_") not in log
    assert "hush" not in log
