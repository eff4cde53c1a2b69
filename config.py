"""The settings of one process, read once from the environment. Nothing else reads `os.environ` for the application."""

import hashlib
import os
import secrets
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

from billing.prices import LIST_PRICES_PER_MINUTE_MICROUSD as LIST_PRICES
from billing.prices import MICROUSD_PER_CENT, TERMS, Tariff, from_usd
from insights.embeddings import PACKAGED_MODEL
from models import Plan
from outbound.mail import MailServer
from processes.addresses import CannotStart, redis_url
from processes.embedded import addresses
from processes.slots import counts
from speech.engines.devices import COMPUTE_TYPES, DEVICES
from speech.pipelines import Hosting

PROVIDERS = {"qwen": "DASHSCOPE", "openai": "OPENAI", "mistral": "MISTRAL"}
LOG_FORMATS = ("json", "text")
SHORTEST_TOKEN = 16
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 (recognised, not bound to)
# sysexits.h: the supervisor and systemd know by it that starting again mends nothing.
EX_CONFIG = 78
SHORTEST_SECRET, FEWEST_LETTERS = 32, 10
# What documents, templates and tutorials have in the place of a secret, whatever is around it.
NO_SECRETS = ("changeme", "change-me", "change_me", "insecure", "example", "development", "secret-key", "your-secret")


class ConfigError(Exception):
    """A setting is missing or wrong; the message names it and says what it takes."""


@dataclass(frozen=True, slots=True)
class OidcProvider:
    """One button on the sign-in page: an OpenID Connect issuer, or GitHub, which speaks plain OAuth 2."""

    name: str
    label: str
    client_id: str
    client_secret: str = field(repr=False)
    issuer: str | None


@dataclass(frozen=True, slots=True)
class Bucket:
    """An S3 bucket: at AWS unless it has an endpoint, and perhaps with another one for those outside."""

    name: str
    endpoint_url: str | None
    public_endpoint_url: str | None


@dataclass(frozen=True, slots=True)
class StripeKeys:
    """What it takes to be paid: the account's secret key, and the secret of its webhook endpoint."""

    secret_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    api_base: str | None


@dataclass(frozen=True, slots=True)
class LlmEndpoint:
    """A language model behind a chat endpoint that speaks OpenAI's protocol."""

    base_url: str
    model: str
    api_key: str | None = field(repr=False)
    timeout_seconds: int
    context_tokens: int


