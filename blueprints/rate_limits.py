"""Requests a minute, per key; per address for requests without a valid one. A moving window, shared through Redis."""

import hashlib
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from flask import g, request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.commands.core import Script
from redis.exceptions import NoScriptError, RedisError

from errors import InvalidApiKey, RateLimited
from handlers.api_keys import is_well_formed
from jobs.queues import connection
from runtime import config

log = logging.getLogger(__name__)


@cache
def _shared() -> RedisStorage:
    return RedisStorage("redis://", connection_pool=connection().connection_pool)


@cache
def _own() -> MovingWindowRateLimiter:
    """Each process counts for itself while Redis is away: a weaker limit, and an API that stays up."""
    return MovingWindowRateLimiter(MemoryStorage())


def count_key() -> None:
    """Count a request against its key, before the database is asked who that is."""
    scheme, _, plaintext = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and is_well_formed(plaintext.strip()):
        digest = hashlib.sha256(plaintext.strip().encode()).hexdigest()[:32]
        _count(f"key:{digest}", config().rate_limit_per_minute)
    else:
        g.counts_by_address = True
        count_address()


def count_address() -> None:
    """Count a request against its sender's address, where no key is asked for."""
    _count(_address(), config().anonymous_rate_limit_per_minute)


@contextmanager
def count_address_on_refusal() -> Iterator[None]:
    """A well-formed key that nobody has counts against its sender's address, like no key at all."""
    try:
        yield
    except InvalidApiKey:
        if not g.get("counts_by_address"):
            count_address()
        raise


def _address() -> str:
    return f"address:{request.remote_addr}"


def _count(subject: str, per_minute: int) -> None:
    item = RateLimitItemPerMinute(per_minute)
    try:
        admitted, reset, remaining = _hit_shared(item, subject)
    except RedisError as error:
        log.warning("rate limits are counted per process", extra={"reason": type(error).__name__})
        admitted, reset, remaining = _hit(_own(), item, subject)
    seconds = max(0, int(reset - time.time()) + 1)
    g.rate_limit_headers = {
        "RateLimit-Limit": str(per_minute),
        "RateLimit-Remaining": str(max(0, remaining)),
        "RateLimit-Reset": str(seconds),
    }
    if not admitted:
        raise RateLimited(retry_after_seconds=max(1, seconds))


def _hit_shared(item: RateLimitItemPerMinute, subject: str) -> tuple[bool, float, int]:
    """What `_hit` does, by the same two scripts, in one round trip."""
    storage = _shared()
    key, moment, window = storage.prefixed_key(item.key_for(subject)), time.time(), item.get_expiry()
    scripts = storage.lua_acquire_moving_window, storage.lua_moving_window
    arguments = (moment, item.amount, window, 1), (moment - window, item.amount)
    try:
        admitted, counted = _both(scripts, key, arguments)
    except NoScriptError:  # The server is new, or was emptied.
        for script in scripts:
            connection().script_load(script.script)
        admitted, counted = _both(scripts, key, arguments)
    oldest, count = counted or (moment, 0)
    return bool(admitted), float(oldest) + window, item.amount - count


def _both(scripts: tuple[Script, Script], key: str, arguments: tuple[tuple[float, ...], tuple[float, ...]]) -> Any:
    with connection().pipeline(transaction=False) as pipeline:
        for script, values in zip(scripts, arguments, strict=True):
            pipeline.evalsha(script.sha, 1, key, *map(str, values))
        return pipeline.execute()


def _hit(limiter: MovingWindowRateLimiter, item: RateLimitItemPerMinute, subject: str) -> tuple[bool, float, int]:
    admitted = limiter.hit(item, subject)
    stats = limiter.get_window_stats(item, subject)
    return admitted, stats.reset_time, stats.remaining
