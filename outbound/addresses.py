"""What a URL must look like before anything is fetched from it or sent to it.

Decided from the text alone, without looking up a name, so that a request can be answered at once. Where the name
leads is decided at the connection, by `outbound/guard.py`.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from errors import UrlNotAllowed

MAX_URL_CHARACTERS = 2048
DEFAULT_PORTS = {"http": 80, "https": 443}

# A percent sign in a host is an escape that no resolver reads, or an IPv6 zone of this machine.
_NOT_IN_A_HOST = re.compile(r"[\s%<>\"^`{|}]")


def check_url(url: str, *, allowed_hosts: frozenset[str], max_characters: int = MAX_URL_CHARACTERS) -> None:
    """Return if `url` may be tried; raise UrlNotAllowed, saying what is wrong with it, if not.

    `allowed_hosts` are names or addresses without a port; such a host may be reached on any port.
    """
    _check_text(url, max_characters)
    parts = _parse(url)
    if parts.scheme not in DEFAULT_PORTS:
        raise _refusal("Give a URL that begins with http:// or https://.")
    if "@" in parts.netloc:
        raise _refusal("Give the URL without a user name or password in it; credentials go in url_headers.")
    if not parts.hostname:
        raise _refusal("The URL names no host.")
    if _NOT_IN_A_HOST.search(parts.netloc):
        raise _refusal("The URL's host name is not valid.")
    _check_port(parts, allowed_hosts)


def is_allowed_host(host: str, allowed_hosts: Iterable[str]) -> bool:
    """Whether `host` is exactly one of `allowed_hosts`, however the two are spelled."""
    return canonical_host(host) in {canonical_host(allowed) for allowed in allowed_hosts}


def canonical_host(host: str) -> str:
    """The one spelling of a host that two are compared in: lower case, no trailing dot, no brackets, A-labels."""
    host = host.strip().rstrip(".").removeprefix("[").removesuffix("]").lower()
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def _check_text(url: str, max_characters: int) -> None:
    if len(url) > max_characters:
        raise _refusal(f"The URL is longer than {max_characters} characters.")
    # The parser drops tabs, line breaks and outer spaces in silence: it would then read another URL than was given.
    if url != url.strip() or any(unicodedata.category(character) in {"Cc", "Cs"} for character in url):
        raise _refusal("The URL contains a control character, or begins or ends with a space.")
    if "\\" in url:
        raise _refusal("The URL contains a backslash.")


def _parse(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.hostname
    except ValueError:
        raise _refusal("This cannot be read as a URL.") from None
    return parts


def _check_port(parts: SplitResult, allowed_hosts: frozenset[str]) -> None:
    try:
        port = parts.port
    except ValueError:
        raise _refusal("The URL's port is not a port number.") from None
    if port is None or port in DEFAULT_PORTS.values():
        return
    if port == 0 or not is_allowed_host(parts.hostname or "", allowed_hosts):
        raise _refusal("The URL's port must be 80 or 443.")


def _refusal(message: str) -> UrlNotAllowed:
    return UrlNotAllowed(message, param="url")
