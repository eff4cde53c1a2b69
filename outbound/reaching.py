"""Whether a server that the operator named answers, for `flask check`. Its address is trusted, unlike a customer's."""

from collections.abc import Mapping

import httpx

from outbound.guard import tls_context

SECONDS = 8.0


class Unreachable(Exception):
    """Nothing answers at the address; says which kind of error it was."""


def status_of(url: str, headers: Mapping[str, str] | None = None) -> int:
    """The HTTP status that a GET is answered with. Follows no redirect, and no proxy of the environment."""
    try:
        with httpx.Client(timeout=SECONDS, trust_env=False, verify=tls_context()) as client:
            return client.get(url, headers=headers).status_code
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unreachable(type(error).__name__) from None
