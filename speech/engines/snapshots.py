"""A model's files as a hub lists them, and how much of them is here."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

LISTING = "snapshot.json"
# Beside a file that is not whole yet. A model's folder gets its name only when all of it is there and good.
PART = ".part"


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """`digest` is the SHA-256 of a large file, git's blob id of a small one, as `checking.damaged` takes them."""

    name: str
    size_bytes: int
    digest: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The files of a model at one revision of its repository."""

    repository: str
    revision: str
    files: tuple[RemoteFile, ...]

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)

    @property
    def digests(self) -> dict[str, str]:
        return {file.name: file.digest for file in self.files}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the download of a model is."""

    repository: str
    done_bytes: int
    total_bytes: int

    @property
    def percent(self) -> int:
        return self.done_bytes * 100 // max(1, self.total_bytes)

    def __str__(self) -> str:
        done, total = self.done_bytes / 10**6, self.total_bytes / 10**6
        return f"{self.repository}: {done:,.0f} of {total:,.0f} MB ({self.percent} %)"


@dataclass(frozen=True, slots=True)
class Places:
    """Where the model of one repository lies under `cache_dir`: whole, and on its way."""

    cache_dir: Path
    repository: str

    @property
    def folder(self) -> Path:
        return self.cache_dir / self.repository.replace("/", "--")

    @property
    def arriving(self) -> Path:
        return self.cache_dir / f".{self.folder.name}{PART}"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Alone with this model for the block: another process that wants it waits, and then finds it whole."""
        self.cache_dir.mkdir(parents=True, exist_ok=True)
        with _lock_of(self.arriving).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def keep(folder: Path, snapshot: Snapshot) -> None:
    """Write down in `folder` which snapshot its files are of."""
    arriving = folder / f".{LISTING}"
    arriving.write_text(json.dumps(asdict(snapshot)))
    os.replace(arriving, folder / LISTING)


def kept(folder: Path) -> Snapshot | None:
    """The snapshot whose files `folder` holds, or None where that cannot be told."""
    try:
        told = json.loads((folder / LISTING).read_text())
        files = tuple(RemoteFile(**file) for file in told["files"])
        return Snapshot(told["repository"], told["revision"], files)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def progress(folder: Path, snapshot: Snapshot) -> Progress:
    """How much of `snapshot` is in `folder`."""
    candidates = (path for file in snapshot.files for path in (folder / file.name, folder / f"{file.name}{PART}"))
    return Progress(snapshot.repository, sum(map(_size, candidates)), snapshot.size_bytes)


def under_way(cache_dir: Path) -> Progress | None:
    """How far a download is that some process is at now; None where there is none."""
    for folder in cache_dir.glob(f".*{PART}"):
        snapshot = kept(folder)
        if snapshot is not None and _is_held(_lock_of(folder)):
            return progress(folder, snapshot)
    return None


def _lock_of(arriving: Path) -> Path:
    return arriving.with_suffix(".lock")


def _is_held(path: Path) -> bool:
    try:
        with path.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
