"""The loop that delivers webhooks: many endpoints side by side, up to four requests to each, the database in bulk.

Requests wait in one thread. A second one runs an errand to the database at every beat, in one transaction: what was
answered is stored, what has nothing left to do is let go of, and what is due is fetched. So neither a slow receiver nor
thousands of deliveries keep anybody else waiting.
"""

import asyncio
import logging
import resource
import signal
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy.exc import OperationalError

import runtime
from db import transaction
from handlers import delivering
from handlers.delivering import Claimed, Outcome, Parcel
from handlers.leases import new_token
from jobs.lease import holder
from outbound.exchanges import CONNECT_SECONDS, Exchange, Poster
from outbound.guard import AsyncClient, guarded_async_client
from telemetry import tracing
from webhooks import schedule, signing

log = logging.getLogger(__name__)

EXCHANGE_SECONDS = 15.0
# Requests on their way to one endpoint.
AT_ONCE, AT_ONCE_WHILE_FAILING = 4, 1
# Endpoints that one job sends to: in all, of those that fail, and of one account.
LANES, LANES_FAILING, LANES_OF_AN_ACCOUNT = 200, 100, 24
# Deliveries of an endpoint that are fetched before they are sent.
AHEAD = 24
BEAT_SECONDS, SHORTEST_BEAT_SECONDS = 0.2, 0.05
RENEW_EVERY_SECONDS = 5.0
# An endpoint that has nothing to do keeps its lease and its connections for so long.
LINGER_SECONDS = 1.0
# RQ ends a job after a day; this one hands over before.
LONGEST_SECONDS = 6 * 3600.0
WITHOUT_DATABASE_SECONDS = 60.0
OPEN_FILES = 4096


@dataclass
class Lane:
    """An endpoint at work: what is to be sent to it next, what is on its way, and what came of it."""

    endpoint_id: int
    client: AsyncClient
    width: int
    lingers: bool
    waiting: deque[Parcel] = field(default_factory=deque)
    flying: set[int] = field(default_factory=set)
    outcomes: list[Outcome] = field(default_factory=list)
    is_closed: bool = False  # Deleted, switched off, or another worker's.
    idle_since: float = field(default_factory=time.monotonic)

    @property
    def is_hungry(self) -> bool:
        return not self.is_closed and len(self.waiting) < AHEAD // 2

    @property
    def held(self) -> list[int]:
        """The deliveries that it knows of already."""
        return [*(parcel.delivery_id for parcel in self.waiting), *self.flying]

    @property
    def is_done(self) -> bool:
        if self.waiting or self.flying:
            return False
        lingers = self.lingers and not self.is_closed
        return not lingers or time.monotonic() - self.idle_since >= LINGER_SECONDS

    def close(self) -> None:
        self.is_closed = True
        self.waiting.clear()


@dataclass(frozen=True)
class Errand:
    """What one transaction is to do, made of how the lanes stand."""

    token: str
    outcomes: Mapping[int, Sequence[Outcome]]
    done: Collection[int]
    hungry: Collection[int]
    held: Collection[int]
    renews: bool
    lanes_free: int
    lanes_free_for_failing: int

    def run(self) -> "Found":
        with transaction() as session:
            delivering.keep(session, self.outcomes)
            if self.done:
                delivering.release(session, self.token, self.done)
            ours = delivering.renew(session, self.token) if self.renews else None
            claimed: Sequence[Claimed] = ()
            if self.lanes_free > 0:
                claimed = delivering.claim(
                    session,
                    self.token,
                    most=self.lanes_free,
                    most_failing=self.lanes_free_for_failing,
                    most_of_an_account=LANES_OF_AN_ACCOUNT,
                )
            asking = [*self.hungry, *(each.endpoint_id for each in claimed)]
            parcels = delivering.due(session, self.token, asking, held=self.held, most=AHEAD) if asking else ()
        return Found(claimed, parcels, ours)


@dataclass(frozen=True)
class Found:
    """What came of it. `ours` are all endpoints whose lease still holds, where that was asked."""

    claimed: Sequence[Claimed]
    parcels: Sequence[Parcel]
    ours: Collection[int] | None


