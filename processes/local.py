"""`make run`: the whole service on one machine, in the foreground, with nothing else to install or start.

    python -m processes.local [--under-make]

Reads HOST, PORT, BASE_URL, DATA_DIR, DATABASE_URL and REDIS_URL; every other setting goes to the programs as it is.
"""

import os
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from processes import postgres_server, service, valkey_server
from processes.addresses import CannotStart, Places, addresses, places, prepare
from processes.embedded import START_SECONDS, Server
from processes.locks import Busy, exclusive
from processes.slots import counts
from processes.supervisor import StopRequested, Supervisor
from processes.under_make import make_was_interrupted, stop_with_make

STOP_SECONDS = 12.0
# Less than STOP_SECONDS, so that a worker gives its work back itself instead of losing it to SIGKILL.
WORKER_GRACE_SECONDS = 8
MIGRATE_SECONDS = 300.0
FIRST_START_SECONDS = 120.0
WEB_SECONDS = 60.0
COMMAND_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What this launcher itself takes from the environment."""

    host: str
    port: int
    shown_url: str
    data_dir: Path
    own_postgres: bool
    own_valkey: bool

    @property
    def local_url(self) -> str:
        """Where the web program answers from this machine."""
        return _url(self.host, self.port)


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings, or CannotStart naming the one that is wrong."""
    host = environ.get("HOST") or "127.0.0.1"
    text = environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CannotStart(f"PORT takes a number from 1 to 65535, not {text!r}.")
    port = int(text)
    counts(environ)  # Before anything has been started, if it is wrong.
    return Settings(
        host=host,
        port=port,
        shown_url=environ.get("BASE_URL") or _url(host, port),
        data_dir=Path(environ.get("DATA_DIR") or service.PROJECT / "data").absolute(),
        own_postgres=not environ.get("DATABASE_URL"),
        own_valkey=not environ.get("REDIS_URL"),
    )


def main(arguments: list[str]) -> int:
    try:
        settings = read_settings(os.environ)
        at = places(settings.data_dir)
        prepare(at)
        with ExitStack() as locks:
            _hold(locks, at)
            check_port(settings)
            with Supervisor(_say) as supervisor:
                if "--under-make" in arguments:
                    stop_with_make()
                bring_up(supervisor, settings, at, locks)
                supervisor.serve(until=make_was_interrupted if "--under-make" in arguments else None)
        _say("Stopped.")
    except StopRequested:
        _say("Stopped.")
    except (CannotStart, TimeoutError) as error:
        _say(f"Cannot start: {error}")
        return 1
    return 0


def bring_up(supervisor: Supervisor, settings: Settings, at: Places, locks: ExitStack) -> None:
    """Start everything in order, and say where it is reached."""
    if settings.own_postgres:
        _serve(supervisor, postgres_server, "PostgreSQL", "postgres", at, locks)
    if settings.own_valkey:
        _serve(supervisor, valkey_server, "Valkey (the Redis server)", "valkey", at, locks)
    env = programs_environment(os.environ, settings)
    _say("Preparing the database…")
    migrate = service.python("migrate", env, "flask", "migrate", stop_seconds=STOP_SECONDS)
    if supervisor.run_to_end(migrate, seconds=MIGRATE_SECONDS) != 0:
        raise CannotStart("the database could not be migrated; the lines above say why.")
    _say("Starting the service…")
    supervisor.start(service.web(env, stop_seconds=STOP_SECONDS))
    first_start = service.python("first-start", env, "flask", "first-start", stop_seconds=STOP_SECONDS)
    if supervisor.run_to_end(first_start, seconds=FIRST_START_SECONDS) != 0:
        _say("The first account could not be made; the lines above say why. The service runs on.")
    for program in [
        service.engine(env, settings.data_dir),
        service.embedder(env),
        *service.workers(env, stop_seconds=STOP_SECONDS),
        service.scheduler(env, stop_seconds=STOP_SECONDS),
    ]:
        supervisor.start(program)
    if not supervisor.wait_for(lambda: _answers(f"{settings.local_url}/healthz"), seconds=WEB_SECONDS, every=0.2):
        _say("The web server does not answer yet; its own lines say why. It is started again until it does.")
    else:
        _say(f"Ready: {settings.shown_url}  (Ctrl-C stops everything)")


def programs_environment(environ: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """The environment of every program: absolute paths and the servers' addresses, whoever provides those."""
    own = addresses(settings.data_dir)
    grace = environ.get("SHUTDOWN_GRACE_SECONDS", "")
    return service.environment(
        {
            **environ,
            "HOST": settings.host,
            "PORT": str(settings.port),
            "DATA_DIR": str(settings.data_dir),
            "DATABASE_URL": own.database_url if settings.own_postgres else environ["DATABASE_URL"],
            "REDIS_URL": own.redis_url if settings.own_valkey else environ["REDIS_URL"],
            "SHUTDOWN_GRACE_SECONDS": str(
                min(WORKER_GRACE_SECONDS, int(grace)) if grace.isdecimal() else WORKER_GRACE_SECONDS
            ),
        }
    )


def check_port(settings: Settings) -> None:
    """CannotStart when the web server could not listen; nothing has been started by then."""
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror:
        raise CannotStart(f"HOST {settings.host!r} is not an address of this machine.") from None
    family, kind, protocol, _, address = found[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen()
        except OSError as error:
            raise CannotStart(
                f"port {settings.port} on {settings.host} cannot be used ({error.strerror}). "
                f"Stop what uses it, or choose another: PORT={settings.port + 1} make run"
            ) from None


def _hold(locks: ExitStack, at: Places) -> None:
    try:
        locks.enter_context(exclusive(at.lock("service")))
    except Busy:
        raise CannotStart(
            f"the service already runs on DATA_DIR {at.data_dir}. Stop it first, or name another DATA_DIR."
        ) from None


def _serve(supervisor: Supervisor, server: Server, title: str, name: str, at: Places, locks: ExitStack) -> None:
    """Start one embedded server and wait until it answers."""
    _say(f"Starting {title}…")
    _take_over(supervisor, title, name, at, locks)
    supervisor.start(server.prepare(at))
    if not supervisor.wait_for(lambda: server.answers(at), seconds=START_SECONDS):
        raise server.explain_failure(at)
    server.ready(at)


def _take_over(supervisor: Supervisor, title: str, name: str, at: Places, locks: ExitStack) -> None:
    """Hold the server's lock, after an operator's command that started it for itself has let go."""
    said = False

    def taken() -> bool:
        nonlocal said
        try:
            locks.enter_context(exclusive(at.lock(name)))
        except Busy:
            if not said:
                _say(f"Waiting for a command that uses {title} to end…")
                said = True
            return False
        return True

    if not supervisor.wait_for(taken, seconds=COMMAND_SECONDS):
        raise CannotStart(f"a command has been using {title} for {COMMAND_SECONDS:.0f} seconds; end it first.")


def _answers(url: str) -> bool:
    # An opener of its own, because the default one would obey http_proxy.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as response:
            return bool(response.status == 200)
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def _url(host: str, port: int) -> str:
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
