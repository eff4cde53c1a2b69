"""Holding a lease while the work goes on outside any transaction."""

import os
import socket
import time
from collections.abc import Callable
from types import FrameType

from db import transaction
from handlers.processing import Lease, renew

# Set before the first fork. Under a slot's name a restarted worker knows the leases its predecessor left.
_holder = f"{socket.gethostname()}.{os.getpid()}"

RENEW_EVERY_SECONDS = 2.0  # much shorter than the lease, so that a cancel stops the work soon


def name_holder(slot: str) -> str:
    """Hold leases under this slot from now on; the full name."""
    global _holder
    _holder = f"{socket.gethostname()}.{slot}"[:90]
    return _holder


def holder() -> str:
    """The name under which this process holds leases."""
    return _holder


class HandedBack(BaseException):
    """The worker was asked to stop, or lets others go first.

    Not an Exception, so that no step mistakes it for its own failure.
    """


def raise_handed_back(signum: int, frame: FrameType | None) -> None:
    raise HandedBack


def ticker(lease: Lease) -> Callable[[], None]:
    """A function to call as often as one likes: it renews the lease every two seconds; LeaseLost when that fails."""
    last = time.monotonic()

    def tick() -> None:
        nonlocal last
        if time.monotonic() - last >= RENEW_EVERY_SECONDS:
            with transaction() as session:
                renew(session, lease)
            last = time.monotonic()

    return tick
