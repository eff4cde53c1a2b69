"""How a fetch went: told in JSON by the child that tried it, and heard by the parent, who passes the blame."""

import errno
import json
import logging
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from errors import MediaTooLarge, Outcome, SourceRefused, SourceUnreachable, UrlNotMedia
from outbound.bodies import Beginning, Downloaded
from outbound.children import ChildFailed, DeadlinePassed
from outbound.failures import FetchFailed

_OUTCOMES: dict[str, type[Outcome]] = {kind.__name__: kind for kind in (SourceRefused, UrlNotMedia, MediaTooLarge)}

logger = logging.getLogger(__name__)


def told(destination: Path, work: Callable[[BinaryIO], Downloaded | Beginning]) -> bytes:
    """In the child: do `work` with the opened `destination`, and say in JSON how it went.

    Not pickle, which a hostile source could speak through.
    """
    try:
        with destination.open("wb") as file:
            return json.dumps({"fetched": asdict(work(file))}).encode()
    except Outcome as outcome:
        return json.dumps({"outcome": type(outcome).__name__, "message": outcome.message}).encode()
    except FetchFailed as failure:
        return json.dumps({"unreachable": str(failure)}).encode()
    except OSError as error:
        return json.dumps({"errno": error.errno or errno.EIO, "message": error.strerror or ""}).encode()
    except Exception as error:
        # The parsers below have been given what a stranger sent; whatever they stumble over, it is that source's doing.
        return json.dumps({"unreachable": f"unforeseen {type(error).__name__} at {_place(error)}"}).encode()


def heard(report: bytes, destination: Path) -> dict[str, Any]:
    """The fields of what was fetched. Raises what went wrong instead."""
    answer = json.loads(report)
    if "fetched" in answer:
        fetched: dict[str, Any] = answer["fetched"]
        return fetched
    if "outcome" in answer:
        raise _OUTCOMES[answer["outcome"]](answer["message"])
    if "errno" in answer:
        raise OSError(answer["errno"], answer["message"], str(destination))
    raise FetchFailed(answer["unreachable"])


@contextmanager
def whole_or_nothing(url: str, destination: Path) -> Iterator[None]:
    """Whatever is raised inside, `destination` is gone; what the source is to blame for becomes SourceUnreachable.

    Its reason is logged and not told: told apart, the answers would map our network for whoever asks.
    """
    try:
        yield
    except BaseException as failure:
        destination.unlink(missing_ok=True)
        reason = _reason(failure)
        if reason is None:
            raise
        logger.warning("Fetching %s failed: %s", _loggable(url), reason)
        raise SourceUnreachable from None


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
