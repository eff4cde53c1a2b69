"""Voxtral by Mistral: one request for a recording, or one for each hour of it, answered while we wait.

What each model may be asked for stands in voxtral_forms.py, the request in voxtral_service.py, the reading of its
answer in voxtral_answers.py. Each answer is kept as it comes: after a crash only what is missing is asked for. The
provider knows no idempotency key, so a request whose answer never came may be charged to us twice.
"""

import io
import json
import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from errors import Outcome, ProviderError, ProviderRejected
from outbound.retries import retrying
from speech.providers import encoding
from speech.providers.chunks import Chunk, chunks
from speech.providers.provider import Heard, Notebook, Recording, State, Wishes, WordTimes
from speech.providers.stitching import Part, stitched
from speech.providers.voices import numbered
from speech.providers.voxtral_answers import Answer, Said, read, said, speech_in
from speech.providers.voxtral_forms import MAX_TERMS, Form, form_of
from speech.providers.voxtral_service import TICK_SECONDS, Audio, Refused, Service, verdict
from speech.providers.voxtral_speakers import Linked, linked
from speech.transcript import in_order

BASE_URL = "https://api.mistral.ai"
MODEL = "voxtral-mini-2602"
# Two pages of the documentation disagree on both limits; these are the lower figures.
MAX_BYTES = 500_000_000
MAX_SECONDS = 3600.0
SHORTEST_SECONDS = 0.1
FORM_BYTES = 65_536
# What neighbouring chunks share where speakers are told apart, so that their labels can be matched.
LINK_SECONDS = 120.0
LINK_SHARE = 0.1
# The containers that Mistral names. MP4 is not among them.
ORIGINALS = {
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
    "audio/flac": "flac",
    "audio/ogg": "ogg",
    "audio/webm": "webm",
}
# Whom a refusal blames, where it says so. A field of ours is our mistake or the operator's, not the recording's.
AUDIO_STATUSES = frozenset({413, 415})
AUDIO_FIELDS = frozenset({"file"})
FORM_FIELDS = frozenset({"model", "language", "diarize", "timestamp_granularities", "context_bias"})
CLEARLY_SPEECH_SECONDS = 2.0
LANGUAGE = re.compile(r"[a-z]{2,3}\b")

logger = logging.getLogger(__name__)


