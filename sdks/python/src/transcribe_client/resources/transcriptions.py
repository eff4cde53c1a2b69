"""Transcriptions: the job, its outcome, and what can be done with it."""

import time

from transcribe_client.errors import TranscribeError, WaitTimeoutError
from transcribe_client.files import File, received_file
from transcribe_client.flows import Flow, sleep
from transcribe_client.models import Edited, Question, Result, Revision, Search, Transcription
from transcribe_client.operations import Kind, Resource, events, helper, listing, operation
from transcribe_client.pages import Listing
from transcribe_client.params import (
    Edits,
    ExportTranscriptionQuery,
    ExportTranscriptionsQuery,
    ListRevisionsQuery,
    ListTranscriptionsQuery,
    NewTranscription,
    QuestionToOne,
    RevisionToChange,
    SearchTranscriptionQuery,
    TranscriptionChanges,
)
from transcribe_client.progress import OnProgress, progress_of
from transcribe_client.requests import path
from transcribe_client.retries import may_pass
from transcribe_client.streams import EventReader
from transcribe_client.typed import Unpack

# What one request asks the service to wait: as long as it likes to, or until somebody wants to see progress.
WAIT_SECONDS = 45.0
SHOWN_EVERY_SECONDS = 2.0
PAUSE_SECONDS = 2.0
# How much longer than it was asked to wait an answer may take.
GRACE_SECONDS = 30.0
# The files of a hundred transcripts take their time.
EXPORT_SECONDS = 300.0


