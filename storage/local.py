"""Objects as files under one directory: the store of a single machine."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class LocalStore:
    def __init__(self, root: Path) -> None:
        self.root = root

    def put_file(self, key: str, path: Path) -> None:
        target = self._path(key)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.replace(target)

    @contextmanager
    def local_copy(self, key: str) -> Iterator[Path]:
        path = self._path(key)
        if not path.is_file():
            raise KeyError(key)
        yield path

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def keys(self, prefix: str, older_than_seconds: float = 0) -> Iterator[str]:
        latest = time.time() - older_than_seconds
        for path in (self.root / prefix).rglob("*"):
            try:
                if path.is_file() and path.stat().st_mtime <= latest:
                    yield path.relative_to(self.root).as_posix()
            except FileNotFoundError:
                continue  # deleted while we listed

    def _path(self, key: str) -> Path:
        path = (self.root / key).resolve()
        if not path.is_relative_to(self.root.resolve()):
            raise ValueError("a key may not leave the store")
        return path
