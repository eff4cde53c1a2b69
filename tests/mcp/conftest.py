"""The library's own client against the app."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import httpx2
import pytest
from flask import Flask
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult

from tests.serving import served
from tests.transcriber import Transcriber, api_of_bob, bob, charlies_key, key, transcriber

__all__ = ["Transcriber", "api_of_bob", "bob", "charlies_key", "key", "transcriber"]

Made = TypeVar("Made")


class Desk:
    """A client with Bob's key. Each call is a connection of its own, as the protocol is today or was in 2025."""

    def __init__(self, url: str, key: str) -> None:
        self.url, self.key, self.mode = url, key, "auto"

    def call(self, tool: str, **arguments: Any) -> Any:
        """What a tool gives; its refusal raises."""
        result = self.result(tool, **arguments)
        assert not result.is_error, result.content
        return result.structured_content

    def text(self, tool: str, **arguments: Any) -> str:
        """What a tool says."""
        (content,) = self.result(tool, **arguments).content
        return content.text  # type: ignore[union-attr]

    def result(self, tool: str, **arguments: Any) -> CallToolResult:
        return self.connected(lambda client: client.call_tool(tool, arguments))

    def connected(self, act: Callable[[Client], Awaitable[Made]]) -> Made:
        async def run() -> Made:
            async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {self.key}"}) as http:
                transport = streamable_http_client(self.url, http_client=http)
                async with Client(transport, mode=self.mode) as client:
                    return await act(client)

        return asyncio.run(run())


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with served(app) as url:
        yield f"{url}/mcp"


@pytest.fixture
def desk(address: str, key: str) -> Desk:
    return Desk(address, key)
