"""Fetching a customer's recording: one call that ends in a whole file or in one error, within its time."""

from collections.abc import Callable, Mapping
from pathlib import Path

from outbound.addresses import check_url
from outbound.bodies import Downloaded
from outbound.children import run_in_child
from outbound.fetching import MAX_BYTES, Order, Patience, fetch
from outbound.guard import tls_context
from outbound.reports import heard, told, whole_or_nothing

__all__ = ["MAX_BYTES", "Downloaded", "Patience", "download"]


def download(
    url: str,
    destination: Path,
    *,
    headers: Mapping[str, str] | None = None,
    allowed_hosts: frozenset[str],
    on_tick: Callable[[], None],
    max_bytes: int = MAX_BYTES,
    deadline_seconds: float = 900.0,
    patience: Patience | None = None,
) -> Downloaded:
    """The recording at `url`, in the file `destination`; on any failure there is no such file.

    `on_tick` runs about every 0.5 s; what it raises ends the download and is raised on. `headers` go to the URL's own
    host only. Raises SourceUnreachable (transient, the same words whatever the reason: the reason is logged),
    SourceRefused, UrlNotMedia, MediaTooLarge; UrlNotAllowed for a URL that `check_url` refuses; OSError where
    `destination` cannot be written. Call it from a process with one thread: it forks.
    """
    check_url(url, allowed_hosts=allowed_hosts)
    order = Order(url, dict(headers or {}), allowed_hosts, max_bytes, patience or Patience())
    if url.lower().startswith("https:"):
        tls_context()

    def work() -> bytes:
        return told(destination, lambda file: fetch(order, file))

    with whole_or_nothing(url, destination):
        report = run_in_child(work, deadline_seconds=deadline_seconds, on_tick=on_tick)
        return Downloaded(**heard(report, destination))
