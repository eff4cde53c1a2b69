"""What else the service stands on: its disk, the bucket, and whoever is asked over the network."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import runtime
from billing.stripe_objects import StripeRefused
from checks import Finding, error, note, ok, warning
from config import Config
from errors import PaymentsUnavailable
from outbound.mail import MailRefused, MailUnavailable
from outbound.reaching import Unreachable, status_of
from storage import StoreUnavailable

LEAST_FREE_BYTES = 5 * 10**9
# Where a key is refused; anything else that answers is taken for the right server.
REFUSED = (401, 403)
# Where a provider lists its models, which costs nothing: its own address unless another is set, and the path there.
MODEL_LISTS = (
    ("openai", "OPENAI_API_KEY", ("https://api.openai.com/v1", "/models")),
    ("mistral", "MISTRAL_API_KEY", ("https://api.mistral.ai", "/v1/models")),
)


def examine() -> list[Finding]:
    """All of them, one after the other; each gets some seconds to answer."""
    config = runtime.config()
    return [
        *_disk(config),
        *_store(config),
        *_mail(config),
        *_payments(config),
        *_models(config),
        *_sign_in(config),
        *_own_address(config),
    ]


def _disk(config: Config) -> Iterator[Finding]:
    try:
        config.data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=config.data_dir) as file:
            file.write(b"written")
            file.flush()
            os.fsync(file.fileno())
    except OSError as trouble:
        yield error("DATA_DIR", f"{config.data_dir} cannot be written to ({trouble.strerror})")
        return
    free = shutil.disk_usage(config.data_dir).free
    tell = warning if free < LEAST_FREE_BYTES else ok
    yield tell("DATA_DIR", f"{config.data_dir}, {free / 10**9:.0f} GB free")


def _store(config: Config) -> Iterator[Finding]:
    """Write, read and delete an object."""
    subject = "S3_BUCKET" if config.bucket else "recordings"
    key, content = f"check/{secrets.token_hex(8)}", b"written by flask check"
    try:
        store = runtime.store()
        with tempfile.TemporaryDirectory(dir=config.data_dir) as folder:
            path = Path(folder) / "object"
            path.write_bytes(content)
            store.put_file(key, path)
        try:
            with store.local_copy(key) as copy:
                same = copy.read_bytes() == content
        finally:
            store.delete(key)
    except (StoreUnavailable, OSError, KeyError) as trouble:
        yield error(subject, f"an object could not be written, read and deleted ({type(trouble).__name__})")
        return
    where = f"{config.bucket.name} at {store.origin}" if config.bucket else f"under {config.data_dir}"
    yield ok(subject, f"{where}: written, read and deleted") if same else error(subject, "gives back other bytes")


def _mail(config: Config) -> Iterator[Finding]:
    if config.mail is None:
        return
    try:
        config.mail.try_to_connect()
    except (MailUnavailable, MailRefused) as trouble:
        yield error("SMTP_URL", f"{config.mail.host}:{config.mail.port} takes no mail ({trouble})")
    else:
        yield ok("SMTP_URL", f"{config.mail.host}:{config.mail.port} answers; no mail was sent")


def _payments(config: Config) -> Iterator[Finding]:
    if config.stripe is None:
        return
    try:
        runtime.payments().try_key()
    except (PaymentsUnavailable, StripeRefused):
        yield error("STRIPE_SECRET_KEY", "Stripe does not answer, or refuses the key; the log says which")
    else:
        yield ok("STRIPE_SECRET_KEY", "Stripe takes the key")


def _models(config: Config) -> Iterator[Finding]:
    """The language model and the hosted engines that can be asked without a charge."""
    if config.llm:
        yield _answers("LLM_BASE_URL", f"{config.llm.base_url}/models", config.llm.api_key)
    for provider, subject, address in MODEL_LISTS:
        hosting = config.hosting[provider]
        if hosting.api_key:
            base, path = hosting.base_url or address[0], address[1]
            yield _answers(subject, f"{base}{path}", hosting.api_key)
    if config.hosting["qwen"].api_key:
        yield note("DASHSCOPE_API_KEY", "is set; nothing can be asked for nothing, so the first transcription tries it")


def _sign_in(config: Config) -> Iterator[Finding]:
    for provider in config.sign_in_providers:
        if provider.issuer:
            address = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
            yield _answers(f"{provider.name.upper()}_CLIENT_ID", address, None)


def _own_address(config: Config) -> Iterator[Finding]:
    """Whether the service is found where clients are told to look for it."""
    address = f"{config.base_url}/healthz"
    try:
        status = status_of(address)
    except Unreachable as trouble:
        yield note("BASE_URL", f"{address} cannot be reached from here ({trouble})")
        return
    tell = ok if status == 200 else warning
    yield tell("BASE_URL", f"{address} answers {status}")


def _answers(subject: str, address: str, key: str | None) -> Finding:
    host = address.split("/")[2]
    try:
        status = status_of(address, {"Authorization": f"Bearer {key}"} if key else None)
    except Unreachable as trouble:
        return error(subject, f"{host} cannot be reached ({trouble})")
    if status in REFUSED:
        return error(subject, f"{host} refuses the key ({status})")
    return ok(subject, f"{host} answers") if status < 500 else warning(subject, f"{host} answers {status}")
