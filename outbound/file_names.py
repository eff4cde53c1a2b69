"""The name a download goes by: what the server calls it (RFC 6266, RFC 5987), else the last part of its URL."""

import re
import unicodedata
from urllib.parse import unquote, urlsplit

MAX_NAME_BYTES = 200

_PARAMETER = re.compile(r";\s*([\w*!#$&+.^`|~-]+)\s*=\s*(\"(?:[^\"\\]|\\.)*\"|[^;]*)")
_EXTENDED = re.compile(r"(utf-8|iso-8859-1)'[^']*'(.*)", re.IGNORECASE | re.DOTALL)


def file_name(content_disposition: str | None, url: str) -> str | None:
    """A name without folders, control characters or leading dots, or None if there is none.

    At most MAX_NAME_BYTES of UTF-8, for showing to people. Nothing on disk is ever called this.
    """
    return _clean(_from_header(content_disposition or "")) or _clean(unquote(urlsplit(url).path.rpartition("/")[2]))


def _from_header(header: str) -> str:
    found = {name.lower(): value.strip() for name, value in _PARAMETER.findall(f";{header}")}
    extended = _EXTENDED.fullmatch(found.get("filename*", "").strip('"'))
    if extended:
        return unquote(extended[2], encoding=extended[1], errors="replace")
    name: str = found.get("filename", "")
    if name.startswith('"') and name.endswith('"'):
        return _unquoted(name[1:-1])
    return name


def _unquoted(text: str) -> str:
    # Only a quote or a backslash is escaped in practice: servers on Windows send C:\talk.mp3 as it is.
    return re.sub(r"\\([\"\\])", r"\1", text)


def _clean(name: str) -> str | None:
    name = re.split(r"[/\\]", name)[-1]
    # Format characters too: one that turns the direction of writing makes "gpm.exe" read as "exe.mpg".
    name = "".join(character for character in name if unicodedata.category(character) not in {"Cc", "Cf", "Cs"})
    name = unicodedata.normalize("NFC", " ".join(name.split())).lstrip(". ")
    return _shortened(name).rstrip(" .") or None


def _shortened(name: str) -> str:
    if len(name.encode()) <= MAX_NAME_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension.encode()) > 10:
        stem, extension = name, ""
    room = MAX_NAME_BYTES - len((dot + extension).encode())
    return stem.encode()[:room].decode(errors="ignore") + (dot + extension if extension else "")
