"""What a child process gives up before it touches anything untrusted. Linux; a no-op elsewhere.

Each function acts on the calling process, so it is called in the child: first thing after a fork, or at the top of
the program that was executed. None of them raises: a kernel that refuses one (a container without user namespaces)
still runs the service.
"""

import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000


def _libc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(parent_pid: int | None = None) -> None:
    """Have the kernel SIGKILL this process when its parent dies, however the parent dies.

    With `parent_pid`, exit at once if that parent is gone already: the signal is not sent for a death before the call.
    """
    libc = _libc()
    if libc is not None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if parent_pid is not None and os.getppid() != parent_pid:
        os._exit(1)


def forbid_new_privileges() -> bool:
    """No set-uid program started from here gains anything. Returns whether it holds."""
    libc = _libc()
    return libc is not None and libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0


def leave_network() -> bool:
    """Move into an empty network namespace: no interface, not even loopback. Returns whether it holds."""
    libc = _libc()
    if libc is None:
        return False
    return bool(libc.unshare(CLONE_NEWNET) == 0 or libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0)


def limit_resources(
    *,
    memory_bytes: int | None = None,
    cpu_seconds: int | None = None,
    file_bytes: int | None = None,
    open_files: int | None = None,
) -> None:
    """Set hard limits on address space, CPU time, the size of any file written, and open files; no core dumps."""
    limits = {
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_NOFILE: open_files,
        resource.RLIMIT_CORE: 0,
    }
    for kind, value in limits.items():
        if value is not None:
            resource.setrlimit(kind, (value, value))
