"""What has arrived of a body: counted, hashed, judged by its first bytes, and ready to be gone on with."""

import hashlib
import re
import time
from dataclasses import dataclass, field
from typing import BinaryIO

import httpx

from errors import MediaTooLarge
from outbound.failures import FetchFailed
from outbound.file_names import file_name
from outbound.hops import Hop
from outbound.share_links import page_message
from outbound.sniffing import HEAD_BYTES, refuse_page

_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


@dataclass(frozen=True)
class Downloaded:
    """A file that arrived whole. `sha256` is lower-case hexadecimal; `content_type` (without parameters) and `filename`
    are what the server claims, or None; `final_url` may carry keys in its query."""

    size_bytes: int
    sha256: str
    content_type: str | None
    filename: str | None
    final_url: str


@dataclass(frozen=True)
class Beginning:
    """The first `size_bytes_fetched` of a file. `total_bytes` is how long the whole is, None where the server does not
    say; `is_whole` where there is no more."""

    size_bytes_fetched: int
    total_bytes: int | None
    is_whole: bool


@dataclass
class Pace:
    """How fast a body comes: at least `bytes_per_second`, looked at every `window_seconds`."""

    bytes_per_second: int
    window_seconds: float
    since: float = field(default_factory=time.monotonic)
    received_bytes: int = 0
    windows_kept: int = 0

    def note(self, count: int) -> None:
        """`count` bytes came now. Raises FetchFailed at the end of a window in which too few did."""
        self.received_bytes += count
        elapsed_seconds = time.monotonic() - self.since
        if elapsed_seconds < self.window_seconds:
            return
        if self.received_bytes < self.bytes_per_second * elapsed_seconds:
            raise FetchFailed(f"too slow: {self.received_bytes} bytes in {elapsed_seconds:.0f} s")
        self.since, self.received_bytes = time.monotonic(), 0
        self.windows_kept += 1


class Body:
    """A body on its way into `file`, over one connection or, where the server allows it, several."""

    def __init__(self, file: BinaryIO, max_bytes: int) -> None:
        self._file = file
        self._max_bytes = max_bytes
        self._headers = httpx.Headers()
        self.total_bytes: int | None = None
        self.hop: Hop | None = None
        self.validator: str | None = None
        self._restart()

    def range_headers(self) -> dict[str, str]:
        """The request headers that ask for the rest only; none where nothing is there or nothing vouches for it."""
        if self.validator is None or self.size_bytes == 0:
            return {}
        return {"Range": f"bytes={self.size_bytes}-", "If-Range": self.validator}

    def begin(self, response: httpx.Response, hop: Hop) -> None:
        """Take `response` as the rest of the body (206), else as the whole from its beginning.

        Raises MediaTooLarge for what it announces, FetchFailed if it is not the part that was asked for.
        """
        if response.status_code == 206:
            self._check_range(response.headers.get("content-range", ""))
            return
        self._restart()
        self.hop = hop
        self._headers = response.headers
        self.validator = _validator(response.headers)
        length = response.headers.get("content-length")
        self.total_bytes = int(length) if length is not None else None
        if self.total_bytes is not None and self.total_bytes > self._max_bytes:
            raise MediaTooLarge.beyond(self._max_bytes)

    def add(self, chunk: bytes) -> None:
        """Keep `chunk`. Raises MediaTooLarge or UrlNotMedia as soon as either is plain."""
        self.size_bytes += len(chunk)
        if self.size_bytes > self._max_bytes:
            raise MediaTooLarge.beyond(self._max_bytes)
        if not self._recognised:
            self._head += chunk[: HEAD_BYTES - len(self._head)]
            if len(self._head) == HEAD_BYTES:
                self._recognise()
        self._sha256.update(chunk)
        self._file.write(chunk)

    def finish(self) -> Downloaded:
        """The whole, now that no more comes. Raises UrlNotMedia if it was too short to be judged before."""
        self._recognise()
        self._file.flush()
        url = self.hop.url if self.hop else ""
        return Downloaded(
            size_bytes=self.size_bytes,
            sha256=self._sha256.hexdigest(),
            content_type=self._headers.get("content-type", "").partition(";")[0].strip().lower() or None,
            filename=file_name(self._headers.get("content-disposition"), url),
            final_url=url,
        )

    def _restart(self) -> None:
        self._file.seek(0)
        self._file.truncate()
        self.size_bytes = 0
        self._sha256 = hashlib.sha256()
        self._head = b""
        self._recognised = False

    def _recognise(self) -> None:
        if not self._recognised:
            refuse_page(self._head, hint=page_message(self.hop.url) if self.hop else None)
            self._recognised = True

    def _check_range(self, content_range: str) -> None:
        match = _CONTENT_RANGE.fullmatch(content_range.strip())
        # A 206 nobody asked for fails here too: part of a file would be transcribed as if it were all of it.
        if match is None or self.size_bytes == 0 or int(match[1]) != self.size_bytes:
            raise FetchFailed("answered with another part than was asked for")
        if self.total_bytes is not None and match[3] != "*" and int(match[3]) != self.total_bytes:
            raise FetchFailed("the file changed its length between two requests")


def _validator(headers: httpx.Headers) -> str | None:
    """What If-Range may carry (RFC 9110, 13.1.5): a strong ETag, else the date; None where ranges are not served."""
    if headers.get("accept-ranges", "").strip().lower() != "bytes":
        return None
    etag: str = headers.get("etag", "")
    modified: str | None = headers.get("last-modified")
    return etag if etag.startswith('"') else modified
