"""Where a visitor may be sent back to: a path of this site and nowhere else."""

from urllib.parse import urlsplit

from flask import request


def safe_path(path: str | None) -> str | None:
    """The path if it leads to this site; None for other hosts in any disguise (`//host`, `/\\host`, a scheme)."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")):
        return None
    if "\\" in path or any(ord(character) < 0x20 or ord(character) == 0x7F for character in path):
        return None
    parts = urlsplit(path)
    return path if not parts.scheme and not parts.netloc else None


def path_of(address: str | None) -> str | None:
    """The path of an address of this site, such as that of the page that a request comes from; None of any other."""
    try:
        parts = urlsplit(address or "")
    except ValueError:  # What a header says may be no address at all.
        return None
    if parts.netloc != request.host:
        return None
    return safe_path(f"{parts.path}?{parts.query}" if parts.query else parts.path)
