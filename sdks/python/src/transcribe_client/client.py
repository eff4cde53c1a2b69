"""The two clients. They have the same operations; those of the AsyncClient are awaited."""

from os import PathLike
from typing import Any, BinaryIO, cast

import httpx

from transcribe_client.errors import TranscriptionFailedError
from transcribe_client.flows import Flow
from transcribe_client.models import Me, Question, Result, Search
from transcribe_client.operations import Kind, Resource, helper, operation
from transcribe_client.params import NewQuestion, NewTranscription, SearchLibraryQuery, TranscriptionOptions
from transcribe_client.progress import OnProgress
from transcribe_client.resources.library import Pipelines, Questions, Quotes, Trash, UsageRows
from transcribe_client.resources.shares import Shares
from transcribe_client.resources.transcriptions import Transcriptions
from transcribe_client.resources.uploads import Uploads
from transcribe_client.resources.webhooks import EventLog, WebhookDeliveries, WebhookEndpoints
from transcribe_client.retries import Retries
from transcribe_client.settings import settings
from transcribe_client.transports import Asynchronous, Blocking
from transcribe_client.typed import Self, Unpack


class _Client(Resource[Kind]):
    """Every operation, over one transport."""

    def __init__(self, transport: Kind) -> None:
        super().__init__(transport)
        self.transcriptions: Transcriptions[Kind] = Transcriptions(transport)
        self.uploads: Uploads[Kind] = Uploads(transport)
        self.shares: Shares[Kind] = Shares(transport)
        self.questions: Questions[Kind] = Questions(transport)
        self.quotes: Quotes[Kind] = Quotes(transport)
        self.pipelines: Pipelines[Kind] = Pipelines(transport)
        self.usage: UsageRows[Kind] = UsageRows(transport)
        self.trash: Trash[Kind] = Trash(transport)
        self.webhook_endpoints: WebhookEndpoints[Kind] = WebhookEndpoints(transport)
        self.webhook_deliveries: WebhookDeliveries[Kind] = WebhookDeliveries(transport)
        self.events: EventLog[Kind] = EventLog(transport)

    @operation("get_me")
    def me(self) -> Flow[Me]:
        """Who the key belongs to, what is in the wallet, and what was spent this month."""
        return self._read(Me, "GET", "/me")

    @operation("search_library")
    def search(self, **query: Unpack[SearchLibraryQuery]) -> Flow[Search]:
        """Moments of all transcriptions, by words and meaning, the best first."""
        return self._read(Search, "GET", "/search", query=query)

    @operation("ask_library")
    def ask(self, *, idempotency_key: str | None = None, **body: Unpack[NewQuestion]) -> Flow[Question]:
        """An answer out of the transcripts alone, with its quotes."""
        return self._read(Question, "POST", "/questions", body=body, idempotency_key=idempotency_key)

    @helper
    def transcribe(
        self,
        file_or_url: "str | PathLike[str] | bytes | BinaryIO",
        *,
        filename: str | None = None,
        timeout: float | None = None,
        on_progress: OnProgress | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[TranscriptionOptions],
    ) -> Flow[Result]:
        """What is said in a recording: uploads it unless it is a URL, waits, and reads the result.

        `timeout` is for the waiting, in seconds: then WaitTimeoutError, whose `transcription_id` can be waited for
        again. TranscriptionFailedError where it cannot be transcribed; nothing is charged for that. With an
        `idempotency_key` a run that was ended goes on in the next one, within a day.
        """
        body = cast(NewTranscription, dict(options))
        if is_url(file_or_url):
            body["source"], body["url"] = "external_url", str(file_or_url)
        else:
            # With a key the upload is the same one in every run, too, or the body of the create would be another.
            key = None if idempotency_key is None else f"{idempotency_key}.upload"
            upload = yield from Uploads.send.function(
                self.uploads, file_or_url, filename=filename, idempotency_key=key, on_progress=on_progress
            )
            body["source"], body["upload_id"] = "upload", upload.id
        made = yield from Transcriptions.create.function(self.transcriptions, idempotency_key=idempotency_key, **body)
        done = yield from Transcriptions.wait.function(
            self.transcriptions, made.id, timeout=timeout, on_progress=on_progress
        )
        if done.status == "failed":
            raise TranscriptionFailedError(done)
        return (yield from Transcriptions.result.function(self.transcriptions, done.id))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self._settings.api_url!r})"


class Client(_Client[Blocking]):
    """The API, by calls that return when they are done. One client may be used by many threads.

    `api_key` and `base_url` default to the variables TRANSCRIBE_API_KEY and TRANSCRIBE_BASE_URL. `timeout` is that of
    one request, in seconds. `http_client` is for proxies, certificates and the like; it is yours to close.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float = 30.0,
        max_retries: int = 4,
        retries: Retries | None = None,
        http_client: httpx.Client | None = None,
    ) -> None:
        chosen = settings(api_key, base_url, timeout_seconds=timeout, max_retries=max_retries, retries=retries)
        self._own = httpx.Client() if http_client is None else None
        super().__init__(Blocking(chosen, http_client or cast(httpx.Client, self._own)))

    def close(self) -> None:
        if self._own is not None:
            self._own.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncClient(_Client[Asynchronous]):
    """The API, by calls that are awaited; else as Client."""

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float = 30.0,
        max_retries: int = 4,
        retries: Retries | None = None,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        chosen = settings(api_key, base_url, timeout_seconds=timeout, max_retries=max_retries, retries=retries)
        self._own = httpx.AsyncClient() if http_client is None else None
        super().__init__(Asynchronous(chosen, http_client or cast(httpx.AsyncClient, self._own)))

    async def close(self) -> None:
        if self._own is not None:
            await self._own.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def is_url(file_or_url: Any) -> bool:
    return isinstance(file_or_url, str) and file_or_url.lower().startswith(("http://", "https://"))
