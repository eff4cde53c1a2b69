"""PostgreSQL and Redis: whether they answer, and are as the service needs them."""

import os
from collections.abc import Iterator

from redis.exceptions import RedisError
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

import db
import migrations
import runtime
import servers
from checks import Finding, error, note, ok, warning
from jobs import queues

OLDEST_POSTGRES = 15
# Half-precision vectors came with it.
OLDEST_PGVECTOR = (0, 7)
# A web process, and what else asks at once on a machine: ten workers, the scheduler, an operator's command.
CONNECTIONS_OF_A_WEB_PROCESS, CONNECTIONS_OF_THE_REST = 20, 30


def examine() -> list[Finding]:
    """All that is to be said of both, asking each."""
    return [*_database(), *_redis()]


def _database() -> Iterator[Finding]:
    pooled = runtime.config().direct_database_url is not None
    name = "DATABASE_DIRECT_URL" if pooled else "DATABASE_URL"
    try:
        with servers.direct_engine() as engine, engine.connect() as connection:
            yield from _server(name, connection)
            yield from _schema(connection)
    except SQLAlchemyError as trouble:
        yield error(name, f"PostgreSQL does not answer ({kind(trouble)})")
        return
    if pooled:
        yield from _pooler(db.engine())


def _server(name: str, connection: Connection) -> Iterator[Finding]:
    version = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10000
    if version < OLDEST_POSTGRES:
        yield error(name, f"PostgreSQL {version} is too old, {OLDEST_POSTGRES} is needed")
    else:
        yield ok(name, f"PostgreSQL {version} answers")
    found = connection.scalar(
        text("SELECT coalesce(installed_version, default_version) FROM pg_available_extensions WHERE name = 'vector'")
    )
    if found is None:
        yield error("pgvector", "is not installed on the database server")
    elif tuple(int(part) for part in str(found).split(".")[:2]) < OLDEST_PGVECTOR:
        yield error("pgvector", f"{found} is too old, {'.'.join(map(str, OLDEST_PGVECTOR))} is needed")
    else:
        yield ok("pgvector", f"{found}")
    allowed = int(connection.scalar(text("SHOW max_connections")) or 0)
    wanted = int(os.environ.get("WEB_CONCURRENCY") or 2) * CONNECTIONS_OF_A_WEB_PROCESS + CONNECTIONS_OF_THE_REST
    if wanted > allowed and runtime.config().direct_database_url is None:
        yield warning(
            "max_connections",
            f"is {allowed}, and one machine's processes may open {wanted}: raise it, lower WEB_CONCURRENCY, or put a "
            "PgBouncer in between (DATABASE_DIRECT_URL)",
        )


def _schema(connection: Connection) -> Iterator[Finding]:
    there, newest = migrations.current(connection), migrations.newest()
    if there is None:
        yield error("schema", "the database is empty: run `flask migrate`")
    elif there < newest:
        yield error("schema", f"is at migration {there}, this code needs {newest}: run `flask migrate`")
    elif there > newest:
        yield note("schema", f"is at migration {there}, of newer code than this, which knows {newest}")
    else:
        yield ok("schema", f"at migration {there}")


def _pooler(engine: Engine) -> Iterator[Finding]:
    """What a transaction through the pooler finds set."""
    try:
        with engine.connect() as connection:
            zone = connection.scalar(text("SHOW timezone"))
            idle = connection.scalar(text("SHOW idle_in_transaction_session_timeout"))
    except SQLAlchemyError as trouble:
        yield error("DATABASE_URL", f"the pooler does not answer ({kind(trouble)})")
        return
    if str(zone).upper() not in ("UTC", "ETC/UTC") or idle == "0":
        yield error(
            "DATABASE_URL",
            f"connections through the pooler have the time zone {zone} and idle_in_transaction_session_timeout {idle}: "
            "run `flask migrate`, which makes UTC and 60s the database's defaults, then RECONNECT in PgBouncer",
        )
    else:
        yield ok("DATABASE_URL", "the pooler answers")


def _redis() -> Iterator[Finding]:
    connection = queues.connection()
    try:
        about = connection.info("server")
        policy = connection.info("memory").get("maxmemory_policy", "noeviction")
        workers = queues.live_workers()
    except (RedisError, OSError) as trouble:
        yield error("REDIS_URL", f"Redis does not answer ({type(trouble).__name__})")
        return
    yield ok("REDIS_URL", f"{about.get('server_name', 'redis')} {about.get('redis_version', '')} answers")
    if policy != "noeviction":
        yield warning("REDIS_URL", f"forgets keys when it is full ({policy}); maxmemory-policy should be noeviction")
    if workers == 0:
        yield note("workers", "none runs now")
    else:
        yield ok("workers", f"{workers} run")


def kind(trouble: SQLAlchemyError) -> str:
    """The kind of an error, without its message, which may hold an address or a password."""
    return type(getattr(trouble, "orig", None) or trouble).__name__
