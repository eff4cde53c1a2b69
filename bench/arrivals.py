"""Requests that arrive when they are scheduled to, whatever became of those before: a light client for `bench.load`.

    python -m bench.arrivals < plan.json > outcome.json

Latency is counted from the scheduled moment, so that what waits because something before it was slow is counted as slow
(there is no coordinated omission). One process and one thread, plain HTTP/1.1 over connections that are kept; it costs
a tenth of what is measured, and says how much.
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

# As many as a proxy in front of it would keep.
CONNECTIONS = 64
GRACE_SECONDS = 5.0
UNIQUE = "{unique}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is sent to a port of this machine: whole HTTP requests, each in turn, so many a second on average.

    Where a request says UNIQUE, something else stands each time it is sent.
    """

    port: int
    rate: float
    seconds: float
    requests: list[str]
    seed: int = 0


@dataclass(slots=True)
class Outcome:
    """Seconds from schedule to answer of each request that was answered, and how many of each status there were.

    `unanswered` are those that had none when the time and a few seconds of grace were over.
    """

    latencies: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    unanswered: int = 0
    cpu_seconds: float = 0.0


class _Connection(asyncio.Protocol):
    """One connection: sends a request, and tells the pool when its answer is whole."""

    def __init__(self, pool: "_Pool") -> None:
        self._pool = pool
        self._buffer = b""
        self._scheduled = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._pool.free(self)

    def send(self, request: bytes, scheduled: float) -> None:
        assert self._transport is not None
        self._scheduled = scheduled
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        at = head.lower().find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(body) >= length:
            self._buffer = b""
            self._pool.answered(head[9:12].decode(), self._scheduled)
            self._pool.free(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._pool.lost(self)


class _Pool:
    """Connections that have nothing to do, and requests whose time has come while there was none."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: deque[_Connection] = deque()
        self._waiting: deque[tuple[bytes, float]] = deque()
        self.statuses: Counter[str] = Counter()
        self.latencies: list[float] = []

    async def connect(self) -> None:
        await asyncio.get_running_loop().create_connection(lambda: _Connection(self), "127.0.0.1", self._port)

    def send(self, request: bytes, scheduled: float) -> None:
        if self._idle:
            self._idle.pop().send(request, scheduled)
        else:
            self._waiting.append((request, scheduled))

    def free(self, connection: _Connection) -> None:
        if self._waiting:
            connection.send(*self._waiting.popleft())
        else:
            self._idle.append(connection)

    def answered(self, status: str, scheduled: float) -> None:
        self.statuses[status] += 1
        self.latencies.append(time.perf_counter() - scheduled)

    def lost(self, connection: _Connection) -> None:
        """The server closes what nobody used for a while."""
        if connection in self._idle:
            self._idle.remove(connection)
        self._reconnecting = asyncio.ensure_future(self.connect())


async def send(plan: Plan) -> Outcome:
    """Send what is planned, and wait a few seconds at most for the last answers."""
    pool = _Pool(plan.port)
    for _ in range(CONNECTIONS):
        await pool.connect()
    chance = random.Random(plan.seed)
    requests = [request.encode() for request in plan.requests]
    cpu_before, began = time.process_time(), time.perf_counter()
    scheduled, sent = began, 0
    while (scheduled := scheduled + chance.expovariate(plan.rate)) < began + plan.seconds:
        pause = scheduled - time.perf_counter()
        if pause > 0 or sent % 50 == 0:
            await asyncio.sleep(max(0.0, pause))
        request = requests[sent % len(requests)]
        pool.send(request.replace(UNIQUE.encode(), f"{began:.6f}-{sent}".encode()), scheduled)
        sent += 1
    deadline = time.perf_counter() + GRACE_SECONDS
    while len(pool.latencies) < sent and time.perf_counter() < deadline:
        await asyncio.sleep(0.01)
    return Outcome(pool.latencies, dict(pool.statuses), sent - len(pool.latencies), time.process_time() - cpu_before)


def request(method: str, path: str, key: str, body: object = None, headers: Sequence[str] = ()) -> str:
    """A whole HTTP request as text."""
    content = "" if body is None else json.dumps(body)
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {key}",
        *headers,
        *(["Content-Type: application/json", f"Content-Length: {len(content)}"] if body is not None else []),
    ]
    return "\r\n".join(lines) + "\r\n\r\n" + content


def main() -> None:
    outcome = asyncio.run(send(Plan(**json.load(sys.stdin))))
    json.dump(asdict(outcome), sys.stdout)


if __name__ == "__main__":
    main()
