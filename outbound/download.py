"""Fetching a customer's recording: one call that ends in a whole file or in one error, within its time."""

import errno
import json
import logging
import signal
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

from errors import MediaTooLarge, Outcome, SourceRefused, SourceUnreachable, UrlNotMedia
from outbound.addresses import check_url
from outbound.bodies import Downloaded
from outbound.children import ChildFailed, DeadlinePassed, run_in_child
from outbound.failures import FetchFailed
from outbound.fetching import Order, Patience, fetch
from outbound.guard import tls_context

__all__ = ["MAX_BYTES", "Downloaded", "Patience", "download"]

MAX_BYTES = 2 * 1024**3

_OUTCOMES: dict[str, type[Outcome]] = {kind.__name__: kind for kind in (SourceRefused, UrlNotMedia, MediaTooLarge)}

logger = logging.getLogger(__name__)


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
    try:
        report = run_in_child(lambda: _report(order, destination), deadline_seconds=deadline_seconds, on_tick=on_tick)
        return _read(report, destination)
    except BaseException as failure:
        destination.unlink(missing_ok=True)
        reason = _reason(failure)
        if reason is None:
            raise
        logger.warning("Fetching %s failed: %s", _loggable(url), reason)
        raise SourceUnreachable from None


def _report(order: Order, destination: Path) -> bytes:
    """In the child: fetch, and say in JSON how it went. Not pickle, which a hostile source could speak through."""
    try:
        with destination.open("wb") as file:
            return json.dumps({"downloaded": asdict(fetch(order, file))}).encode()
    except Outcome as outcome:
        return json.dumps({"outcome": type(outcome).__name__, "message": outcome.message}).encode()
    except FetchFailed as failure:
        return json.dumps({"unreachable": str(failure)}).encode()
    except OSError as error:
        return json.dumps({"errno": error.errno or errno.EIO, "message": error.strerror or ""}).encode()
    except Exception as error:
        # The parsers below have been given what a stranger sent; whatever they stumble over, it is that source's doing.
        return json.dumps({"unreachable": f"unforeseen {type(error).__name__} at {_place(error)}"}).encode()


def _read(report: bytes, destination: Path) -> Downloaded:
    answer = json.loads(report)
    if "downloaded" in answer:
        return Downloaded(**answer["downloaded"])
    if "outcome" in answer:
        raise _OUTCOMES[answer["outcome"]](answer["message"])
    if "errno" in answer:
        raise OSError(answer["errno"], answer["message"], str(destination))
    raise FetchFailed(answer["unreachable"])


def _reason(failure: BaseException) -> str | None:
    """What to log where the source is to blame; None where the failure goes to the caller as it is."""
    if isinstance(failure, FetchFailed):
        return str(failure)
    if isinstance(failure, DeadlinePassed):
        return "the deadline passed"
    if isinstance(failure, ChildFailed):
        if failure.signal_number == signal.SIGALRM:
            return "not connected, or not answered, in time"
        return str(failure)
    return None


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"


def _loggable(url: str) -> str:
    """`url` without its query and user name, which may carry keys."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
