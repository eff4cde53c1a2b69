"""Whether something may be sent to a customer's address: asked when it is saved, and again at every attempt."""

import logging
import socket
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Overdue
from contextlib import suppress
from urllib.parse import urlsplit

from ssrfguard import BlockedAddressError, SSRFGuardError, resolve

from errors import UrlNotAllowed
from outbound.addresses import canonical_host, check_url, is_allowed_host
from outbound.guard import PUBLIC_POLICY

log = logging.getLogger(__name__)

LOOKUP_SECONDS = 1.0
# Names that lead inside wherever they are asked for (RFC 6761, RFC 6762, RFC 8375, and what clouds call their insides).
_INSIDE = ("localhost", "local", "internal", "home.arpa", "localdomain", "intranet", "lan", "corp", "home", "private")


def check_target(url: str, *, param: str, allowed_hosts: frozenset[str]) -> None:
    """Return if `url` is one that may be sent to, by its text: https, unless its host is one of `allowed_hosts`, and
    at an address, if it names one, that is public. Raises UrlNotAllowed."""
    try:
        check_url(url, allowed_hosts=allowed_hosts)
    except UrlNotAllowed as refusal:
        raise UrlNotAllowed(refusal.message, param=param) from None
    parts = urlsplit(url)
    host = canonical_host(parts.hostname or "")
    if is_allowed_host(host, allowed_hosts):
        return
    if parts.scheme != "https":
        raise UrlNotAllowed("Give a URL that begins with https://.", param=param)
    if _leads_inside(host, url):
        raise _not_public(param)


def check_new_target(url: str, *, param: str, allowed_hosts: frozenset[str]) -> None:
    """The same, and what its name leads to now. One that is not known, or not within a second, may be yet to come."""
    check_target(url, param=param, allowed_hosts=allowed_hosts)
    host = urlsplit(url).hostname or ""
    if not is_allowed_host(host, allowed_hosts) and _resolves_inside(url):
        log.info("a webhook's target leads to an address that is not public")
        raise _not_public(param)


def _leads_inside(host: str, url: str) -> bool:
    labels = host.split(".")
    if ":" not in host and (len(labels) == 1 or host.endswith(tuple(f".{name}" for name in _INSIDE))):
        return True
    try:
        PUBLIC_POLICY.check_url(url.replace("_", "-"))  # Old names have underscores; an address never has.
    except SSRFGuardError:
        return True
    return False


def _resolves_inside(url: str) -> bool:
    answer: Future[bool] = Future()

    def look_up() -> None:
        try:
            resolve(PUBLIC_POLICY.check_url(url.replace("_", "-")), policy=PUBLIC_POLICY)
        except BlockedAddressError:
            answer.set_result(True)
        except (SSRFGuardError, socket.gaierror, UnicodeError):
            answer.set_result(False)
        else:
            answer.set_result(False)

    # A thread of its own: nothing else can leave a look-up behind that a name server keeps waiting.
    threading.Thread(target=look_up, daemon=True).start()
    with suppress(Overdue):
        return answer.result(LOOKUP_SECONDS)
    return False


def _not_public(param: str) -> UrlNotAllowed:
    return UrlNotAllowed("The URL's host is not a public one.", param=param)
