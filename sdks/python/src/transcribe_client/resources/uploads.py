"""Uploads: recordings that are at no public address."""

from transcribe_client.errors import TranscribeError, UploadError
from transcribe_client.flows import Flow, work
from transcribe_client.models import Upload, UploadPart
from transcribe_client.operations import Kind, Resource, helper, operation
from transcribe_client.pages import Page
from transcribe_client.params import NewUpload, WantedParts
from transcribe_client.progress import OnProgress
from transcribe_client.recordings import Recording, Source, media_type, name_of, recording_of, sha256_of
from transcribe_client.requests import path
from transcribe_client.typed import Unpack
from transcribe_client.uploading import Meter, Sending, Tickets

# Above this it goes in parts, so that what breaks off goes on.
LARGEST_IN_ONE_PIECE_BYTES = 8 * 1024**2
UNNAMED = "recording"
# A store puts large files together in its own time.
COMPLETE_SECONDS = 120.0


class Uploads(Resource[Kind]):
    """`client.uploads`"""

    @operation("create_upload")
    def create(self, *, idempotency_key: str | None = None, **body: Unpack[NewUpload]) -> Flow[Upload]:
        """Leave to send one file. `send` does all of it."""
        return self._read(Upload, "POST", "/uploads", body=body, idempotency_key=idempotency_key)

    @operation("get_upload")
    def get(self, upload_id: str) -> Flow[Upload]:
        """How far it is, with a fresh address for an upload in one piece."""
        return self._read(Upload, "GET", path("uploads", upload_id))

    @operation("create_upload_parts")
    def create_parts(
        self, upload_id: str, *, idempotency_key: str | None = None, **body: Unpack[WantedParts]
    ) -> Flow[Page[UploadPart]]:
        """An address for each of these parts."""
        at = path("uploads", upload_id, "parts")
        return self._read(Page[UploadPart], "POST", at, body=body, idempotency_key=idempotency_key)

    @operation("complete_upload")
    def complete(self, upload_id: str, *, idempotency_key: str | None = None) -> Flow[Upload]:
        """Make one file of the parts."""
        at = path("uploads", upload_id, "complete")
        return self._read(Upload, "POST", at, idempotency_key=idempotency_key, timeout_seconds=COMPLETE_SECONDS)

    @operation("delete_upload")
    def delete(self, upload_id: str) -> Flow[None]:
        """Give it up, and drop what has arrived."""
        yield from self._call("DELETE", path("uploads", upload_id))

    @helper
    def begin(
        self,
        file: Source,
        *,
        filename: str | None = None,
        content_type: str | None = None,
        idempotency_key: str | None = None,
    ) -> Flow[Upload]:
        """Leave to send this file, for whoever wants to note its id before a byte goes out; `send` goes on with it."""
        recording = yield from work(lambda: recording_of(file))
        digest = yield from work(lambda: sha256_of(recording))
        name = filename or name_of(file) or UNNAMED
        return (
            yield from Uploads.create.function(
                self,
                idempotency_key=idempotency_key,
                filename=name,
                content_type=content_type or media_type(name),
                size_bytes=recording.size_bytes,
                sha256=digest,
                multipart=recording.size_bytes > LARGEST_IN_ONE_PIECE_BYTES,
            )
        )

    @helper
    def send(
        self,
        file: Source,
        *,
        filename: str | None = None,
        content_type: str | None = None,
        upload_id: str | None = None,
        idempotency_key: str | None = None,
        on_progress: OnProgress | None = None,
    ) -> Flow[Upload]:
        """Send a file, given as a path, as bytes, or open for reading; its upload, complete.

        With `upload_id` an upload of the same file goes on where it stopped; errors carry the id to do that with.
        """
        if upload_id is None:
            upload = yield from Uploads.begin.function(
                self, file, filename=filename, content_type=content_type, idempotency_key=idempotency_key
            )
            upload_id = None if idempotency_key is None else upload.id
        if upload_id is not None:  # Begun before, and perhaps gone on since.
            upload = yield from Uploads.get.function(self, upload_id)
        recording = yield from work(lambda: recording_of(file))
        try:
            return (yield from self._finish(recording, upload, on_progress))
        except TranscribeError as error:
            error.upload_id = upload.id
            raise

    def _finish(self, recording: Recording, upload: Upload, on_progress: OnProgress | None) -> Flow[Upload]:
        if upload.size_bytes != recording.size_bytes:
            raise UploadError("The file is not the one that this upload was begun with.", upload_id=upload.id)
        sending = Sending(recording, upload, self._settings.retries, Meter(recording.size_bytes, on_progress))
        if upload.status == "complete":
            return upload
        if upload.part_size_bytes is None:
            yield from sending.whole(lambda: Uploads.get.function(self, upload.id))
            return (yield from Uploads.get.function(self, upload.id))
        yield from sending.parts(self._tickets(upload.id))
        return (yield from Uploads.complete.function(self, upload.id))

    def _tickets(self, upload_id: str) -> Tickets:
        def tickets(numbers: list[int], md5: list[str]) -> Flow[list[UploadPart]]:
            page = yield from Uploads.create_parts.function(self, upload_id, part_numbers=numbers, md5=md5)
            return page.data

        return tickets
