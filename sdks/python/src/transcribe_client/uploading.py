"""Bytes to the store: in one piece, or in parts side by side, sent again where the connection breaks.

The store's addresses get exactly the headers that the service names, and never the key.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from transcribe_client.errors import APIConnectionError, TranscribeError, UploadError
from transcribe_client.flows import Flow, send, sleep, together, work
from transcribe_client.models import Upload, UploadPart
from transcribe_client.progress import OnProgress, Progress
from transcribe_client.recordings import Part, Recording, md5_of
from transcribe_client.requests import Request
from transcribe_client.retries import Retries

PARTS_AT_ONCE = 4
# One request for the addresses of so many parts at most, each of which is read twice: for its checksum, and to be sent.
MOST_ADDRESSES = 10
STORE_SECONDS = 120.0

Tickets = Callable[[list[int], list[str]], Flow[list[UploadPart]]]


class Meter:
    """Adds up what has gone out, from however many threads, and tells it."""

    def __init__(self, size_bytes: int, on_progress: OnProgress | None) -> None:
        self._size_bytes = size_bytes
        self._on_progress = on_progress
        self._sent_bytes = 0
        self._lock = threading.Lock()

    def add(self, sent_bytes: int) -> None:
        if self._on_progress is None:
            return
        with self._lock:
            self._sent_bytes += sent_bytes
            self._on_progress(Progress("uploading", self._sent_bytes / self._size_bytes))


@dataclass(frozen=True)
class Sending:
    """One recording on its way."""

    recording: Recording
    upload: Upload
    retries: Retries
    meter: Meter

    def whole(self, look: Callable[[], Flow[Upload]]) -> Flow[None]:
        """Send it in one piece. `look` asks how the upload is, which also brings a fresh address."""
        upload, attempt = self.upload, 0
        while upload.status != "complete":
            try:
                body = Part(self.recording, 0, self.recording.size_bytes)
                yield from self._put(upload.url or "", upload.headers, body)
                return
            except TranscribeError as error:
                yield from self._pause(attempt, error)
            # It may have arrived with only the answer lost: the store takes it once.
            upload, attempt = (yield from look()), attempt + 1

    def parts(self, tickets: Tickets) -> Flow[None]:
        """Send the parts that have not arrived. `tickets` asks for the addresses of some, by numbers and MD5s."""
        arrived = set(self.upload.parts_received or ())
        self.meter.add(sum(self._part(number).size_bytes for number in arrived))
        missing = [number for number in range(1, (self.upload.parts_count or 0) + 1) if number not in arrived]
        group_size = max(1, min(MOST_ADDRESSES, len(missing) // (2 * PARTS_AT_ONCE)))
        groups = [missing[at : at + group_size] for at in range(0, len(missing), group_size)]
        yield from together([self._group(group, tickets) for group in groups], at_once=PARTS_AT_ONCE)

    def _group(self, numbers: list[int], tickets: Tickets) -> Flow[None]:
        checksums = yield from work(lambda: [md5_of(self._part(number)) for number in numbers])
        for ticket, checksum in zip((yield from tickets(numbers, checksums)), checksums, strict=True):
            yield from self._until_taken(ticket, checksum, tickets)

    def _until_taken(self, ticket: UploadPart, checksum: str, tickets: Tickets) -> Flow[None]:
        number, attempt = ticket.part_number, 0
        while True:
            try:
                yield from self._put(ticket.url, ticket.headers, self._part(number))
                return
            except TranscribeError as error:
                yield from self._pause(attempt, error)
            (ticket,) = yield from tickets([number], [checksum])
            attempt += 1

    def _put(self, url: str, headers: Mapping[str, str], body: Part) -> Flow[None]:
        sent: list[int] = []

        def count(sent_bytes: int) -> None:
            sent.append(sent_bytes)
            self.meter.add(sent_bytes)

        request = Request(
            "PUT", url, headers=headers, body=body, is_ours=False, timeout_seconds=STORE_SECONDS, on_sent=count
        )
        try:
            received = yield from send(request)
            if not received.is_success:
                raise UploadError(f"The store answered {received.status}.", upload_id=self.upload.id)
        except TranscribeError:
            self.meter.add(-sum(sent))
            raise

    def _pause(self, attempt: int, error: TranscribeError) -> Flow[None]:
        """Wait before the next attempt, or raise the error. A store has many ways to say that an address is too old, so
        whatever it refuses is sent again, to a new one."""
        pause = self.retries.pause(attempt, APIConnectionError())
        if pause is None:
            raise error
        yield from sleep(pause)

    def _part(self, number: int) -> Part:
        size = self.upload.part_size_bytes or 0
        start = (number - 1) * size
        return Part(self.recording, start, min(size, self.recording.size_bytes - start))
