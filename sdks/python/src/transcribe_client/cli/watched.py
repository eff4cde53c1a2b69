"""What `transcribe watch` remembers: every recording that it saw, by its content, and how far it is with it."""

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from transcribe_client.cli.exit_codes import UsageError

READ_BYTES = 1024 * 1024


class Entry(BaseModel):
    """One recording, under whatever names. `outcome` is None until it is `completed`, `failed` or `refused`; `written`
    are the files that were made of it."""

    model_config = ConfigDict(extra="allow")

    files: list[str] = []
    written: list[str] = []
    upload_id: str | None = None
    transcription_id: str | None = None
    outcome: str | None = None
    error: dict[str, Any] | None = None
    charged_usd: str | None = None


class Seen(BaseModel):
    """A file as it was when its content was read: as long as size and time are the same, so is the content."""

    size_bytes: int
    modified_ns: int
    sha256: str


class State(BaseModel):
    model_config = ConfigDict(extra="allow")

    version: int = 1
    seen: dict[str, Seen] = {}
    recordings: dict[str, Entry] = {}


class StateFile:
    """The state, on disk before anything follows from it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.state = State()

    @contextmanager
    def held(self) -> Iterator["StateFile"]:
        """The state for the block, for this process alone; UsageError where another has it, or where it is damaged."""
        with self._path.with_name(self._path.name + ".lock").open("a") as lock:
            _lock(lock.fileno())
            if self._path.exists():
                try:
                    self.state = State.model_validate_json(self._path.read_bytes())
                except ValidationError:
                    raise UsageError(f"{self._path} is not a state file; move it away to begin anew.") from None
            yield self

    def save(self) -> None:
        half = self._path.with_name(self._path.name + ".part")
        with half.open("w", encoding="utf-8") as file:
            json.dump(self.state.model_dump(exclude_none=True), file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        half.replace(self._path)

    def digest(self, path: Path) -> str:
        """The SHA-256 of a file, read only when it changed."""
        stat = path.stat()
        seen = self.state.seen.get(path.name)
        if seen is None or (seen.size_bytes, seen.modified_ns) != (stat.st_size, stat.st_mtime_ns):
            digest = hashlib.sha256()
            with path.open("rb") as file:
                while piece := file.read(READ_BYTES):
                    digest.update(piece)
            seen = Seen(size_bytes=stat.st_size, modified_ns=stat.st_mtime_ns, sha256=digest.hexdigest())
            self.state.seen[path.name] = seen
        return seen.sha256

    def entry(self, digest: str) -> Entry:
        return self.state.recordings.setdefault(digest, Entry())


def _lock(descriptor: int) -> None:
    """Let go by the system, however the process ends."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise UsageError("Another `transcribe watch` has this state file.") from None
