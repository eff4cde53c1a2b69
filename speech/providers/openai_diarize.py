"""OpenAI's diarizing model: one upload, one answer; what is too long for one goes in chunks, side by side.

It takes files of at most 25 MB and 1400 s, and says who spoke by labels that begin anew in each request. So the first
chunk goes alone, and the others take along clips of the voices that were heard by then. Each answer is kept as it
comes: after a crash only what is missing is asked for. The provider charges by the minute and knows no idempotency
key, so a request whose answer never came may be charged to us twice.
"""

import asyncio
import base64
import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from errors import ProviderError, ProviderRejected, ProviderTimeout
from outbound.retries import Patience, Transient, Verdict, reason, transient_status, wait_after
from speech.providers import encoding
from speech.providers.chunks import Chunk, chunks
from speech.providers.openai_answers import Answer, Unreadable, read
from speech.providers.provider import Heard, Notebook, Recording, State, Wishes
from speech.providers.stitching import Part, stitched
from speech.providers.voices import LONGEST_CLIP_SECONDS, MOST_VOICES, Voice, named, numbered, voices
from speech.providers.words import estimated_words
from speech.transcript import Segment, in_order

if TYPE_CHECKING:
    import openai

MODEL = "gpt-4o-transcribe-diarize"
MAX_BYTES = 26_214_400
MAX_SECONDS = 1400.0
# What the provider measures may differ a little from what was cut.
MARGIN_SECONDS = 20.0
SHORTEST_SECONDS = 0.1
SHORTEST_CHUNK_SECONDS = 10.0
CONNECT_SECONDS = 15.0
TICK_SECONDS = 1.0
FORM_BYTES = 16_384
OUT_OF_MONEY = {
    "insufficient_quota",
    "credit_balance_exhausted",
    "organization_spend_limit_exceeded",
    "project_spend_limit_exceeded",
    "organization_usage_limit_exceeded",
    "billing_hard_limit_reached",
}
OPERATORS_STATUSES = {401, 402, 403, 404}
REFUSED_STATUSES = {400, 413, 415, 422}
TIMEOUT_STATUSES = {408, 504}
OPERATORS_CODES = OUT_OF_MONEY | {"invalid_api_key", "model_not_found"}

logger = logging.getLogger(__name__)


