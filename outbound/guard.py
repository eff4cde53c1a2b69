"""The HTTP client that reaches public addresses only, and the hosts the operator has named.

A name is looked up once for each connection, every answer has to be allowed, the socket goes to an answer that was
checked, and its peer is checked again. The library that does this is `ssrfguard`; this module is its one door, and
`tests/outbound/test_guard.py` is its acceptance test.
"""

import encodings.idna  # noqa: F401  # every look-up needs it; imported here, a forked child finds it there
import functools
import logging
import ssl
from dataclasses import dataclass
from ipaddress import ip_network

import httpx
from ssrfguard import DEFAULT_DENIED, AddressTable, Block, Policy, Reach
from ssrfguard.httpx import AsyncSafeTransport, SafeTransport

from outbound.addresses import DEFAULT_PORTS, MAX_URL_CHARACTERS, is_allowed_host

USER_AGENT = "transcribe/1.0 (media fetcher)"
WEBHOOKS_USER_AGENT = "transcribe/1.0 (webhooks)"

AsyncClient = httpx.AsyncClient

# Plain http never uses its context: one that trusts nobody can do no harm.
_TRUSTS_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

# Shorter than most servers keep an idle connection: one that they close just then would cost an attempt.
KEEPALIVE_SECONDS = 2.0

# Twelve: what one character of a URL grows to when it is percent-encoded as UTF-8.
_MAX_ENCODED_URL = 12 * MAX_URL_CHARACTERS

# The longest matching prefix decides, so everything in IPv6 is refused except global unicast, and within that
# whatever the library's own table refuses. Its table alone lets unassigned prefixes pass, the SIIT one among them.
PUBLIC_ONLY = AddressTable(
    (
        *DEFAULT_DENIED.blocks,
        Block(ip_network("168.63.129.16/32"), "Azure platform address", "public yet internal", Reach.DENIED),
        Block(ip_network("::ffff:0:0:0/96"), "IPv4-translated (SIIT)", "RFC2765", Reach.DENIED),
        Block(ip_network("::/0"), "Not global unicast", "RFC4291", Reach.DENIED),
        Block(ip_network("2000::/3"), "Global Unicast", "RFC4291", Reach.PERMITTED),
    )
)
PUBLIC_POLICY = Policy(denied_networks=PUBLIC_ONLY, max_url_length=_MAX_ENCODED_URL)


def guarded_client(
    *,
    allowed_hosts: frozenset[str],
    connect_seconds: float = 10.0,
    read_seconds: float = 30.0,
    tls: ssl.SSLContext | None = None,
) -> httpx.Client:
    """An `httpx.Client` that opens no connection to an address that is not public.

    `allowed_hosts` (names or addresses, no port) are exempt from the address and port rules, each for itself alone.
    `connect_seconds` is for one address, of which up to four are tried; `read_seconds` is for one read, not for the
    whole answer. Redirects are handed back, not followed. Proxies and other settings of the environment are ignored.
    TLS is verified against the host's name with `tls`, by default the one shared context.

    A refused address raises `ssrfguard.SSRFGuardError`, everything else `httpx.HTTPError`; the caller must tell the
    client's owner neither, and both alike, or the service becomes a port scanner.
    """
    _keep_urls_out_of_logs()
    return httpx.Client(
        transport=GuardedTransport(allowed_hosts=allowed_hosts, tls=tls),
        trust_env=False,
        follow_redirects=False,
        headers={"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"},
        timeout=httpx.Timeout(read_seconds, connect=connect_seconds),
    )


