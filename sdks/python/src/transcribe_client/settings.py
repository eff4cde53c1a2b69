"""Where the service is and who asks: from arguments, else from the environment."""

import os
import platform
from collections.abc import Generator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from transcribe_client.errors import ConfigurationError, MissingKeyError
from transcribe_client.retries import Retries
from transcribe_client.version import VERSION

KEY_VARIABLE = "TRANSCRIBE_API_KEY"
URL_VARIABLE = "TRANSCRIBE_BASE_URL"
DEFAULT_URL = "http://127.0.0.1:8000"
API = "/api/v1"
USER_AGENT = f"transcribe-client/{VERSION} python/{platform.python_version()}"


class Bearer(httpx.Auth):
    """The key, put onto a request at the last moment and shown nowhere."""

    def __init__(self, key: str) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._key}"
        yield request

    def __repr__(self) -> str:
        return "Bearer(…)"


@dataclass(frozen=True)
class Settings:
    """What a client was made with. `timeout_seconds` is that of one request, without a wait that it asks for."""

    api_url: str
    key: Bearer
    timeout_seconds: float = 30.0
    retries: Retries = field(default_factory=Retries)


def settings(
    api_key: str | None, base_url: str | None, *, timeout_seconds: float, max_retries: int, retries: Retries | None
) -> Settings:
    """Settings, or a ConfigurationError that says what is missing and never what a key is."""
    url = base_url or os.environ.get(URL_VARIABLE) or DEFAULT_URL
    return Settings(_api_url(url), Bearer(_key(api_key)), timeout_seconds, retries or Retries(most=max_retries))


def _key(given: str | None) -> str:
    key = (given if given is not None else os.environ.get(KEY_VARIABLE, "")).strip()
    if not key:
        raise MissingKeyError(f"There is no API key. Pass api_key, or set {KEY_VARIABLE}.")
    if not (key.isascii() and key.isprintable()) or " " in key:
        # httpx would name the whole header in its own refusal.
        raise MissingKeyError("The API key has characters that no key has. Copy it again.")
    return key


def _api_url(base_url: str) -> str:
    url = base_url.rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.username or parts.query:
        raise ConfigurationError("base_url is not the http or https address of a service.")
    return url if url.endswith(API) else url + API
