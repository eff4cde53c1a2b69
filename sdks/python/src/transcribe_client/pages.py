"""Lists: all rows of all pages, or page by page, fetched when they are asked for."""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from transcribe_client import calls
from transcribe_client.flows import Flow
from transcribe_client.settings import Settings
from transcribe_client.transports import Asynchronous, Blocking

M = TypeVar("M", bound=BaseModel)


class Page(BaseModel, Generic[M]):
    """Some rows, newest first, and where the next are."""

    data: list[M]
    has_more: bool
    next_cursor: str | None


@dataclass(frozen=True)
class Listing(Generic[M]):
    """What is listed, and how."""

    settings: Settings
    model: type[M]
    path: str
    query: Mapping[str, Any]

    def page(self, cursor: str | None) -> Flow[Page[M]]:
        """The page at a cursor, or the first that was asked for."""
        query = self.query if cursor is None else {**self.query, "cursor": cursor}
        received = yield from calls.call(self.settings, "GET", self.path, query=query)
        return calls.read(Page[self.model], received)  # type: ignore[name-defined]


class Pages(Generic[M]):
    """`for row in pages`, as far as one reads; each page is one request."""

    def __init__(self, transport: Blocking, listing: Listing[M]) -> None:
        self._transport = transport
        self._listing = listing

    def __iter__(self) -> Iterator[M]:
        for page in self.pages():
            yield from page.data

    def pages(self) -> Iterator[Page[M]]:
        page = self.first_page()
        yield page
        while page.has_more and page.next_cursor:
            page = self._transport.run(self._listing.page(page.next_cursor))
            yield page

    def first_page(self) -> Page[M]:
        return self._transport.run(self._listing.page(None))


class AsyncPages(Generic[M]):
    """`async for row in pages`, as far as one reads; each page is one request."""

    def __init__(self, transport: Asynchronous, listing: Listing[M]) -> None:
        self._transport = transport
        self._listing = listing

    async def __aiter__(self) -> AsyncIterator[M]:
        async for page in self.pages():
            for row in page.data:
                yield row

    async def pages(self) -> AsyncIterator[Page[M]]:
        page = await self.first_page()
        yield page
        while page.has_more and page.next_cursor:
            page = await self._transport.run(self._listing.page(page.next_cursor))
            yield page

    async def first_page(self) -> Page[M]:
        return await self._transport.run(self._listing.page(None))
