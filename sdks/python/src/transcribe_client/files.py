"""What is downloaded."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from transcribe_client.requests import Received


@dataclass(frozen=True)
class File:
    """A file as the service made it."""

    filename: str
    media_type: str
    content: bytes

    @property
    def text(self) -> str:
        """The content of a text file."""
        return self.content.decode()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it to a path, or into a folder under its own name. What is there is replaced whole or not at all."""
        to = Path(path)
        if to.is_dir():
            to /= self.filename
        half = to.with_name(f".{to.name}.{os.getpid()}.part")
        half.write_bytes(self.content)
        half.replace(to)
        return to


def received_file(received: Received) -> File:
    media_type = received.headers.get("content-type", "application/octet-stream").partition(";")[0].strip()
    return File(_filename(received.headers.get("content-disposition", "")), media_type, received.content)


def _filename(disposition: str) -> str:
    """The name of RFC 6266, in whatever letters, and never a path."""
    extended = re.search(r"filename\*=(?:UTF-8|utf-8)''([^;]+)", disposition)
    plain = re.search(r'filename="?([^";]+)"?', disposition)
    name = unquote(extended[1]) if extended else plain[1] if plain else "download"
    return re.split(r"[/\\]", name.strip())[-1].lstrip(".") or "download"
