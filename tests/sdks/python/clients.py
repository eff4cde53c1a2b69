"""Both clients through one door, so that each test is run with the one that blocks and with the one that is awaited."""

import asyncio
import ssl
from collections.abc import Callable
from functools import cache
from typing import Any, Literal

import httpx

from transcribe_client import AsyncClient, AsyncEvents, AsyncPages, Client, Events, Pages, Retries

Kind = Literal["sync", "async"]
KEY = "tsk_live_" + "k" * 36
SOON = Retries(first_pause_seconds=0.001, longest_pause_seconds=0.004)


def asked(kind: Kind, base_url: str, do: Callable[[Any], Any], **options: Any) -> Any:
    """What `do(client)` comes to; a list of everything where it is something to go through."""
    given = {"base_url": base_url, "retries": SOON, **options}
    if kind == "async":
        return asyncio.run(_awaited(do, given))
    with httpx.Client(verify=_trust()) as http, Client(KEY, http_client=http, **given) as client:
        outcome = do(client)
        return [*outcome] if isinstance(outcome, (Pages, Events)) else outcome


async def _awaited(do: Callable[[Any], Any], given: dict[str, Any]) -> Any:
    async with httpx.AsyncClient(verify=_trust()) as http, AsyncClient(KEY, http_client=http, **given) as client:
        outcome = do(client)
        if isinstance(outcome, (AsyncPages, AsyncEvents)):
            return [each async for each in outcome]
        return await outcome


@cache
def _trust() -> ssl.SSLContext:
    """Made once: reading all certificates takes longer than most tests do."""
    return ssl.create_default_context()
