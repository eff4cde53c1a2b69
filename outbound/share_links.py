"""The file behind a share link: the link people copy leads to a page, its sibling to the bytes."""

import re
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

_DRIVE_FILE = re.compile(r"/file(?:/u/\d+)?/d/([\w-]+)")
_SHAREPOINT_SHARE = re.compile(r"/:[a-z]:/")


def direct_download_url(url: str) -> str:
    """The URL that hands out the file itself, for links of Dropbox, Google Drive, OneDrive and SharePoint.

    Any other URL, and one that cannot be read, comes back as it is.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return url
    if parts.scheme not in {"http", "https"}:
        return url
    if host in {"dropbox.com", "www.dropbox.com"}:
        return _dropbox(parts)
    if host in {"drive.google.com", "docs.google.com"}:
        return _google_drive(parts)
    if host in {"1drv.ms", "onedrive.live.com"} or _is_sharepoint_share(host, parts.path):
        return _with_query(parts, download="1")
    return url


def _dropbox(parts: SplitResult) -> str:
    if not parts.path.startswith(("/s/", "/scl/", "/sh/")) or ("raw", "1") in parse_qsl(parts.query):
        return urlunsplit(parts)
    return _with_query(parts, dl="1")


def _google_drive(parts: SplitResult) -> str:
    query = dict(parse_qsl(parts.query))
    by_path = _DRIVE_FILE.match(parts.path)
    file_id = by_path[1] if by_path else query.get("id") if parts.path in {"/open", "/uc"} else None
    if not file_id:
        return urlunsplit(parts)
    wanted = {"export": "download", "id": file_id}
    if "resourcekey" in query:
        wanted["resourcekey"] = query["resourcekey"]
    # Without it a large file is answered with a page that asks whether to go on unscanned.
    wanted["confirm"] = "t"
    return f"https://drive.google.com/uc?{urlencode(wanted)}"


def _is_sharepoint_share(host: str, path: str) -> bool:
    return host.endswith(".sharepoint.com") and _SHAREPOINT_SHARE.match(path) is not None


def _with_query(parts: SplitResult, **wanted: str) -> str:
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in wanted]
    return urlunsplit(parts._replace(query=urlencode([*kept, *wanted.items()])))