@dataclass(frozen=True, slots=True)
class Config:
    """`is_production`: open to the internet. `direct_database_url` goes past a pooler, None where there is none."""

    is_production: bool
    database_url: str = field(repr=False)
    direct_database_url: str | None = field(repr=False)
    redis_url: str = field(repr=False)
    data_dir: Path
    run_dir: Path
    bucket: Bucket | None
    base_url: str
    secret_key: str = field(repr=False)
    secret_key_fallbacks: tuple[str, ...] = field(repr=False)
    rate_limit_per_minute: int
    anonymous_rate_limit_per_minute: int
    fetch_allowed_hosts: frozenset[str]
    fetch_deadline_seconds: int
    max_media_bytes: int
    max_media_seconds: int
    trusted_proxies: int
    shutdown_grace_seconds: int
    jobs_at_once_per_account: int
    worker_slot: str
    workers: Mapping[str, int]
    log_format: str
    metrics_token: str | None = field(repr=False)
    traced_as: str | None
    activity_kept_days: int
    whisper_model: str
    whisper_device: str
    whisper_compute_type: str | None
    sign_in_providers: tuple[OidcProvider, ...]
    tariff: Tariff
    stripe: StripeKeys | None
    hosting: Mapping[str, Hosting]
    embedding_model: str
    llm: LlmEndpoint | None
    mail: MailServer | None

    @property
    def secure_cookies(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def engine_socket(self) -> Path:
        return self.run_dir / "engine.sock"

    @property
    def media_dir(self) -> Path:
        return self.data_dir / "media"

    @property
    def models_dir(self) -> Path:
        return self.data_dir / "models"

    @property
    def scratch_dir(self) -> Path:
        return self.data_dir / "scratch"


def from_env(environ: Mapping[str, str] = os.environ) -> Config:
    """The configuration, or a ConfigError that names the first variable that is wrong."""
    env = {name: value.strip() for name, value in environ.items() if value.strip()}
    data_dir = Path(env.get("DATA_DIR", "data")).resolve()
    embedded = addresses(data_dir)
    host, port = env.get("HOST", "127.0.0.1"), _integer(env, "PORT", 8000, minimum=1)
    base_url = _base_url(env.get("BASE_URL", f"http://{'127.0.0.1' if host in EVERY_ADDRESS else host}:{port}"))
    database_url = _database_url(env, "DATABASE_URL", embedded.database_url)
    is_production = base_url.startswith("https://") or "DYNO" in env
    if "DYNO" in env and "S3_BUCKET" not in env:
        raise ConfigError("S3_BUCKET must be set where the file system does not last.")
    return Config(
        is_production=is_production,
        database_url=database_url,
        direct_database_url=_database_url(env, "DATABASE_DIRECT_URL") if "DATABASE_DIRECT_URL" in env else None,
        redis_url=_redis_url(env, embedded.redis_url),
        data_dir=data_dir,
        run_dir=embedded.run_dir,
        bucket=_bucket(env),
        base_url=base_url,
        secret_key=_secret_key(env, data_dir, is_production, shared=database_url != embedded.database_url),
        secret_key_fallbacks=tuple(_list(env.get("SECRET_KEY_FALLBACKS", ""), str)),
        rate_limit_per_minute=_integer(env, "RATE_LIMIT_PER_MINUTE", 600, minimum=1),
        anonymous_rate_limit_per_minute=_integer(env, "ANONYMOUS_RATE_LIMIT_PER_MINUTE", 60, minimum=1),
        fetch_allowed_hosts=frozenset(_list(env.get("FETCH_ALLOWED_HOSTS", ""), str.lower)),
        fetch_deadline_seconds=_integer(env, "FETCH_DEADLINE_SECONDS", 900, minimum=1),
        max_media_bytes=_integer(env, "MAX_MEDIA_BYTES", 2 * 1024**3, minimum=1),
        max_media_seconds=_integer(env, "MAX_MEDIA_SECONDS", 4 * 3600, minimum=1),
        trusted_proxies=_integer(env, "TRUSTED_PROXIES", 0, minimum=0),
        shutdown_grace_seconds=_integer(env, "SHUTDOWN_GRACE_SECONDS", 20, minimum=1),
        jobs_at_once_per_account=_integer(env, "JOBS_AT_ONCE_PER_ACCOUNT", 3, minimum=1),
        worker_slot=env.get("WORKER_SLOT", ""),
        workers=_workers(env),
        log_format=_choice(env, "LOG_FORMAT", LOG_FORMATS) or "json",
        metrics_token=_metrics_token(env),
        traced_as=_traced_as(env),
        activity_kept_days=_integer(env, "ACTIVITY_KEPT_DAYS", 400, minimum=30),
        whisper_model=env.get("WHISPER_MODEL", "base"),
        whisper_device=_choice(env, "WHISPER_DEVICE", DEVICES) or "cpu",
        whisper_compute_type=_choice(env, "WHISPER_COMPUTE_TYPE", COMPUTE_TYPES),
        sign_in_providers=tuple(_sign_in_providers(env)),
        tariff=_tariff(env),
        stripe=_stripe_keys(env),
        hosting={provider: _hosting(env, name) for provider, name in PROVIDERS.items()},
        embedding_model=env.get("EMBEDDING_MODEL", PACKAGED_MODEL),
        llm=_llm(env),
        mail=_mail(env),
    )


def from_env_or_exit() -> Config:
    """The configuration of a program that starts; where it is wrong, a line that says so and exit status 78."""
    try:
        return from_env()
    except ConfigError as error:
        print(f"Cannot start: {error}", file=sys.stderr, flush=True)  # noqa: T201
        raise SystemExit(EX_CONFIG) from None


def _integer(env: Mapping[str, str], name: str, default: int, *, minimum: int) -> int:
    text = env.get(name, str(default))
    try:
        value = int(text)
    except ValueError:
        raise ConfigError(f"{name} takes a whole number, not {text!r}.") from None
    if value < minimum:
        raise ConfigError(f"{name} must be at least {minimum}, not {value}.")
    return value


def _choice(env: Mapping[str, str], name: str, choices: Sequence[str]) -> str | None:
    if name in env and env[name] not in choices:
        raise ConfigError(f"{name} takes one of {', '.join(choices)}, not {env[name]!r}.")
    return env.get(name)


def _workers(env: Mapping[str, str]) -> Mapping[str, int]:
    """How many workers of each queue this machine is to run."""
    try:
        return counts(env)
    except CannotStart as error:
        raise ConfigError(str(error)) from None


def _list(text: str, change: Callable[[str], str]) -> list[str]:
    return [change(part.strip()) for part in text.split(",") if part.strip()]


def _database_url(env: Mapping[str, str], name: str, default: str = "") -> str:
    """Hosts hand out `postgres://…`; SQLAlchemy wants the driver named."""
    url = env.get(name, default)
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    if not url.startswith("postgresql+psycopg://"):
        raise ConfigError(f"{name} takes a postgresql:// address.")
    return url


def _redis_url(env: Mapping[str, str], default: str) -> str:
    """The server's address, which says itself where a certificate is not to be verified."""
    url = env.get("REDIS_URL", default)
    if urlsplit(url).scheme not in ("redis", "rediss", "unix"):
        raise ConfigError("REDIS_URL takes a redis://, rediss:// or unix:// address.")
    return redis_url(url, verify=_choice(env, "REDIS_TLS_VERIFY", ("yes", "no")) != "no")


def _bucket(env: Mapping[str, str]) -> Bucket | None:
    endpoints = _provider_url(env, "S3_ENDPOINT_URL"), _provider_url(env, "S3_PUBLIC_ENDPOINT_URL")
    if "S3_BUCKET" in env:
        return Bucket(env["S3_BUCKET"], *endpoints)
    if any(endpoints):
        raise ConfigError("S3_BUCKET must be set when S3_ENDPOINT_URL or S3_PUBLIC_ENDPOINT_URL is.")
    return None


def _base_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/"):
        raise ConfigError("BASE_URL takes the scheme and host as clients see them, such as https://example.com.")
    return f"{parts.scheme}://{parts.netloc}"


def _secret_key(env: Mapping[str, str], data_dir: Path, is_production: bool, *, shared: bool) -> str:
    """The key that signs cookies and links; ConfigError for one that others could know, where that matters."""
    key = env.get("SECRET_KEY")
    if key is None:
        if is_production and shared:
            raise ConfigError(
                "SECRET_KEY must be set, the same for every process, where DATABASE_URL is and BASE_URL is https or "
                "the file system does not last. One that was made before lies in DATA_DIR/secret_key."
            )
        return _kept_secret(data_dir)
    if is_production and (weakness := weakness_of(key)):
        raise ConfigError(f"SECRET_KEY {weakness}. Make one with: openssl rand -base64 48")
    return key


def weakness_of(key: str) -> str | None:
    """Why a key is no secret, None for one that may be."""
    if len(key) < SHORTEST_SECRET:
        return f"has {len(key)} characters, and must have at least {SHORTEST_SECRET}"
    if len(set(key)) < FEWEST_LETTERS or any(word in key.lower() for word in NO_SECRETS):
        return "looks like one from an example"
    return None


def _kept_secret(data_dir: Path) -> str:
    """A key that is made once under DATA_DIR."""
    path = data_dir / "secret_key"
    try:
        return path.read_text()
    except FileNotFoundError:
        data_dir.mkdir(parents=True, exist_ok=True)
    candidate = data_dir / f".secret_key.{secrets.token_hex(4)}"
    candidate.touch(mode=0o600)
    candidate.write_text(hashlib.sha256(secrets.token_bytes(64)).hexdigest())
    try:
        os.link(candidate, path)  # The first of several processes wins; the others read its key.
    except FileExistsError:
        pass
    finally:
        candidate.unlink()
    return path.read_text()


def _sign_in_providers(env: Mapping[str, str]) -> list[OidcProvider]:
    known = (
        ("oidc", env.get("OIDC_LABEL", "single sign-on"), env.get("OIDC_ISSUER")),
        ("google", "Google", "https://accounts.google.com"),
        ("github", "GitHub", None),
    )
    providers = []
    for name, label, issuer in known:
        client_id, client_secret = (env.get(f"{name.upper()}_CLIENT_{part}") for part in ("ID", "SECRET"))
        if client_id and client_secret:
            if name == "oidc" and not issuer:
                raise ConfigError("OIDC_ISSUER must be set when OIDC_CLIENT_ID is.")
            providers.append(OidcProvider(name, label, client_id, client_secret, issuer))
        elif client_id or client_secret:
            raise ConfigError(f"{name.upper()}_CLIENT_ID and {name.upper()}_CLIENT_SECRET go together.")
    return providers


def _tariff(env: Mapping[str, str]) -> Tariff:
    """The list prices and plans, with what the operator set in place of ours."""
    free, pro = TERMS[Plan.FREE], TERMS[Plan.PRO]
    return Tariff(
        list_prices={**LIST_PRICES, **_prices(env)},
        terms={
            Plan.FREE: replace(
                free, monthly_credit_microusd=_usd(env, "FREE_MONTHLY_CREDIT_USD", free.monthly_credit_microusd)
            ),
            Plan.PRO: replace(
                pro,
                monthly_credit_microusd=_usd(env, "PRO_MONTHLY_CREDIT_USD", pro.monthly_credit_microusd),
                price_per_month_microusd=_usd(env, "PRO_PRICE_USD", pro.price_per_month_microusd, whole_cents=True),
            ),
        },
    )


def _prices(env: Mapping[str, str]) -> dict[str, int]:
    name = "PRICES_PER_MINUTE_USD"
    pairs = [part.partition("=") for part in _list(env.get(name, ""), str)]
    return {code.strip(): _usd({name: amount.strip()}, name, 0) for code, _, amount in pairs}


def _usd(env: Mapping[str, str], name: str, default: int, *, whole_cents: bool = False) -> int:
    if name not in env:
        return default
    try:
        amount = from_usd(env[name])
    except ValueError as error:
        raise ConfigError(f"{name} takes {error}, not {env[name]!r}.") from None
    if amount < 0 or (whole_cents and amount % MICROUSD_PER_CENT):
        raise ConfigError(f"{name} takes {'whole cents' if amount >= 0 else 'no negative amount'}, not {env[name]!r}.")
    return amount


def _stripe_keys(env: Mapping[str, str]) -> StripeKeys | None:
    secret_key, webhook_secret = env.get("STRIPE_SECRET_KEY"), env.get("STRIPE_WEBHOOK_SECRET")
    if secret_key and webhook_secret:
        return StripeKeys(secret_key, webhook_secret, env.get("STRIPE_API_BASE"))
    if secret_key or webhook_secret:
        raise ConfigError("STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET go together.")
    return None


def _hosting(env: Mapping[str, str], name: str) -> Hosting:
    """How a provider is reached: its key, and what replaces the pipeline's own address, model and limits."""
    return Hosting(
        api_key=env.get(f"{name}_API_KEY"),
        base_url=_provider_url(env, f"{name}_BASE_URL"),
        model=env.get(f"{name}_TRANSCRIPTION_MODEL"),
        max_seconds=_limit(env, f"{name}_MAX_SECONDS"),
        max_bytes=_limit(env, f"{name}_MAX_BYTES"),
        allowed_hosts=frozenset(_list(env.get("FETCH_ALLOWED_HOSTS", ""), str.lower)),
    )


def _llm(env: Mapping[str, str]) -> LlmEndpoint | None:
    base_url, model, api_key = _provider_url(env, "LLM_BASE_URL"), env.get("LLM_MODEL"), env.get("LLM_API_KEY")
    if not (base_url or model or api_key):
        return None
    if not base_url or not model:
        missing, given = ("LLM_MODEL", "LLM_BASE_URL") if base_url else ("LLM_BASE_URL", "LLM_MODEL or LLM_API_KEY")
        raise ConfigError(f"{missing} must be set when {given} is.")
    return LlmEndpoint(
        base_url,
        model,
        api_key,
        timeout_seconds=_integer(env, "LLM_TIMEOUT_SECONDS", 120, minimum=1),
        context_tokens=_integer(env, "LLM_CONTEXT_TOKENS", 8192, minimum=2048),
    )


def _mail(env: Mapping[str, str]) -> MailServer | None:
    """The mail server at SMTP_URL, `smtp://user:password@host:587` or `smtps://…`, and the sender MAIL_FROM."""
    if ("SMTP_URL" in env) != ("MAIL_FROM" in env):
        raise ConfigError("SMTP_URL and MAIL_FROM go together.")
    if "SMTP_URL" not in env:
        return None
    wrong = ConfigError("SMTP_URL takes smtp://host:587 or smtps://host:465, perhaps with user:password@ in front.")
    try:
        parts = urlsplit(env["SMTP_URL"])
        port = parts.port or {"smtp": 587, "smtps": 465}[parts.scheme]
    except (ValueError, KeyError):
        raise wrong from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/"):
        raise wrong
    username, password = (None if part is None else unquote(part) for part in (parts.username, parts.password))
    return MailServer(parts.hostname, port, env["MAIL_FROM"], parts.scheme == "smtps", username, password)


def _metrics_token(env: Mapping[str, str]) -> str | None:
    token = env.get("METRICS_TOKEN")
    if token is not None and len(token) < SHORTEST_TOKEN:
        raise ConfigError(f"METRICS_TOKEN takes {SHORTEST_TOKEN} characters or more.")
    return token


def _traced_as(env: Mapping[str, str]) -> str | None:
    """The name under which spans are sent, None where none are; where to, OpenTelemetry's library reads from OTEL_*."""
    targets = [name for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") if name in env]
    is_off = env.get("OTEL_SDK_DISABLED", "").lower() == "true" or env.get("OTEL_TRACES_EXPORTER", "otlp") == "none"
    if not targets or is_off:
        return None
    if find_spec("opentelemetry") is None or find_spec("opentelemetry.sdk") is None:
        how = ".venv/bin/pip install --require-hashes -r requirements/tracing.txt"
        raise ConfigError(f"{targets[0]} needs a package that is not installed: {how}")
    return env.get("OTEL_SERVICE_NAME", "transcribe")


def _limit(env: Mapping[str, str], name: str) -> int | None:
    return _integer(env, name, 0, minimum=1) if name in env else None


def _provider_url(env: Mapping[str, str], name: str) -> str | None:
    url = env.get(name)
    if url is not None and urlsplit(url).scheme not in ("http", "https"):
        raise ConfigError(f"{name} takes an http or https address, not {url!r}.")
    return url.rstrip("/") if url else None
