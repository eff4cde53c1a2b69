"""What this process runs with: the configuration and what is made from it. Each entry point calls `wire` once."""

import db
from billing.prices import Tariff
from config import Config
from jobs import queues
from speech.pipelines import Pipeline, pipelines
from storage import ObjectStore
from storage.local import LocalStore

_config: Config | None = None
_store: ObjectStore | None = None


def wire(configuration: Config, *, pool_size: int = 10) -> None:
    """Bind the database, the queues and the store; nothing is opened before its first use."""
    global _config, _store
    _config = configuration
    _store = LocalStore(
        configuration.data_dir / "objects", secret_key=configuration.secret_key, base_url=configuration.base_url
    )
    db.connect(configuration.database_url, pool_size=pool_size)
    queues.connect(configuration.redis_url)


def config() -> Config:
    assert _config is not None, "runtime.wire() comes first"
    return _config


def store() -> ObjectStore:
    assert _store is not None, "runtime.wire() comes first"
    return _store


def tariff() -> Tariff:
    """The prices and plans of this installation."""
    return config().tariff


def installed_pipelines() -> dict[str, Pipeline]:
    """The pipelines of this installation, by code."""
    return pipelines(config().whisper_model)
