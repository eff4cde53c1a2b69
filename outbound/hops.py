"""From one URL to the next it redirects to, and which of the caller's headers go along."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from outbound.addresses import DEFAULT_PORTS, canonical_host
from outbound.failures import FetchFailed

# Set by the client; from the caller they would change what is asked for or how the answer is framed.
_OUR_HEADERS = frozenset(
    {
        *("accept-encoding", "connection", "content-length", "expect", "host", "if-range", "keep-alive"),
        *("proxy-authorization", "proxy-connection", "range", "te", "trailer", "transfer-encoding", "upgrade"),
    }
)
_CREDENTIALS = frozenset({"authorization", "cookie"})


@dataclass(frozen=True)
class Origin:
    scheme: str
    host: str
    port: int | None

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"


@dataclass(frozen=True)
class Hop:
    """A URL without its fragment, and the caller's headers that go to it."""

    url: str
    headers: Mapping[str, str]

    @property
    def origin(self) -> Origin:
        """Where the URL leads. Raises FetchFailed if it cannot be read as one."""
        try:
            parts = urlsplit(self.url)
            port = parts.port or DEFAULT_PORTS.get(parts.scheme)
        except ValueError:
            raise FetchFailed("redirected to what is not a URL") from None
        return Origin(parts.scheme, canonical_host(parts.hostname or ""), port)

    def to(self, location: str) -> "Hop":
        """The next hop: without the headers on another host or on plain http, without credentials on another origin."""
        try:
            url = urldefrag(urljoin(self.url, location)).url
        except ValueError:
            raise FetchFailed("redirected to what is not a URL") from None
        here, there = self.origin, Hop(url, {}).origin
        if here == there:
            return Hop(url, self.headers)
        if here.host != there.host or (here.scheme == "https" and there.scheme != "https"):
            return Hop(url, {})
        return Hop(url, {name: value for name, value in self.headers.items() if name.lower() not in _CREDENTIALS})


def first_hop(url: str, headers: Mapping[str, str]) -> Hop:
    """The hop to the customer's own URL, without the headers that are ours to set."""
    permitted = {name: value for name, value in headers.items() if name.lower() not in _OUR_HEADERS}
    return Hop(urldefrag(url).url, permitted)
