"""The file behind a share link: the link people copy leads to a page, its sibling to the bytes."""

import re
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from outbound.addresses import canonical_host

_DRIVE_FILE = re.compile(r"/file(?:/u/\d+)?/d/([\w-]+)")
_SHAREPOINT_SHARE = re.compile(r"/:[a-z]:/")

# What to do about a page, by the sites whose links people take for the recording; a site's subdomains count.
_SHARED = (
    "{} shows a page instead of the file. Let anyone with the link see it, or download the file and upload it here."
)
_UNSHARED = "{} shows a page instead of the file. Download the file and upload it here."
_PLAYER = "The URL is a page with a player, not the recording. Send the address of the media file, or upload the file."
_PAGES = {
    site: message
    for message, sites in (
        (_SHARED.format("Google Drive"), "drive.google.com drive.usercontent.google.com accounts.google.com"),
        (_SHARED.format("Dropbox"), "dropbox.com dropboxusercontent.com"),
        (_SHARED.format("OneDrive"), "1drv.ms onedrive.live.com login.live.com"),
        (_SHARED.format("SharePoint"), "sharepoint.com login.microsoftonline.com"),
        (_UNSHARED.format("Box"), "box.com"),
        (_UNSHARED.format("WeTransfer"), "wetransfer.com we.tl"),
        (_PLAYER, "youtube.com youtu.be vimeo.com soundcloud.com open.spotify.com podcasts.apple.com"),
    )
    for site in sites.split()
}


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


def page_message(url: str) -> str | None:
    """What to do where a page came from `url`, for the sites whose pages people take for recordings; else None."""
    labels = canonical_host(urlsplit(url).hostname or "").split(".")
    sites = (".".join(labels[first:]) for first in range(len(labels)))
    return next((_PAGES[site] for site in sites if site in _PAGES), None)


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
