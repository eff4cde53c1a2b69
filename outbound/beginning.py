"""The first bytes of a customer's recording, where its header is all that is asked for.

The same guards as `outbound/download.py`, but from a fresh interpreter instead of a fork, so that a process with many
threads may call it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from outbound.addresses import check_url
from outbound.bodies import Beginning
from outbound.children import run_program
from outbound.fetching import MAX_BYTES, Order, Patience
from outbound.reports import heard, whole_or_nothing

__all__ = ["Beginning", "fetch_beginning"]

ENOUGH_BYTES = 1 << 20
PROGRAM = Path(__file__).resolve().with_name("beginning_program.py")


def fetch_beginning(
    url: str,
    destination: Path,
    *,
    headers: Mapping[str, str] | None = None,
    allowed_hosts: frozenset[str],
    max_bytes: int = ENOUGH_BYTES,
    max_total_bytes: int = MAX_BYTES,
    deadline_seconds: float = 6.0,
) -> Beginning:
    """The first `max_bytes` of the recording at `url`, in the file `destination`; on any failure there is no such file.

    From a slow source it is what came in half of `deadline_seconds`, if that is not too slow for a download either.
    Raises what `outbound.download.download` raises, MediaTooLarge for a file announced as longer than `max_total_bytes`
    among it. Takes about half a second of processor time.
    """
    check_url(url, allowed_hosts=allowed_hosts)
    patience = Patience(
        connect_seconds=deadline_seconds / 2,
        first_byte_seconds=deadline_seconds,
        window_seconds=deadline_seconds / 2,
    )
    order = Order(url, dict(headers or {}), allowed_hosts, max_total_bytes, patience)
    with whole_or_nothing(url, destination):
        report = run_program(PROGRAM, _written(order, destination, max_bytes), deadline_seconds=deadline_seconds)
        return Beginning(**heard(report, destination))


def _written(order: Order, destination: Path, enough_bytes: int) -> bytes:
    fields = {**asdict(order), "allowed_hosts": sorted(order.allowed_hosts)}
    return json.dumps(
        {"order": fields, "destination": str(destination.absolute()), "enough_bytes": enough_bytes}
    ).encode()
