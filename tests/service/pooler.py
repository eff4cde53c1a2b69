"""A PgBouncer in transaction mode in front of a test's database, where one is installed."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from bench.running import free_port
from processes.addresses import places

SERVER_CONNECTIONS = 4
SETTINGS = """
[databases]
transcribe = host={sockets} port=5432 dbname={database} user=transcribe

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 500
admin_users = transcribe
logfile = {folder}/pgbouncer.log
"""


@contextmanager
def pooled(data_dir: Path, folder: Path, database: str = "transcribe") -> Iterator[str]:
    """The address of a pooler with four connections to the embedded server of `data_dir`; skips where none is."""
    program = shutil.which("pgbouncer")
    if program is None:
        pytest.skip("PgBouncer is not installed")
    sockets = places(data_dir).postgres_socket_dir
    owner, port = sockets.stat().st_uid, free_port()
    folder.mkdir(exist_ok=True)
    os.chown(folder, owner, -1)
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        SETTINGS.format(sockets=sockets, database=database, port=port, connections=SERVER_CONNECTIONS, folder=folder)
    )
    child = subprocess.Popen(
        [program, str(settings)],
        user=owner if os.geteuid() == 0 else None,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"postgresql+psycopg://transcribe@127.0.0.1:{port}/transcribe"
    try:
        _wait(url, child)
        yield url
    finally:
        child.kill()
        child.wait()


def reconnect(url: str) -> None:
    """Have the pooler open new connections to the server from now on."""
    address = make_url(url).set(drivername="postgresql", database="pgbouncer").render_as_string()
    with psycopg.connect(address, autocommit=True) as console:
        console.execute("RECONNECT")


def _wait(url: str, child: "subprocess.Popen[bytes]") -> None:
    address = make_url(url).set(drivername="postgresql").render_as_string()
    for _ in range(100):
        assert child.poll() is None, "PgBouncer ended"
        try:
            psycopg.connect(address, connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("PgBouncer does not answer")