class Transcriptions(Resource[Kind]):
    """`client.transcriptions`"""

    @operation("create_transcription")
    def create(self, *, idempotency_key: str | None = None, **body: Unpack[NewTranscription]) -> Flow[Transcription]:
        """Begin to transcribe; answers at once. `client.transcribe` also uploads and waits."""
        return self._read(Transcription, "POST", "/transcriptions", body=body, idempotency_key=idempotency_key)

    @listing("list_transcriptions")
    def list(self, **query: Unpack[ListTranscriptionsQuery]) -> Listing[Transcription]:
        """The account's transcriptions, newest first unless `sort` says otherwise."""
        return self._list(Transcription, "/transcriptions", query)

    @operation("get_transcription")
    def get(self, transcription_id: str) -> Flow[Transcription]:
        """It as it stands."""
        return self._read(Transcription, "GET", _path(transcription_id))

    @operation("update_transcription")
    def update(self, transcription_id: str, **body: Unpack[TranscriptionChanges]) -> Flow[Transcription]:
        """Change its title, metadata or tags, or name its speakers."""
        return self._read(Transcription, "PATCH", _path(transcription_id), body=body)

    @operation("delete_transcription")
    def delete(self, transcription_id: str) -> Flow[None]:
        """Delete text, recording and whatever was made of them, for good."""
        yield from self._call("DELETE", _path(transcription_id))

    @operation("cancel_transcription")
    def cancel(self, transcription_id: str, *, idempotency_key: str | None = None) -> Flow[Transcription]:
        """End a processing one as failed with the code `canceled`; nothing is charged."""
        return self._do(transcription_id, "cancel", idempotency_key)

    @operation("retry_transcription")
    def retry(self, transcription_id: str, *, idempotency_key: str | None = None) -> Flow[Transcription]:
        """Make a new transcription of a failed one's source, with the same options."""
        return self._do(transcription_id, "retry", idempotency_key)

    @operation("understand_transcription")
    def understand(self, transcription_id: str, *, idempotency_key: str | None = None) -> Flow[Transcription]:
        """Make chapters, topics, summary and search index anew, for nothing."""
        return self._do(transcription_id, "understand", idempotency_key)

    @operation("trash_transcription")
    def trash(self, transcription_id: str, *, idempotency_key: str | None = None) -> Flow[Transcription]:
        """Put it into the trash, from where it can be restored for thirty days."""
        return self._do(transcription_id, "trash", idempotency_key)

    @operation("restore_transcription")
    def restore(self, transcription_id: str, *, idempotency_key: str | None = None) -> Flow[Transcription]:
        """Take it out of the trash."""
        return self._do(transcription_id, "restore", idempotency_key)

    @operation("delete_transcription_media")
    def delete_media(self, transcription_id: str) -> Flow[None]:
        """Delete the recording and keep the transcript."""
        yield from self._call("DELETE", _path(transcription_id, "media"))

    @operation("get_transcription_result")
    def result(self, transcription_id: str) -> Flow[Result]:
        """What was said. Until it is completed this is a ConflictError with the code `not_ready`."""
        return self._read(Result, "GET", _path(transcription_id, "result"))

    @operation("wait_for_transcription")
    def poll(self, transcription_id: str, *, timeout: float = WAIT_SECONDS) -> Flow[Transcription]:
        """It once it is final, or as it stands after `timeout` seconds (60 at most): one request. See also `wait`."""
        return self._poll(transcription_id, timeout, None)

    @helper
    def wait(
        self, transcription_id: str, *, timeout: float | None = None, on_progress: OnProgress | None = None
    ) -> Flow[Transcription]:
        """It once it is completed or failed, however many requests that takes.

        WaitTimeoutError after `timeout` seconds; without one it waits as long as the service works, a day at most.
        Every error from here carries the `transcription_id`.
        """
        ends = None if timeout is None else time.monotonic() + timeout
        longest = WAIT_SECONDS if on_progress is None else SHOWN_EVERY_SECONDS
        transcription = None
        try:
            while True:
                began = time.monotonic()
                wanted = longest if ends is None else max(0.0, min(longest, ends - began))
                transcription = yield from self._poll(transcription_id, wanted, ends)
                if on_progress is not None:
                    on_progress(progress_of(transcription))
                if transcription.status in ("completed", "failed"):
                    return transcription
                if ends is not None and time.monotonic() >= ends:
                    raise WaitTimeoutError(transcription_id, transcription)
                # A service that has too many others waiting answers at once; then the waiting is ours.
                yield from sleep(max(0.0, min(PAUSE_SECONDS, began + wanted - time.monotonic())))
        except TranscribeError as error:
            error.transcription_id = transcription_id
            if ends is not None and may_pass(error) and time.monotonic() >= ends:
                raise WaitTimeoutError(transcription_id, transcription) from error
            raise

    @events("stream_transcription_events")
    def events(self, transcription_id: str) -> EventReader:
        """What happens to it, as it happens, until it is final; over as many connections as that takes."""
        return EventReader(self._settings, _path(transcription_id, "events"))

    @operation("edit_transcription")
    def edit(self, transcription_id: str, *, idempotency_key: str | None = None, **body: Unpack[Edits]) -> Flow[Edited]:
        """Edit the transcript, all edits or none, as one revision."""
        return self._read(Edited, "POST", _path(transcription_id, "edits"), body=body, idempotency_key=idempotency_key)

    @operation("undo_edit")
    def undo(
        self, transcription_id: str, *, idempotency_key: str | None = None, **body: Unpack[RevisionToChange]
    ) -> Flow[Edited]:
        """Take back the last revision that has not been."""
        return self._read(Edited, "POST", _path(transcription_id, "undo"), body=body, idempotency_key=idempotency_key)

    @operation("redo_edit")
    def redo(
        self, transcription_id: str, *, idempotency_key: str | None = None, **body: Unpack[RevisionToChange]
    ) -> Flow[Edited]:
        """Make again what was undone last."""
        return self._read(Edited, "POST", _path(transcription_id, "redo"), body=body, idempotency_key=idempotency_key)

    @listing("list_revisions")
    def revisions(self, transcription_id: str, **query: Unpack[ListRevisionsQuery]) -> Listing[Revision]:
        """What was done to the transcript by hand, newest first."""
        return self._list(Revision, _path(transcription_id, "revisions"), query)

    @operation("export_transcription")
    def export(self, transcription_id: str, **query: Unpack[ExportTranscriptionQuery]) -> Flow[File]:
        """A completed one as a file: captions, text, a document, a table, chapters."""
        return self._download(_path(transcription_id, "export"), query)

    @operation("export_transcriptions")
    def export_many(self, **query: Unpack[ExportTranscriptionsQuery]) -> Flow[File]:
        """Up to 100 completed ones, each in every format that is asked for, as one zip."""
        return self._download("/exports", query)

    @operation("search_transcription")
    def search(self, transcription_id: str, **query: Unpack[SearchTranscriptionQuery]) -> Flow[Search]:
        """Moments of this one, by words and meaning. `client.search` looks through all."""
        return self._read(Search, "GET", _path(transcription_id, "search"), query=query)

    @operation("ask_transcription")
    def ask(
        self, transcription_id: str, *, idempotency_key: str | None = None, **body: Unpack[QuestionToOne]
    ) -> Flow[Question]:
        """An answer out of this one, with its quotes. `client.ask` asks all."""
        return self._read(
            Question, "POST", _path(transcription_id, "questions"), body=body, idempotency_key=idempotency_key
        )

    def _poll(self, transcription_id: str, wanted: float, ends: float | None) -> Flow[Transcription]:
        """One request that waits. Where the waiting ends at a time, it and its repeats end soon after."""
        left = None if ends is None else ends - time.monotonic() - wanted
        grace = GRACE_SECONDS if left is None else min(GRACE_SECONDS, max(PAUSE_SECONDS, left))
        return self._read(
            Transcription,
            "GET",
            _path(transcription_id, "wait"),
            query={"timeout": round(wanted, 3)},
            timeout_seconds=wanted + grace,
            ends=ends,
        )

    def _do(self, transcription_id: str, verb: str, idempotency_key: str | None) -> Flow[Transcription]:
        return self._read(Transcription, "POST", _path(transcription_id, verb), idempotency_key=idempotency_key)

    def _download(self, at: str, query: ExportTranscriptionQuery | ExportTranscriptionsQuery) -> Flow[File]:
        return received_file((yield from self._call("GET", at, query=query, timeout_seconds=EXPORT_SECONDS)))


def _path(transcription_id: str, *more: str) -> str:
    return path("transcriptions", transcription_id, *more)