class Voxtral:
    """A Voxtral model. One `advance` does all the work.

    `base_url` is without `/v1`. `max_bytes` and `max_seconds` are what one request may have. `timeout_seconds` is for
    one try of one request, upload and answer together; `retry_seconds` is how long a request is tried again.
    """

    def __init__(
        self,
        *,
        api_key: str,
        base_url: str = BASE_URL,
        model: str = MODEL,
        max_bytes: int = MAX_BYTES,
        max_seconds: float = MAX_SECONDS,
        timeout_seconds: float = 1800.0,
        retry_seconds: float = 3000.0,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._service = Service(api_key, base_url, answer_seconds=timeout_seconds)
        self._model = model
        self._max_bytes = max_bytes - FORM_BYTES
        self._max_seconds = max_seconds
        self._retry_seconds = retry_seconds
        self._sleep = sleep

    def advance(self, recording: Recording, wishes: Wishes, notebook: Notebook) -> Heard:
        if recording.duration_seconds < SHORTEST_SECONDS:
            return Heard((), wishes.language, self._model, "none", billed_seconds=0.0)
        plan = self._plan(recording, wishes, notebook)
        replies = []
        for number, chunk in enumerate(plan):
            reply = _kept(notebook, number)
            if reply is None:
                reply = self._ask(recording, wishes, notebook, chunk)
                _keep(notebook, number, reply)
            replies.append(reply)
            notebook.tick((number + 1) / len(plan))
        return _heard(recording, wishes, self._model, plan, replies)

    def cancel(self, state: State) -> None:
        """There is nothing to cancel: a request ends with the job that made it."""

    def _plan(self, recording: Recording, wishes: Wishes, notebook: Notebook) -> tuple[Chunk, ...]:
        if "chunks" in notebook.state:
            return tuple(Chunk(start, end) for start, end in notebook.state["chunks"])
        plan: tuple[Chunk, ...] = (Chunk(0.0, recording.duration_seconds),)
        longest = min(self._max_seconds, encoding.seconds_in(self._max_bytes))
        if self._original(recording) is None and recording.duration_seconds > longest:
            link = min(LINK_SECONDS, LINK_SHARE * longest) if wishes.diarize else 0.0
            plan = _overlapping(
                chunks(recording.duration_seconds, recording.speech(), longest_seconds=longest - link), link
            )
        notebook.keep(chunks=[[chunk.start, chunk.end] for chunk in plan])
        return plan

    def _original(self, recording: Recording) -> Audio | None:
        """The recording as it came, where the provider takes such a file, whole."""
        extension = ORIGINALS.get(recording.content_type)
        fits = recording.size_bytes <= self._max_bytes and recording.duration_seconds <= self._max_seconds
        if extension is None or not fits:
            return None
        return Audio(f"audio.{extension}", recording.content_type, lambda: recording.media.open("rb"), True)

    def _encoded(self, recording: Recording, chunk: Chunk, tick: Callable[[], None]) -> Audio:
        content = encoding.encoded(recording.pcm, chunk.start, chunk.end, on_block=_seldom(tick))
        return Audio(f"audio.{encoding.EXTENSION}", encoding.MEDIA_TYPE, partial(io.BytesIO, content))

    # Asking

    def _ask(self, recording: Recording, wishes: Wishes, notebook: Notebook, chunk: Chunk) -> "_Reply":
        """The answer for one chunk. A request that is refused is asked in milder ways before it is given up."""
        form = form_of(self._model, wishes)
        audio = self._original(recording) if chunk.seconds == recording.duration_seconds else None
        audio = audio or self._encoded(recording, chunk, notebook.tick)
        while True:
            try:
                body = self._answer(form, audio, notebook)
            except Refused as refused:
                milder = _milder(form, refused)
                if milder is not None:
                    form = milder
                elif audio.is_original and self._may_be_the_audio(refused, chunk):
                    audio = self._encoded(recording, chunk, notebook.tick)
                else:
                    raise _outcome(refused) from refused
            else:
                if form == form.careful() or not _lacks_something(read(body), recording, chunk):
                    return _Reply(form.fields(), body.decode())
                # What one generation refuses, another takes and answers with nothing.
                logger.warning("Voxtral left out text or times; asking %s more carefully", form.model)
                form = form.careful()

    def _answer(self, form: Form, audio: Audio, notebook: Notebook) -> bytes:
        return retrying(
            partial(self._once, form, audio, notebook.tick),
            verdict=verdict,
            budget_seconds=self._retry_seconds,
            tick=notebook.tick,
            sleep=self._sleep,
        )

    def _once(self, form: Form, audio: Audio, tick: Callable[[], None]) -> bytes:
        try:
            body = self._service.transcribe(form, audio, tick)
        except Refused as refused:
            logger.warning("Voxtral refused %s with %ss of %s: %s", form.model, form.granularity, audio.name, refused)
            raise
        read(body)
        return body

    def _may_be_the_audio(self, refused: Refused, chunk: Chunk) -> bool:
        return not refused.fields & FORM_FIELDS and encoding.most_bytes(chunk.seconds) <= self._max_bytes


@dataclass(frozen=True, slots=True)
class _Reply:
    """An answer as it came, and the form that it answers: by that it is understood."""

    form: Mapping[str, str | Sequence[str]]
    body: str

    @property
    def answer(self) -> Answer:
        return read(self.body)

    def said(self, chunk: Chunk, speech: Callable[[], Sequence[tuple[float, float]]]) -> Said:
        """In seconds of the recording."""
        is_word_by_word = "word" in self.form["timestamp_granularities"]
        return said(self.answer, chunk, speech, is_word_by_word=is_word_by_word)


def _kept(notebook: Notebook, number: int) -> _Reply | None:
    kept = notebook.kept_file(_file_name(number))
    return None if kept is None else _Reply(**json.loads(kept))


def _keep(notebook: Notebook, number: int, reply: _Reply) -> None:
    notebook.keep_file(_file_name(number), json.dumps({"form": reply.form, "body": reply.body}).encode())


def _file_name(number: int) -> str:
    return f"voxtral-{number}.json"


def _overlapping(plan: Sequence[Chunk], seconds: float) -> tuple[Chunk, ...]:
    """The chunks, each beginning so much earlier than it was to."""
    return tuple(replace(chunk, start=round(max(0.0, chunk.start - seconds), 3)) for chunk in plan)


def _seldom(tick: Callable[[], None]) -> Callable[[], None]:
    """A tick that may be called all the time."""
    due = time.monotonic()

    def seldom() -> None:
        nonlocal due
        if time.monotonic() >= due:
            tick()
            due = time.monotonic() + TICK_SECONDS

    return seldom


def _lacks_something(answer: Answer, recording: Recording, chunk: Chunk) -> bool:
    """Whether an answer has no times for its text, or nothing at all though somebody speaks."""
    if answer.has_times:
        return False
    spoken = sum(end - start for start, end in speech_in(chunk, recording.speech()))
    return bool(answer.whole_text) or spoken >= CLEARLY_SPEECH_SECONDS


def _milder(form: Form, refused: Refused) -> Form | None:
    """How to ask the same again, if something of the form may be what is refused and can be done without."""
    if refused.status in AUDIO_STATUSES or refused.fields & (AUDIO_FIELDS | {"model"}):
        return None
    if form != form.careful():
        return form.careful()
    return replace(form, terms=()) if form.terms and "context_bias" in refused.fields else None


def _outcome(refused: Refused) -> Outcome:
    if refused.status not in AUDIO_STATUSES and refused.fields & FORM_FIELDS:
        logger.error("Voxtral does not take what we ask it: %s", ", ".join(sorted(refused.fields & FORM_FIELDS)))
        return ProviderError()
    return ProviderRejected()


# Understanding


def _heard(recording: Recording, wishes: Wishes, model: str, plan: Sequence[Chunk], replies: Sequence[_Reply]) -> Heard:
    everything = [reply.said(chunk, recording.speech) for reply, chunk in zip(replies, plan, strict=True)]
    whole = linked([Part(chunk, each.segments) for chunk, each in zip(plan, everything, strict=True)])
    segments = in_order(stitched(whole.parts), recording.duration_seconds)
    if not wishes.diarize:
        segments = tuple(replace(segment, speaker=None) for segment in segments)
    billed = [reply.answer.billed_seconds for reply in replies]
    return Heard(
        numbered(segments),
        _language(replies) or wishes.language,
        model,
        _word_times(everything) if segments else "none",
        billed_seconds=None if None in billed else sum(filter(None, billed)),
        sent_seconds=sum(chunk.seconds for chunk in plan),
        notes=_notes(wishes, replies, everything, whole),
    )


def _language(replies: Sequence[_Reply]) -> str | None:
    """The first that an answer names; most name none."""
    named = (LANGUAGE.match((reply.answer.language or "").lower()) for reply in replies)
    return next((found[0] for found in named if found), None)


def _word_times(everything: Sequence[Said]) -> WordTimes:
    return "measured" if all(each.is_measured for each in everything) else "estimated"


def _notes(wishes: Wishes, replies: Sequence[_Reply], everything: Sequence[Said], whole: Linked) -> dict[str, str]:
    """What the customer may want to know of how far the wishes were met."""
    notes = {}
    if wishes.language and not all("language" in reply.form for reply in replies):
        notes["language"] = "This model takes no language where times are wanted; it found the language out by itself."
    if wishes.vocabulary and not all("context_bias" in reply.form for reply in replies):
        notes["vocabulary"] = "The model did not take the vocabulary; the transcript was made without it."
    elif len(wishes.vocabulary) > MAX_TERMS:
        notes["vocabulary"] = f"The model takes {MAX_TERMS} terms; the first {MAX_TERMS} were used."
    if not all(each.is_timed for each in everything):
        notes["times"] = "The provider gave no times for part of the transcript; they are estimated."
    if wishes.diarize and not whole.is_whole:
        notes["speakers"] = (
            "The recording went to the provider in parts, and not every voice could be told from one part to the "
            "next: one person may have several labels."
        )
    return notes
