"""Where a visitor may be sent after signing in: a path of this site and nowhere else."""

from urllib.parse import urlsplit


def safe_path(path: str | None) -> str | None:
    """The path if it leads to this site; None for other hosts in any disguise (`//host`, `/\\host`, a scheme)."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")):
        return None
    if "\\" in path or any(ord(character) < 0x20 or ord(character) == 0x7F for character in path):
        return None
    parts = urlsplit(path)
    return path if not parts.scheme and not parts.netloc else None
