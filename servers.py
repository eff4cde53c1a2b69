"""The servers that a command needs: those that run, or our own, started for it and then stopped."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from sqlalchemy import Engine

import db
import runtime
from processes.embedded import addresses, ensure_postgres, ensure_redis


@contextmanager
def database() -> Iterator[None]:
    """The database answers within the block, its tables may not be there. CannotStart says why none could be had."""
    config = runtime.config()
    with ensure_postgres(config.data_dir) if has_own_database() else nullcontext():
        yield


@contextmanager
def redis() -> Iterator[None]:
    """Redis answers within the block, on the same terms."""
    config = runtime.config()
    is_ours = config.redis_url == addresses(config.data_dir).redis_url
    with ensure_redis(config.data_dir) if is_ours else nullcontext():
        yield


@contextmanager
def direct_engine() -> Iterator[Engine]:
    """The database itself, past a pooler: for what keeps more in a connection than a transaction."""
    engine = db.direct_engine(direct_url())
    try:
        yield engine
    finally:
        engine.dispose()


def direct_url() -> str:
    """The address of the server itself, as SQLAlchemy takes it."""
    return runtime.config().direct_database_url or runtime.config().database_url


def has_own_database() -> bool:
    """Whether the database is the one under DATA_DIR."""
    config = runtime.config()
    return config.database_url == addresses(config.data_dir).database_url