def guarded_async_client(
    *, allowed_hosts: frozenset[str], connect_seconds: float, connections: int, tls: ssl.SSLContext | None = None
) -> httpx.AsyncClient:
    """The same for one loop, with at most so many connections, to be closed by the caller.

    A name server that is slow outlasts a cancel: the caller waits for a request no longer than it wants to, and leaves
    it behind.
    """
    _keep_urls_out_of_logs()
    return httpx.AsyncClient(
        transport=AsyncGuardedTransport(allowed_hosts=allowed_hosts, connections=connections, tls=tls),
        trust_env=False,
        follow_redirects=False,
        headers={"User-Agent": WEBHOOKS_USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"},
        timeout=httpx.Timeout(None, connect=connect_seconds),
    )


@functools.cache
def tls_context() -> ssl.SSLContext:
    """The context every https connection shares. Costs some 20 ms once; build it before forking."""
    return httpx.create_ssl_context(trust_env=False)


@dataclass(frozen=True)
class _Lane:
    """Which transport carries a request; `exempt` is the allowed host and port it is only for, or None."""

    encrypted: bool
    exempt: tuple[str, int] | None


class GuardedTransport(httpx.BaseTransport):
    """Hands each request to a transport whose policy fits its host, so that no exemption outlives its host."""

    def __init__(self, *, allowed_hosts: frozenset[str], tls: ssl.SSLContext | None = None) -> None:
        self._allowed_hosts = allowed_hosts
        self._tls = tls
        self._transports: dict[_Lane, SafeTransport] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        lane = _lane(request.url, self._allowed_hosts)
        if lane not in self._transports:
            self._transports[lane] = _Transport(policy=_policy(lane), verify=_context(lane, self._tls), trust_env=False)
        return self._transports[lane].handle_request(request)

    def close(self) -> None:
        for transport in self._transports.values():
            transport.close()


class AsyncGuardedTransport(httpx.AsyncBaseTransport):
    """The same for one loop."""

    def __init__(self, *, allowed_hosts: frozenset[str], connections: int, tls: ssl.SSLContext | None = None) -> None:
        self._allowed_hosts = allowed_hosts
        self._limits = httpx.Limits(max_connections=connections, keepalive_expiry=KEEPALIVE_SECONDS)
        self._tls = tls
        self._transports: dict[_Lane, AsyncSafeTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        lane = _lane(request.url, self._allowed_hosts)
        if lane not in self._transports:
            self._transports[lane] = _AsyncTransport(
                policy=_policy(lane), verify=_context(lane, self._tls), trust_env=False, limits=self._limits
            )
        return await self._transports[lane].handle_async_request(request)

    async def aclose(self) -> None:
        for transport in self._transports.values():
            await transport.aclose()


class _Transport(SafeTransport):
    """`SafeTransport` that also takes host names with an underscore, as old buckets and container networks have."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.policy.check_url(_without_underscores(request.url))
        return httpx.HTTPTransport.handle_request(self, request)


class _AsyncTransport(AsyncSafeTransport):
    """The same for one loop."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.policy.check_url(_without_underscores(request.url))
        return await httpx.AsyncHTTPTransport.handle_async_request(self, request)


def _without_underscores(url: httpx.URL) -> str:
    return str(url.copy_with(host=url.host.replace("_", "-")))


def _lane(url: httpx.URL, allowed_hosts: frozenset[str]) -> _Lane:
    port = url.port or DEFAULT_PORTS.get(url.scheme, 0)
    exempt = (url.host, port) if is_allowed_host(url.host, allowed_hosts) else None
    return _Lane(encrypted=url.scheme == "https", exempt=exempt)


def _context(lane: _Lane, tls: ssl.SSLContext | None) -> ssl.SSLContext:
    return (tls or tls_context()) if lane.encrypted else _TRUSTS_NOBODY


def _policy(lane: _Lane) -> Policy:
    if lane.exempt is None:
        return PUBLIC_POLICY
    host, port = lane.exempt
    return Policy(
        denied_networks=AddressTable(()),
        allowed_hosts=frozenset({host, host.replace("_", "-")}),
        allowed_ports=frozenset({port}),
        max_url_length=_MAX_ENCODED_URL,
    )


def _keep_urls_out_of_logs() -> None:
    # httpx logs every URL with its query string, which is where signed links carry their key; httpcore logs headers.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
