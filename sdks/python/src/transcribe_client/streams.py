"""Server-sent events of a transcription, as they happen, over connections that may break."""

from collections.abc import AsyncIterator, Iterator
from typing import Any, Literal, TypeAlias

from pydantic import ValidationError

from transcribe_client import models
from transcribe_client.answers import Answer
from transcribe_client.errors import TranscribeError, UnexpectedAnswerError
from transcribe_client.flows import Flow, close_stream, open_stream, read_stream, sleep
from transcribe_client.requests import Request
from transcribe_client.settings import Settings
from transcribe_client.transports import Asynchronous, Blocking

# Between two pieces; the service sends something to keep the connection open more often.
QUIET_SECONDS = 60.0


class StatusEvent(Answer):
    """The transcription, whenever its status or stage is another. The last event is one of these."""

    type: Literal["status"] = "status"
    transcription: models.Transcription


class ProgressEvent(models.ProgressEvent):
    """How far it is."""

    type: Literal["progress"] = "progress"


class SegmentsEvent(models.SegmentsEvent):
    """Segments that became known."""

    type: Literal["segments"] = "segments"


TranscriptionEvent: TypeAlias = StatusEvent | ProgressEvent | SegmentsEvent


class Lines:
    """Puts the events of a stream together: pairs of a name and its data. What else a stream may say is left out."""

    def __init__(self) -> None:
        self._rest = b""
        self._name = ""
        self._data: list[bytes] = []

    def feed(self, chunk: bytes) -> Iterator[tuple[str, bytes]]:
        """The events that are complete with these bytes."""
        # Split by hand: the characters that Python also takes for the end of a line may stand in what somebody said.
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            field, _, value = line.removesuffix(b"\r").partition(b":")
            value = value.removeprefix(b" ")
            if field == b"event":
                self._name = value.decode()
            elif field == b"data":
                self._data.append(value)
            elif not line.strip():
                if self._data:
                    yield self._name, b"\n".join(self._data)
                self._name, self._data = "", []


class EventReader:
    """Reads one event after the other; where the stream breaks off, another begins with all that is known."""

    def __init__(self, settings: Settings, path: str) -> None:
        self._settings = settings
        self._path = path
        self._stream: Any = None
        self._lines = Lines()
        self._waiting: list[TranscriptionEvent] = []
        self._is_over = False
        self._failures = 0

    def next(self) -> Flow[TranscriptionEvent | None]:
        """The next event, or None after the final status."""
        while not self._waiting and not self._is_over:
            try:
                yield from self._read_on()
            except TranscribeError as error:
                yield from self.close()
                pause = self._settings.retries.pause(self._failures, error)
                if pause is None:
                    raise
                self._failures += 1
                yield from sleep(pause)
        if not self._waiting:
            return None
        event = self._waiting.pop(0)
        if isinstance(event, StatusEvent) and event.transcription.status != "processing":
            self._is_over = True
            self._waiting.clear()
            yield from self.close()
        return event

    def close(self) -> Flow[None]:
        stream, self._stream = self._stream, None
        if stream is not None:
            yield from close_stream(stream)

    def _read_on(self) -> Flow[None]:
        if self._stream is None:
            url, accept = self._settings.api_url + self._path, {"Accept": "text/event-stream"}
            self._lines = Lines()
            self._stream = yield from open_stream(Request("GET", url, headers=accept, timeout_seconds=QUIET_SECONDS))
        chunk = yield from read_stream(self._stream)
        if chunk:
            self._failures = 0
            self._waiting += [event for each in self._lines.feed(chunk) if (event := _event(*each)) is not None]
        else:
            # It ends without a final status after an hour, or when the server is restarted.
            yield from self.close()
            yield from sleep(self._settings.retries.first_pause_seconds)


def _event(name: str, data: bytes) -> TranscriptionEvent | None:
    """The event; None for one of a kind that came after this version."""
    try:
        if name == "status":
            return StatusEvent(transcription=models.Transcription.model_validate_json(data))
        if name == "progress":
            return ProgressEvent.model_validate_json(data)
        if name == "segments":
            return SegmentsEvent.model_validate_json(data)
    except ValidationError:
        raise UnexpectedAnswerError(f"A {name} event is not as this version knows it.") from None
    return None


class Events:
    """`for event in events`, until the transcription is final. Leaving a `with` block ends it sooner."""

    def __init__(self, transport: Blocking, reader: EventReader) -> None:
        self._transport = transport
        self._reader = reader

    def __iter__(self) -> Iterator[TranscriptionEvent]:
        return self

    def __next__(self) -> TranscriptionEvent:
        event = self._transport.run(self._reader.next())
        if event is None:
            raise StopIteration
        return event

    def __enter__(self) -> "Events":
        return self

    def __exit__(self, *_: object) -> None:
        self._transport.run(self._reader.close())


class AsyncEvents:
    """`async for event in events`, until the transcription is final. Leaving an `async with` block ends it sooner."""

    def __init__(self, transport: Asynchronous, reader: EventReader) -> None:
        self._transport = transport
        self._reader = reader

    def __aiter__(self) -> AsyncIterator[TranscriptionEvent]:
        return self

    async def __anext__(self) -> TranscriptionEvent:
        event = await self._transport.run(self._reader.next())
        if event is None:
            raise StopAsyncIteration
        return event

    async def __aenter__(self) -> "AsyncEvents":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._transport.run(self._reader.close())
