"""What this process runs with: the configuration and what is made from it. Each entry point calls `wire` once."""

from dataclasses import asdict

import db
from billing.prices import Tariff
from billing.stripe_gateway import StripeGateway
from config import Config
from errors import Conflict
from insights.exchange import EmbeddingClient
from insights.llm.client import Llm
from jobs import queues
from speech.pipelines import Pipeline, pipelines
from storage import ObjectStore
from storage.local import LocalStore
from telemetry import tracing

_config: Config | None = None
_store: ObjectStore | None = None
_payments: StripeGateway | None = None
_embeddings: EmbeddingClient | None = None
_llm: Llm | None = None


def wire(configuration: Config, *, pool_size: int = 10) -> None:
    """Bind the database, the queues and the store; nothing is opened before its first use."""
    global _config, _store, _payments, _embeddings, _llm
    _config = configuration
    _store = _open_store(configuration)
    keys = configuration.stripe
    _payments = StripeGateway(keys.secret_key, keys.webhook_secret, keys.api_base) if keys else None
    _embeddings = EmbeddingClient.at(configuration.redis_url)
    _llm = Llm(**asdict(configuration.llm)) if configuration.llm else None
    tracing.configure(configuration.traced_as)
    db.connect(configuration.database_url, pool_size=pool_size, is_pooled=configuration.direct_database_url is not None)
    queues.connect(configuration.redis_url)


def _open_store(configuration: Config) -> ObjectStore:
    bucket = configuration.bucket
    if bucket is None:
        return LocalStore(
            configuration.data_dir / "objects", secret_key=configuration.secret_key, base_url=configuration.base_url
        )
    # Here, since boto3 takes long to load and nobody needs it without a bucket.
    from storage.s3 import S3Store

    return S3Store(bucket.name, endpoint_url=bucket.endpoint_url, public_endpoint_url=bucket.public_endpoint_url)


def config() -> Config:
    assert _config is not None, "runtime.wire() comes first"
    return _config


def store() -> ObjectStore:
    assert _store is not None, "runtime.wire() comes first"
    return _store


def tariff() -> Tariff:
    """The prices and plans of this installation."""
    return config().tariff


def payments() -> StripeGateway:
    """The payment service; Conflict where the operator has set none up."""
    if _payments is None:
        raise Conflict("Payment is not set up on this service. Its operator can grant credit.")
    return _payments


def embeddings() -> EmbeddingClient:
    """Vectors, from the process that holds the embedding model."""
    assert _embeddings is not None, "runtime.wire() comes first"
    return _embeddings


def llm() -> Llm | None:
    """The language model, None where the operator has set none up."""
    return _llm


def installed_pipelines() -> dict[str, Pipeline]:
    """The pipelines of this installation, by code."""
    return pipelines(config().whisper_model, config().hosting)
