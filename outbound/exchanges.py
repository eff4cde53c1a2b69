"""One POST to a customer's address: within its time to the last byte, its answer read only as far as it is kept.

A client library's time-outs are for one read each, and an answer that comes byte by byte outlasts them all; so a task
is waited for, and left behind when the time is up. Redirects are not followed.
"""

import asyncio
import enum
import logging
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpx
from ssrfguard import SSRFGuardError

from errors import UrlNotAllowed
from outbound.retries import retry_after_seconds
from outbound.targets import check_target

log = logging.getLogger(__name__)

CONNECT_SECONDS = 10.0
MOST_BYTES_READ = 64 * 1024
MOST_BYTES_KEPT = 1024


class Fault(enum.StrEnum):
    """Why there is no answer. Refused addresses and those that nobody listens at are `unreachable`, both alike."""

    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    TLS_FAILED = "tls_failed"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class Exchange:
    """What came of it: a status and the beginning of the answer, or a fault."""

    duration_ms: int
    status: int | None = None
    fault: Fault | None = None
    answer: str | None = None
    retry_after_seconds: float | None = None


class Poster:
    """Sends requests, and knows those that it has stopped waiting for."""

    def __init__(self, *, allowed_hosts: frozenset[str]) -> None:
        self._allowed_hosts = allowed_hosts
        self.left_behind: set[asyncio.Task[Exchange]] = set()

    async def post(
        self,
        client: httpx.AsyncClient,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes,
        seconds: float,
    ) -> Exchange:
        """The exchange, whatever becomes of it; it takes `seconds` at most. `client` is a guarded one."""
        began = time.monotonic()
        task = asyncio.create_task(self._post(client, url, headers, body, began))
        try:
            done, _ = await asyncio.wait({task}, timeout=seconds)
        finally:
            if not task.done():
                task.cancel()
                self.left_behind.add(task)
                task.add_done_callback(self.left_behind.discard)
        return task.result() if done else Exchange(_since(began), fault=Fault.TIMED_OUT)

    async def _post(
        self, client: httpx.AsyncClient, url: str, headers: Mapping[str, str], body: bytes, began: float
    ) -> Exchange:
        try:
            check_target(url, param="url", allowed_hosts=self._allowed_hosts)
            response, beginning = await _sent(client, url, headers, body)
        except (SSRFGuardError, UrlNotAllowed) as refusal:
            log.info("a webhook's target was refused", extra={"reason": type(refusal).__name__})
            return Exchange(_since(began), fault=Fault.UNREACHABLE)
        except httpx.TimeoutException:
            return Exchange(_since(began), fault=Fault.TIMED_OUT)
        except httpx.ConnectError as error:
            return Exchange(_since(began), fault=_fault_of_connecting(error))
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            return Exchange(_since(began), fault=Fault.NO_ANSWER)
        except Exception as error:  # Whatever one receiver brings about is nobody else's trouble.
            log.error("a webhook could not be sent", extra={"reason": type(error).__name__})
            return Exchange(_since(began), fault=Fault.NO_ANSWER)
        return Exchange(
            _since(began),
            status=response.status_code,
            answer=beginning.decode(errors="replace").replace("\0", "\ufffd"),
            retry_after_seconds=retry_after_seconds(response.headers),
        )


async def _sent(
    client: httpx.AsyncClient, url: str, headers: Mapping[str, str], body: bytes
) -> tuple[httpx.Response, bytes]:
    """The answer and its beginning. A connection that served before and was closed meanwhile, which some servers do
    without a word, is no answer to this request: it goes to another one, and to a new one at last."""
    is_new = False

    async def note(event: str, _info: Mapping[str, object]) -> None:
        nonlocal is_new
        is_new |= event == "connection.connect_tcp.started"

    while True:
        try:
            async with client.stream(
                "POST", url, headers=dict(headers), content=body, extensions={"trace": note}
            ) as response:
                return response, await _beginning(response)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            if is_new:
                raise


async def _beginning(response: httpx.Response) -> bytes:
    """The first bytes of the answer; as many again are read and dropped, so that the connection can serve again."""
    kept, read = bytearray(), 0
    async for piece in response.aiter_raw():
        kept += piece[: MOST_BYTES_KEPT - len(kept)]
        read += len(piece)
        if read >= MOST_BYTES_READ:
            break
    return bytes(kept)


def _fault_of_connecting(error: httpx.ConnectError) -> Fault:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return Fault.TLS_FAILED
        cause = cause.__cause__ or cause.__context__
    return Fault.UNREACHABLE


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