class Delivering:
    """One run: it ends when nothing is due and nothing on its way."""

    def __init__(self) -> None:
        self._token = new_token(holder())
        self._allowed_hosts = runtime.config().fetch_allowed_hosts
        self._poster = Poster(allowed_hosts=self._allowed_hosts)
        self._lanes: dict[int, Lane] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()
        self._is_stopping = self._is_over = False
        self._renewed = time.monotonic()

    async def run(self) -> None:
        """Deliver. After SIGTERM nothing more is taken up, and what is on its way gets the usual grace; what is not
        answered by then is sent again by another."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._stop_soon)
        loop.call_later(LONGEST_SECONDS, self._stop)
        _open_more_files()
        with ThreadPoolExecutor(1) as database:
            while True:
                self._news.clear()
                found = await self._run_errand(lambda errand: loop.run_in_executor(database, errand.run))
                self._take_up(found)
                # A look-up that a name server holds up cannot be ended, and would hold up the end of the loop.
                if not self._lanes and (self._is_over or not self._poster.left_behind):
                    return
                await asyncio.sleep(SHORTEST_BEAT_SECONDS)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), BEAT_SECONDS - SHORTEST_BEAT_SECONDS)

    async def _run_errand(self, run: Callable[[Errand], asyncio.Future[Found]]) -> Found:
        """What an errand finds, tried again while the database is away: no outcome is dropped before its lease."""
        errand, began = self._errand(), time.monotonic()
        while True:
            try:
                found = await run(errand)
            except OperationalError as error:
                if time.monotonic() - began > WITHOUT_DATABASE_SECONDS:
                    raise
                log.warning("the database did not answer", extra={"reason": type(error).__name__})
                await asyncio.sleep(1)
            else:
                for endpoint_id in errand.done:
                    await self._lanes.pop(endpoint_id).client.aclose()
                return found

    def _errand(self) -> Errand:
        lanes = self._lanes.values()
        outcomes = {lane.endpoint_id: lane.outcomes for lane in lanes if lane.outcomes}
        done = [lane.endpoint_id for lane in lanes if self._is_over or lane.is_done]
        hungry = [lane for lane in lanes if lane.is_hungry and lane.endpoint_id not in done]
        renews = time.monotonic() - self._renewed >= RENEW_EVERY_SECONDS
        if renews:
            self._renewed = time.monotonic()
        for lane in lanes:
            if lane.outcomes:
                lane.outcomes = []
        staying = [lane for lane in lanes if lane.endpoint_id not in done]
        failing = sum(lane.width == AT_ONCE_WHILE_FAILING for lane in staying)
        return Errand(
            token=self._token,
            outcomes=outcomes,
            done=done,
            hungry=[] if self._is_stopping else [lane.endpoint_id for lane in hungry],
            held=[delivery_id for lane in hungry for delivery_id in lane.held],
            renews=renews,
            lanes_free=0 if self._is_stopping else LANES - len(staying),
            lanes_free_for_failing=max(0, LANES_FAILING - failing),
        )

    def _take_up(self, found: Found) -> None:
        for claimed in found.claimed:
            self._lanes[claimed.endpoint_id] = Lane(
                claimed.endpoint_id,
                guarded_async_client(
                    allowed_hosts=self._allowed_hosts, connect_seconds=CONNECT_SECONDS, connections=AT_ONCE
                ),
                width=AT_ONCE_WHILE_FAILING if claimed.is_failing else AT_ONCE,
                lingers=not claimed.is_single,
            )
        if found.ours is not None:
            claimed_now = {claimed.endpoint_id for claimed in found.claimed}
            for lane in self._lanes.values():
                if lane.endpoint_id not in found.ours and lane.endpoint_id not in claimed_now:
                    lane.close()
        for parcel in found.parcels:
            lane = self._lanes[parcel.endpoint_id]
            if not lane.is_closed:
                lane.waiting.append(parcel)
        if self._is_stopping:
            self._stop()
        for lane in self._lanes.values():
            self._send_on(lane)

    def _send_on(self, lane: Lane) -> None:
        while lane.waiting and len(lane.flying) < lane.width:
            parcel = lane.waiting.popleft()
            lane.flying.add(parcel.delivery_id)
            task = asyncio.create_task(self._send(lane, parcel))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _send(self, lane: Lane, parcel: Parcel) -> None:
        now, body = time.time(), parcel.body.encode()
        signature = signing.signature(parcel.event_id, timestamp=int(now), body=body, keys=parcel.keys)
        headers = signing.headers(parcel.event_id, timestamp=int(now), signature=signature)
        with tracing.span(
            "webhook attempt", "client", parent=parcel.trace_parent, transcribe__event_id=parcel.event_id
        ) as span:
            exchange = await self._poster.post(
                lane.client, parcel.url, headers=headers, body=body, seconds=EXCHANGE_SECONDS
            )
            outcome = _outcome(parcel, exchange, at=now, signature=signature)
            span.tell(http__response__status_code=outcome.status, transcribe__request_id=parcel.request_id)
            if not outcome.succeeded:
                span.fail(outcome.counted_as)
                log.info(
                    "a webhook was not taken",
                    extra={
                        "event_id": parcel.event_id,
                        "outcome": outcome.counted_as,
                        **({"request_id": parcel.request_id} if parcel.request_id else {}),
                    },
                )
        lane.flying.discard(parcel.delivery_id)
        lane.outcomes.append(outcome)
        lane.idle_since = time.monotonic()
        # Who fails is asked by one request at a time, until one is answered well.
        lane.width = AT_ONCE if outcome.succeeded else AT_ONCE_WHILE_FAILING
        if exchange.status == schedule.GONE:
            lane.close()
        self._send_on(lane)
        self._news.set()

    def _stop_soon(self) -> None:
        self._stop()
        asyncio.get_running_loop().call_later(runtime.config().shutdown_grace_seconds, self._end)

    def _end(self) -> None:
        self._is_over = True
        self._news.set()

    def _stop(self) -> None:
        self._is_stopping = True
        for lane in self._lanes.values():
            lane.close()
        self._news.set()


def _outcome(parcel: Parcel, exchange: Exchange, *, at: float, signature: str) -> Outcome:
    is_gone = exchange.status == schedule.GONE
    wait_seconds = schedule.wait_after(parcel.tries + 1, retry_after_seconds=exchange.retry_after_seconds)
    return Outcome(
        delivery_id=parcel.delivery_id,
        attempted_at=datetime.fromtimestamp(at, UTC).isoformat(),
        url=parcel.url,
        signature=signature,
        status=exchange.status,
        duration_ms=exchange.duration_ms,
        error=exchange.fault,
        answer=exchange.answer,
        succeeded=schedule.is_success(exchange.status),
        wait_seconds=None if is_gone else wait_seconds,
        late_seconds=max(0.0, at - parcel.due_at),
    )


def _open_more_files() -> None:
    """Every request takes one; what a process may have open at first is made for less."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
