"""Where the embedded servers of a DATA_DIR keep their files and listen, worked out from its path alone."""

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

DATABASE = "transcribe"
# The kernel takes 107 bytes of socket path; what we append is at most "/postgres/socket/.s.PGSQL.5432".
LONGEST_BASE = 107 - 31
# libpq reads a comma in `host` as a second host, and a URL or a GUC would need quoting for much of the rest.
PLAIN_PATH = re.compile(r"[A-Za-z0-9._/+-]+")


class CannotStart(Exception):
    """Something the operator has to change; the message says what, in one or two sentences."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """What it takes to reach the servers of a DATA_DIR. `run_dir` holds this service's own sockets, mode 0700."""

    database_url: str
    redis_url: str
    run_dir: Path


@dataclass(frozen=True, slots=True)
class Places:
    """Every path below a DATA_DIR that the servers use; `sockets` is elsewhere when DATA_DIR's path is too long."""

    data_dir: Path
    sockets: Path

    @property
    def postgres(self) -> Path:
        return self.data_dir / "postgres"

    @property
    def cluster(self) -> Path:
        return self.postgres / "cluster"

    @property
    def postgres_socket_dir(self) -> Path:
        return self.sockets / "postgres" / "socket"

    @property
    def valkey(self) -> Path:
        return self.data_dir / "valkey"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey" / "socket" / "valkey.sock"

    @property
    def run_dir(self) -> Path:
        return self.sockets / "run"

    def lock(self, name: str) -> Path:
        return self.data_dir / f".{name}.lock"

    def log(self, name: str) -> Path:
        return self.data_dir / "logs" / f"{name}.log"


def places(data_dir: Path) -> Places:
    data_dir = data_dir.resolve()
    text = str(data_dir)
    if len(os.fsencode(text)) <= LONGEST_BASE and PLAIN_PATH.fullmatch(text):
        return Places(data_dir, sockets=data_dir)
    digest = hashlib.sha256(f"{_uid(data_dir)}:{data_dir}".encode()).hexdigest()[:16]
    # Not tempfile.gettempdir(): an operator's command may run with another TMPDIR than the service it looks for.
    return Places(data_dir, sockets=Path("/tmp") / f"transcribe-{digest}")  # noqa: S108


def addresses(data_dir: Path) -> Addresses:
    """The addresses of DATA_DIR's own servers, whether they run or not. Touches nothing."""
    at = places(data_dir)
    return Addresses(
        database_url=f"postgresql+psycopg://{DATABASE}@/{DATABASE}?host={quote(str(at.postgres_socket_dir), safe='/')}",
        redis_url=f"unix://{at.valkey_socket}",
        run_dir=at.run_dir,
    )


def redis_url(url: str, *, verify: bool) -> str:
    """The address with, for TLS that is not to be verified, what tells redis-py so. Twice is no more than once."""
    parts = urlsplit(url)
    if verify or parts.scheme != "rediss":
        return url
    query = {**dict(parse_qsl(parts.query)), "ssl_cert_reqs": "none", "ssl_check_hostname": "False"}
    return urlunsplit(parts._replace(query=urlencode(query)))


def prepare(at: Places) -> None:
    """Make DATA_DIR, its log directory, `run_dir` and the place for sockets, readable by nobody else."""
    try:
        at.data_dir.mkdir(parents=True, exist_ok=True, mode=_passable())
        owner = owner_of(at.data_dir)
        private_directory(at.data_dir / "logs", owner=owner)
        if at.sockets != at.data_dir:
            private_directory(at.sockets, owner=owner, mode=_passable())
        private_directory(at.run_dir, owner=owner)
    except (PermissionError, FileExistsError, NotADirectoryError) as error:
        raise CannotStart(
            f"DATA_DIR {at.data_dir} cannot be used by this user ({error}). Name a directory that belongs to you."
        ) from error


def owner_of(directory: Path) -> tuple[int, int]:
    """Whose files belong into it: our own, or for root those of the user whose directory it is."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    found = directory.stat()
    return found.st_uid, found.st_gid


def private_directory(path: Path, *, owner: tuple[int, int], mode: int = 0o700) -> None:
    """Make `path`, or check that what is there is a real directory of the right owner; then set its mode.

    In a directory that everybody may write to, another user could have made it first to listen in: CannotStart.
    """
    uid, gid = owner
    try:
        path.mkdir(mode=mode)
        if uid != os.geteuid():
            os.chown(path, uid, gid)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (uid, os.geteuid()):
            raise CannotStart(f"{path} is not a directory of uid {uid}; remove it, or name another DATA_DIR.") from None
        if found.st_uid != uid:
            os.chown(path, uid, gid)
    path.chmod(mode)


def _passable() -> int:
    """As root the servers run as another user, who must be able to walk through to their own directories."""
    return 0o711 if os.geteuid() == 0 else 0o700


def _uid(data_dir: Path) -> int:
    """Root's commands must find the servers of the user whose DATA_DIR it is."""
    return data_dir.stat().st_uid if data_dir.exists() else os.geteuid()


def open_private(path: Path, flags: int) -> int:
    """The descriptor of a file that only the owner of its directory may read, made if need be."""
    descriptor = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    if os.geteuid() == 0:
        os.fchown(descriptor, *owner_of(path.parent))
    return descriptor
