"""Files that arrive in parts at the local store, each under a directory of its own until it is whole.

`data` is the file, each part written at its place; `about` tells key and part size; a file named by a number says that
this part is whole, and how long it is. A part comes here complete and checked, so a PUT that was cut off leaves no
trace. While one is copied into its place it has no mark: whoever is killed at any instant leaves a part that is sent
again, never one that only looks whole. A lock on the directory keeps two writers, or a writer and the completion,
apart.
"""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from storage import ArrivedPart


class Multiparts:
    def __init__(self, root: Path) -> None:
        self._root = root

    def begin(self, key: str, part_size_bytes: int) -> str:
        multipart_id = token_hex(16)
        directory = self._root / multipart_id
        directory.mkdir(parents=True, mode=0o700)
        (directory / "about").write_text(json.dumps([key, part_size_bytes]))
        (directory / "data").touch()
        return multipart_id

    def write(self, multipart_id: str, number: int, part: Path) -> None:
        """Put a part into its place, over what was there; KeyError when the multipart is over."""
        with self._held(multipart_id) as directory:
            _, part_size_bytes = _about(directory)
            mark = directory / str(number)
            mark.unlink(missing_ok=True)
            with part.open("rb") as source, (directory / "data").open("r+b") as data:
                data.seek((number - 1) * part_size_bytes)
                shutil.copyfileobj(source, data, 1024**2)
                data.flush()
                os.fsync(data.fileno())
                mark.write_text(str(source.tell()))

    def arrived(self, key: str, multipart_id: str) -> list[ArrivedPart]:
        """The parts that are whole; KeyError where there is no such multipart of this key."""
        with self._held(multipart_id, key) as directory:
            return _arrived(directory)

    def complete(self, key: str, multipart_id: str, parts: list[ArrivedPart], target: Path) -> None:
        """Move the file to its place; KeyError as above, or where one of the parts is not there."""
        with self._held(multipart_id, key) as directory:
            if parts != _arrived(directory):
                raise KeyError(key)
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            (directory / "data").replace(target)
            shutil.rmtree(directory)

    def abort(self, key: str, multipart_id: str) -> None:
        """Drop it, if it is there."""
        try:
            with self._held(multipart_id, key) as directory:
                shutil.rmtree(directory)
        except KeyError:
            pass

    def drop(self, older_than_seconds: float) -> int:
        """Drop those that nothing came to for so long, and other leftovers beside them; how many."""
        latest, dropped = time.time() - older_than_seconds, 0
        for path in self._root.glob("*"):
            try:
                if path.stat().st_mtime > latest:
                    continue
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink()
            except FileNotFoundError:
                continue  # completed or refused while we looked
            dropped += 1
        return dropped

    @contextmanager
    def _held(self, multipart_id: str, key: str | None = None) -> Iterator[Path]:
        """Its directory, nobody else's for the block; KeyError where it is over, or of another key."""
        directory = self._root / multipart_id
        try:
            handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        except (FileNotFoundError, NotADirectoryError):
            raise KeyError(multipart_id) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            # It may have been completed while we waited.
            if not (directory / "data").exists() or key not in (None, _about(directory)[0]):
                raise KeyError(multipart_id)
            yield directory
        finally:
            os.close(handle)


def _about(directory: Path) -> tuple[str, int]:
    key, part_size_bytes = json.loads((directory / "about").read_text())
    return key, part_size_bytes


def _arrived(directory: Path) -> list[ArrivedPart]:
    marks = sorted((path for path in directory.iterdir() if path.name.isdigit()), key=lambda path: int(path.name))
    # An empty mark is one whose writer was killed.
    sizes = ((int(mark.name), mark.read_text()) for mark in marks)
    return [ArrivedPart(number, int(size), "") for number, size in sizes if size]