class OpenAiDiarize:
    """`gpt-4o-transcribe-diarize` and its like. One `advance` does all the work.

    `base_url` ends in `/v1`. `timeout_seconds` is for one try of one chunk, upload and answer together;
    `retry_seconds` is how long a chunk is tried again. Of `concurrency` chunks asked at once those after the first
    know the same voices: with 1 each knows those of all before it, which takes longer and tells speakers best apart.
    Raises ValueError where `max_bytes` or `max_seconds` leave no room for a chunk.
    """

    def __init__(
        self,
        *,
        api_key: str,
        base_url: str = "https://api.openai.com/v1",
        model: str = MODEL,
        max_bytes: int = MAX_BYTES,
        max_seconds: float = MAX_SECONDS,
        concurrency: int = 3,
        timeout_seconds: float = 600.0,
        retry_seconds: float = 1200.0,
    ) -> None:
        self._api_key = api_key
        self._base_url = base_url
        self._model = model
        self._concurrency = concurrency
        self._timeout_seconds = timeout_seconds
        self._retry_seconds = retry_seconds
        clip_bytes = encoding.most_bytes(LONGEST_CLIP_SECONDS) * 4 // 3 + 64
        self._longest_seconds = min(
            max_seconds - min(MARGIN_SECONDS, max_seconds / 10),
            encoding.seconds_in(max_bytes - FORM_BYTES - MOST_VOICES * clip_bytes),
        )
        if self._longest_seconds < SHORTEST_CHUNK_SECONDS:
            raise ValueError(f"{max_bytes} bytes and {max_seconds} seconds leave no room for a chunk")

    def advance(self, recording: Recording, wishes: Wishes, notebook: Notebook) -> Heard:
        if recording.duration_seconds < SHORTEST_SECONDS:
            return Heard((), wishes.language, self._model, "none", billed_seconds=0.0)
        work = _Work(recording, wishes, notebook, self._plan(recording, notebook))
        if work.missing():
            asyncio.run(self._ask_for_missing(work))
        segments = work.segments()
        return Heard(
            segments,
            wishes.language,
            self._model,
            "estimated" if segments else "none",
            billed_seconds=work.billed_seconds(),
            sent_seconds=sum(chunk.seconds for chunk in work.plan),
            notes=work.notes(),
        )

    def cancel(self, state: State) -> None:
        """Nothing to do: a request ends with the job that made it."""

    def _plan(self, recording: Recording, notebook: Notebook) -> tuple[Chunk, ...]:
        if "chunks" in notebook.state:
            return tuple(Chunk(start, end) for start, end in notebook.state["chunks"])
        seconds = recording.duration_seconds
        speech = recording.speech() if seconds > self._longest_seconds else ()
        plan = chunks(seconds, speech, longest_seconds=self._longest_seconds)
        notebook.keep(chunks=[[chunk.start, chunk.end] for chunk in plan])
        return plan

    async def _ask_for_missing(self, work: "_Work") -> None:
        """Ask for what is missing, as much at once as may be, and keep each answer as it comes."""
        tasks: dict[asyncio.Task[bytes], int] = {}
        async with self._client() as client:
            try:
                while missing := work.missing():
                    for number in missing[: self._at_once(work)]:
                        if number not in tasks.values():
                            tasks[asyncio.create_task(self._ask(client, work, number))] = number
                    done, _ = await asyncio.wait(tasks, timeout=TICK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                    # An answer that is there is kept, also when another request failed at the same time.
                    for task in sorted(done, key=lambda task: task.exception() is not None):
                        work.keep(tasks.pop(task), task.result())
                    work.notebook.tick(work.share_done())
            finally:
                work.is_over.set()
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    def _client(self) -> "openai.AsyncOpenAI":
        import openai  # here, because it is large and only a job that asks OpenAI needs it

        return openai.AsyncOpenAI(
            api_key=self._api_key,
            base_url=self._base_url,
            max_retries=0,
            timeout=openai.Timeout(self._timeout_seconds, connect=CONNECT_SECONDS),
            http_client=openai.DefaultAsyncHttpxClient(follow_redirects=False),
        )

    def _at_once(self, work: "_Work") -> int:
        """One chunk goes alone until there are voices that the others can be told of."""
        return self._concurrency if not work.wishes.diarize or work.voices() else 1

    async def _ask(self, client: "openai.AsyncOpenAI", work: "_Work", number: int) -> bytes:
        """The answer for one chunk, asked for again within the policy. Raises the Outcome of what went wrong."""
        form = {"model": self._model, **await asyncio.to_thread(work.form, number, work.voices())}
        patience = Patience(self._retry_seconds)
        while True:
            try:
                async with asyncio.timeout(self._timeout_seconds):
                    said = await client.audio.transcriptions.with_raw_response.create(**form)
                body: bytes = said.content
                read(body)
                return body
            except Exception as error:
                seconds = wait_after(error, _verdict, patience)
            await asyncio.sleep(seconds)


class _Over(Exception):
    """Nobody waits for this any more."""


class _Work:
    """One recording on its way through the provider: what is planned, and what was answered so far."""

    def __init__(self, recording: Recording, wishes: Wishes, notebook: Notebook, plan: Sequence[Chunk]) -> None:
        self.recording = recording
        self.wishes = wishes
        self.notebook = notebook
        self.plan = plan
        self.is_over = threading.Event()
        self._answers: dict[int, Answer] = {}
        self._heard: dict[int, tuple[Segment, ...]] = {}
        for number in range(len(plan)):
            kept = notebook.kept_file(_file_name(number))
            if kept is not None:
                self._take(number, kept)

    def keep(self, number: int, body: bytes) -> None:
        """Keep the answer for a chunk, in the notebook too."""
        self.notebook.keep_file(_file_name(number), body)
        self._take(number, body)

    def _take(self, number: int, body: bytes) -> None:
        self._answers[number] = read(body)
        self._heard[number] = self._understood(number)

    def _understood(self, number: int) -> tuple[Segment, ...]:
        """What was heard in a chunk, in seconds of the recording, with words and names of our own for the speakers."""
        chunk = self.plan[number]
        segments = self._answers[number].heard(chunk.start, chunk.end)
        if not self.wishes.diarize:
            segments = [replace(segment, speaker=None) for segment in segments]
        placed = named(in_order(segments, chunk.end), number)
        return tuple(replace(segment, words=estimated_words(segment)) for segment in placed)

    def missing(self) -> list[int]:
        return [number for number in range(len(self.plan)) if number not in self._answers]

    def share_done(self) -> float:
        done = sum(self.plan[number].seconds for number in self._answers)
        return min(1.0, done / sum(chunk.seconds for chunk in self.plan))

    def voices(self) -> tuple[Voice, ...]:
        """Those that later chunks can be told of. Without diarization there are none."""
        return voices(self._heard[number] for number in sorted(self._heard))

    def form(self, number: int, known: Sequence[Voice]) -> dict[str, Any]:
        """The fields of the request for a chunk, its sound among them. Takes seconds: called in a thread."""
        chunk = self.plan[number]
        form: dict[str, Any] = {
            "file": (f"audio.{encoding.EXTENSION}", self._encoded(chunk.start, chunk.end), encoding.MEDIA_TYPE),
            "response_format": "diarized_json",
            "chunking_strategy": "auto",
        }
        if self.wishes.language:
            form["language"] = self.wishes.language
        if known:
            clips = [base64.b64encode(self._encoded(voice.start, voice.end)).decode() for voice in known]
            form["known_speaker_names"] = [voice.name for voice in known]
            form["known_speaker_references"] = [f"data:{encoding.MEDIA_TYPE};base64,{clip}" for clip in clips]
        return form

    def _encoded(self, start: float, end: float) -> bytes:
        return encoding.encoded(self.recording.pcm, start, end, on_block=self._go_on)

    def _go_on(self) -> None:
        if self.is_over.is_set():
            raise _Over

    def segments(self) -> tuple[Segment, ...]:
        """The whole transcript; every chunk was answered."""
        parts = [Part(chunk, self._heard[number]) for number, chunk in enumerate(self.plan)]
        return numbered(in_order(stitched(parts), self.recording.duration_seconds))

    def billed_seconds(self) -> float | None:
        seconds = [answer.billed_seconds for answer in self._answers.values()]
        return None if None in seconds else sum(filter(None, seconds))

    def notes(self) -> Mapping[str, str]:
        notes = {}
        if self.wishes.vocabulary:
            notes["vocabulary"] = "This model takes no vocabulary; the recording was transcribed without it."
        first, *others = ({segment.speaker for segment in self._heard[number]} for number in sorted(self._heard))
        if any(speakers - first - {None} for speakers in others):
            notes["speakers"] = (
                "The recording was transcribed in parts. A voice that was first heard in a later part may have more "
                "than one label."
            )
        return notes


def _file_name(number: int) -> str:
    return f"chunk-{number}.json"


def _verdict(error: Exception) -> Verdict:
    import openai

    match error:
        case TimeoutError() | openai.APITimeoutError():
            return Transient(ProviderTimeout())
        case openai.APIStatusError():
            return _status_verdict(error)
        case openai.APIConnectionError():
            return Transient()
        case Unreadable():
            # A transcript of another shape was charged all the same, and the next would be no better.
            logger.error("OpenAI answered with something else than a transcript: %s", error)
            return Transient() if error.is_garbled else ProviderError()
        case _:
            raise error


def _status_verdict(error: "openai.APIStatusError") -> Verdict:
    status, codes = error.status_code, {error.code, error.type}
    said = "OpenAI answered %d %s to request %s: %s", status, error.code, error.request_id, reason(error.message)
    if status in OPERATORS_STATUSES or codes & OPERATORS_CODES:
        logger.error(*said)
        return ProviderError()
    logger.warning(*said)
    outcome = ProviderTimeout() if status in TIMEOUT_STATUSES else ProviderError()
    return transient_status(status, error.response.headers, outcome) or (
        ProviderRejected() if status in REFUSED_STATUSES else ProviderError()
    )
