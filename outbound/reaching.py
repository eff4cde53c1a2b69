"""Whether a server that the operator named answers, for `flask check`. Its address is trusted, unlike a customer's."""

import ssl
from collections.abc import Mapping

import httpx

from outbound.guard import tls_context

SECONDS = 8.0


class Unreachable(Exception):
    """Nothing is to be had at the address; says why, without the address."""


def status_of(url: str, headers: Mapping[str, str] | None = None) -> int:
    """The HTTP status that a GET is answered with. Follows no redirect, and no proxy of the environment."""
    try:
        with httpx.Client(timeout=SECONDS, trust_env=False, verify=tls_context()) as client:
            return client.get(url, headers=headers).status_code
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unreachable(_reason(error)) from None


def _reason(error: BaseException) -> str:
    below: BaseException | None = error
    while below is not None:
        if isinstance(below, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted on this machine: {below.verify_message}"
        below = below.__cause__ or below.__context__
    return type(error).__name__
