"""What settings say by themselves, with nobody asked. What is plainly wrong has been refused by `config` before."""

import difflib
import ipaddress
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url

from checks import Finding, Level, note, ok, warning
from config import EVERY_ADDRESS, Config

log = logging.getLogger(__name__)

EXAMPLE = Path(__file__).parent.parent / ".env.example"
KNOWN_PASSWORDS = frozenset({"", "postgres", "password", "secret", "transcribe", "changeme", "admin", "root", "test"})
# How alike a variable has to be to a setting to be taken for one that was mistyped.
ALIKE = 0.9
# Of other programs, though they look like ours.
NOT_OURS = ("AWS_", "HF_", "OTEL_", "PG", "PIP_", "PYTHON")


def examine(config: Config, environ: Mapping[str, str]) -> list[Finding]:
    """Everything that settings say."""
    return [
        *_production(config),
        *_proxies(config, environ),
        *_fetching(config),
        *_addresses(config),
        *_money_and_mail(config),
        *_workers(config, environ),
        *_mistyped(environ),
    ]


def warn(config: Config, environ: Mapping[str, str]) -> None:
    """Write what wants to be looked at to the log, as a program does when it starts."""
    for finding in examine(config, environ):
        if finding.level is Level.WARNING:
            log.warning("%s: %s", finding.subject, finding.message)


def _production(config: Config) -> Iterator[Finding]:
    host = urlsplit(config.base_url).hostname or ""
    if config.is_production:
        yield ok("BASE_URL", f"{config.base_url}: production, where development secrets are refused")
    elif is_private(host):
        yield note("BASE_URL", f"{config.base_url}: for this machine or network alone; with https it is production")
    else:
        yield warning("BASE_URL", f"{config.base_url} is not https: sign-ins and keys travel in the clear")


def _proxies(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    if not config.is_production:
        return
    if config.trusted_proxies == 0:
        yield warning(
            "TRUSTED_PROXIES",
            "is 0 although TLS ends in front of the service: every client seems to come from the proxy's address, and "
            "all share its limits. One proxy in front: TRUSTED_PROXIES=1",
        )
    elif environ.get("HOST", "").strip() in EVERY_ADDRESS and "DYNO" not in environ:
        yield warning(
            "HOST",
            "listens on every address while X-Forwarded-For is believed: let nobody but the proxy reach the port",
        )


def _fetching(config: Config) -> Iterator[Finding]:
    private = sorted(host for host in config.fetch_allowed_hosts if is_private(host))
    if private and config.is_production:
        yield warning(
            "FETCH_ALLOWED_HOSTS",
            f"lets everybody with an account fetch from {', '.join(private)}, and whatever listens there",
        )


def _addresses(config: Config) -> Iterator[Finding]:
    """How other servers are reached. A password is never shown."""
    database = make_url(config.database_url)
    if not is_loopback(database.host or "") and (database.password or "") in KNOWN_PASSWORDS:
        yield warning("DATABASE_URL", f"the password of {database.username} is missing, or one that everybody tries")
    redis = urlsplit(config.redis_url)
    if redis.scheme == "redis" and not is_private(redis.hostname or ""):
        yield warning("REDIS_URL", "goes over a public network without TLS")
    if redis.scheme != "unix" and not is_loopback(redis.hostname or "") and not redis.password:
        yield warning("REDIS_URL", "has no password: whoever reaches it can have the workers do things")
    if "ssl_cert_reqs=none" in redis.query:
        yield note("REDIS_TLS_VERIFY", "the server's certificate is not verified")
    if config.llm and config.llm.base_url.startswith("http://") and not is_private(_host(config.llm.base_url)):
        yield warning("LLM_BASE_URL", "sends what was said over a public network without TLS")


def _money_and_mail(config: Config) -> Iterator[Finding]:
    if config.stripe is None:
        yield note("STRIPE_SECRET_KEY", "not set: nobody can pay; credit is granted with `flask wallet credit`")
    else:
        if config.stripe.secret_key.startswith(("sk_live_", "rk_live_")):
            yield ok("STRIPE_SECRET_KEY", "live: real cards are charged")
        else:
            tell = warning if config.is_production else note
            yield tell("STRIPE_SECRET_KEY", "is a test key: no card is charged, and anybody can pay with a test card")
        if config.stripe.api_base and config.is_production:
            yield warning("STRIPE_API_BASE", f"payments go to {_host(config.stripe.api_base)}, not to Stripe")
    if config.mail is None:
        yield note("SMTP_URL", "not set: notices stand on the dashboard alone")
    elif not config.mail.implicit_tls and not config.mail.username and not is_private(config.mail.host):
        yield note("SMTP_URL", "has no user: mails go in the clear where the server offers no TLS")


def _workers(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    if environ.get("WORKERS", "").strip():
        yield note("WORKERS", "this machine runs " + ", ".join(f"{n} {queue}" for queue, n in config.workers.items()))


def _mistyped(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Variables that are no settings but nearly are one."""
    settings = known()
    for name in sorted(environ):
        if name in settings or name.startswith(NOT_OURS):
            continue
        if alike := difflib.get_close_matches(name, settings, n=1, cutoff=ALIKE):
            yield warning(name, f"is no setting; did you mean {alike[0]}?")


def known() -> frozenset[str]:
    """The names of all settings, which `.env.example` lists."""
    lines = EXAMPLE.read_text().splitlines() if EXAMPLE.exists() else []
    names = (line.removeprefix("#").strip().partition("=")[0] for line in lines if "=" in line)
    return frozenset(name for name in names if name.isupper())


def is_private(host: str) -> bool:
    """Whether a host is this machine or of a network of one's own, as far as its name tells."""
    if is_loopback(host) or host.startswith("/") or "." not in host.strip("[]"):
        return True
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_global
    except ValueError:
        return host.endswith((".internal", ".local", ".lan", ".home.arpa"))


def is_loopback(host: str) -> bool:
    if host in ("", "localhost") or host.startswith("/") or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
