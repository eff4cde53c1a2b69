"""Whom a server runs as. PostgreSQL refuses to be root, so as root it becomes an unprivileged user."""

import ctypes
import os
import pwd
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from processes.addresses import CannotStart, owner_of
from processes.confinement import CLONE_NEWUSER, die_with_parent

SERVICE_ACCOUNTS = ("postgres", "nobody")
# The uid a server sees itself as inside a user namespace; it only has to be somebody other than root with a name.
MAPPED_ID = 65534


@dataclass(frozen=True, slots=True)
class Identity:
    """`uid` and `gid` own the server's files; `namespaced` hides from the server that they are this process's own."""

    uid: int
    gid: int
    namespaced: bool = False

    @property
    def description(self) -> str:
        return "in a user namespace" if self.namespaced else f"as uid {self.uid}"


class SpawnOptions(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]
    preexec_fn: Callable[[], None]


def ourselves() -> Identity:
    return Identity(os.geteuid(), os.getegid())


def choose_identity(program: Path, directory: Path, existing: Path) -> Identity:
    """Who may run `program` with files below `directory`: this user, or as root somebody less.

    An `existing` directory of the server settles it: its files belong to someone already. CannotStart says what to
    do when nobody fits.
    """
    for identity in _candidates(directory, existing):
        if _can_run(identity, program, directory):
            return identity
    raise CannotStart(
        f"PostgreSQL does not run as root, and no other user can reach both {program} and {directory}. Run the service "
        "as an ordinary user, move the project and DATA_DIR where others may pass (chmod o+x on each parent "
        "directory), or set DATABASE_URL."
    )


def spawn_options(identity: Identity) -> SpawnOptions:
    """What `subprocess.Popen` takes to start a child as `identity` that dies with this process."""
    parent = os.getpid()

    def before_exec() -> None:
        # A terminal's Ctrl-C reaches the whole group, but who stops when is for us to say. Some programs set a handler
        # and some clear the mask; only PostgreSQL does both, and is started again while others still need it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        if identity.namespaced:
            _enter_user_namespace(identity)
        # After every change of user, because the kernel forgets the wish at each of them.
        die_with_parent(parent)

    if identity.namespaced or identity.uid == os.geteuid():
        return {"preexec_fn": before_exec}
    return {"user": identity.uid, "group": identity.gid, "extra_groups": [], "preexec_fn": before_exec}


def _candidates(directory: Path, existing: Path) -> list[Identity]:
    mine = ourselves()
    if mine.uid != 0:
        # A container may run us as a uid without a name, and initdb wants one.
        return [mine] if _has_name(mine.uid) else [Identity(mine.uid, mine.gid, namespaced=True)]
    namespaced = Identity(0, 0, namespaced=True)
    if existing.exists():
        owner = Identity(*owner_of(existing))
        return [owner] if owner.uid != 0 else [namespaced]
    user = Identity(*owner_of(directory))
    return [user] if user.uid != 0 else [*_service_accounts(), namespaced]


def _service_accounts() -> list[Identity]:
    found = []
    for name in SERVICE_ACCOUNTS:
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        found.append(Identity(account.pw_uid, account.pw_gid))
    return found


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _can_run(identity: Identity, program: Path, directory: Path) -> bool:
    if identity == ourselves():
        return True
    options = spawn_options(identity)
    become = options["preexec_fn"]

    def become_and_look() -> None:
        become()
        if not os.access(directory, os.X_OK):
            os._exit(1)

    options["preexec_fn"] = become_and_look
    try:
        done = subprocess.run([str(program), "--version"], capture_output=True, timeout=30, check=False, **options)
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _enter_user_namespace(identity: Identity) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "no user namespace")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{MAPPED_ID} {identity.uid} 1")
    Path("/proc/self/gid_map").write_text(f"{MAPPED_ID} {identity.gid} 1")
