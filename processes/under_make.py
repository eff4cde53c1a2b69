"""Stopping together with the `make` that started us, in the cases that `make` does not pass on. Linux; else nothing."""

import ctypes
import os
import signal
import sys
from pathlib import Path

from processes.confinement import PR_SET_PDEATHSIG


def stop_with_make() -> None:
    """Get SIGTERM when make dies, for instance by kill -9, instead of running on unseen."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def make_was_interrupted() -> bool:
    """Whether make got SIGINT and now waits for us. It trusts the terminal to have told us, so `kill -INT` did not.

    While it waits it is still inside its handler, which is seen in the signal being blocked.
    """
    try:
        lines = Path(f"/proc/{os.getppid()}/status").read_text().splitlines()
    except OSError:
        return False
    blocked = next((int(line.split()[1], 16) for line in lines if line.startswith("SigBlk:")), 0)
    return bool(blocked >> (signal.SIGINT - 1) & 1)
