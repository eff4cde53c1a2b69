"""A transcript while it becomes known, as the server-sent events of OpenAI's endpoint."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from blueprints.api_v1.waiting import watch
from blueprints.error_responses import error_object
from blueprints.openai_v1.answers import after_text, diarized_segments, text_of
from blueprints.openai_v1.failures import failure_of
from blueprints.openai_v1.inputs import TranscriptionForm
from db import transaction
from errors import AppError, NotFound
from handlers.exports import heard
from models import Account, Segment, Status


class _Text:
    """What was told of the text so far. A recognition that began anew repeats segments, which are told once."""

    def __init__(self) -> None:
        self._told = ""
        self._next_number = 0

    def deltas(self, segments: list[Segment]) -> Iterator[str]:
        for segment in segments:
            if segment.number >= self._next_number:
                self._next_number = segment.number + 1
                yield self._tell(f" {segment.text}" if self._told else segment.text)

    def rest(self, whole: str) -> str:
        """What is missing of the whole; nothing where it turned out other than it was told."""
        return self._tell(whole[len(self._told) :]) if whole.startswith(self._told) else ""

    def _tell(self, delta: str) -> str:
        self._told += delta
        return delta


def events(account: Account, public_id: str, form: TranscriptionForm, *, on_end: Callable[[], None]) -> Iterator[str]:
    """`transcript.text.delta` for each segment as it becomes known, and `transcript.text.done` with the whole.

    With speakers, who are known at the end alone, `transcript.text.segment` comes before that. `on_end` is called once
    all was sent. What goes wrong meanwhile is told as an `error`, which OpenAI's clients raise.
    """
    text = _Text()
    for look in watch(account, public_id):
        if look.transcription.status is Status.FAILED:
            yield _error(failure_of(look.transcription))
            return
        if look.transcription.has_transcript:
            yield _ending(account, public_id, form, text)
            on_end()
            return
        yield "".join(_delta(delta) for delta in text.deltas(list(look.fresh)))
    yield _error(NotFound("The transcription was deleted, or takes longer than can be watched."))


def _ending(account: Account, public_id: str, form: TranscriptionForm, text: _Text) -> str:
    with transaction() as session:
        whole = heard(session, account, public_id)
    rest = text.rest(text_of(whole.segments))
    segments = diarized_segments(whole) if form.response_format == "diarized_json" else []
    done = {"type": "transcript.text.done", "text": text_of(whole.segments), **after_text(whole)}
    return (_delta(rest) if rest else "") + "".join(map(_event, [*segments, done]))


def _delta(text: str) -> str:
    return _event({"type": "transcript.text.delta", "delta": text})


def _error(error: AppError) -> str:
    return _event({"error": error_object(error)})


def _event(data: Any) -> str:
    return f"data: {json.dumps(data, separators=(',', ':'), ensure_ascii=False)}\n\n"
