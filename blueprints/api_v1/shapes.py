"""The JSON of the API, typed. presenters.py makes these from rows, and the API's document describes them. That of a
transcription stands in `rendering`.

TypedDict comes from typing_extensions because pydantic can read no other before Python 3.12.
"""

from typing import Any, Generic, Literal

from typing_extensions import TypeAliasType, TypedDict, TypeVar

from blueprints.api_v1.insight_shapes import Chapter, Summary, Topic, Understanding
from rendering.shapes import PipelineCode, Stage, Timestamp, Usd, Warnings

Item = TypeVar("Item", default=Any)

ErrorCode = TypeAliasType("ErrorCode", str)


class ErrorObject(TypedDict):
    """A refusal, for programs and for people."""

    type: Literal[
        "invalid_request_error",
        "authentication_error",
        "permission_error",
        "payment_required_error",
        "idempotency_error",
        "rate_limit_error",
        "api_error",
    ]
    """What kind of trouble it is, for handling a whole class of codes alike."""

    code: ErrorCode | str
    """What went wrong, for programs. Codes may be added; treat one that you do not know by its `type`."""

    message: str
    """What went wrong and what to do next, for people."""

    param: str | None
    """The field that is to blame."""

    request_id: str | None
    """The id of the request, as in `X-Request-Id`. Quote it to support."""

    doc_url: str
    """Where the code is explained."""


class ErrorShape(TypedDict):
    """How every refusal is told, whatever its status."""

    error: ErrorObject
    """What went wrong."""


class QuoteShape(TypedDict):
    """What a transcription would cost."""

    object: Literal["quote"]
    """What this is."""

    pipeline_code: PipelineCode | str
    """The pipeline it is about."""

    duration_seconds: float | None
    """How long the recording is; null where only the whole file would tell."""

    is_estimate: bool
    """Whether the length is what the file's header says, instead of counted."""

    price_per_minute_usd: Usd
    """The price of a minute, charged by the second."""

    total_usd: Usd | None
    """The price; null where the length is unknown."""

    affordable: bool
    """Whether it could be created now: wallet, monthly cap and max_cost_usd allow it."""

    warnings: Warnings
    """Why the length is unknown, or what stands in the way."""


class WordShape(TypedDict):
    """One spoken word. Times are seconds from the beginning of the recording."""

    start: float
    """When it begins."""

    end: float
    """When it ends."""

    word: str
    """The word, with its punctuation."""

    confidence: float | None
    """How sure the engine is, from 0 to 1, where it says so."""


class SegmentShape(TypedDict):
    """A stretch of the transcript by one speaker. Times are seconds from the beginning of the recording."""

    id: str
    """`seg_0` and so on, in time order."""

    start: float
    """When it begins."""

    end: float
    """When it ends."""

    text: str
    """What was said."""

    speaker: str | None
    """The label of who said it, as in `speakers`."""

    confidence: float | None
    """How sure the engine is, from 0 to 1, where it says so."""

    words: list[WordShape] | None
    """The words, where the pipeline times them."""


class SpeakerShape(TypedDict):
    """Somebody who speaks in a recording."""

    id: str
    """The label that segments carry: `S1`, `S2` and so on."""

    name: str
    """The name that was given to them, else the label."""

    seconds: float
    """How long they speak."""


class Quality(TypedDict):
    """How much of the speech was transcribed."""

    media_seconds: float
    """How long the recording is."""

    speech_seconds: float
    """How much of it is speech."""

    transcribed_seconds: float
    """How much of the speech has text."""

    coverage: float
    """The part of the speech that has text, from 0 to 1."""


class EngineNotes(TypedDict):
    """What the transcript was made with."""

    model: str | None
    """The model."""

    word_times: Literal["measured", "estimated", "none"] | None
    """Whether the times of words were heard by the engine, or spread over their segment."""


class ResultShape(TypedDict):
    """What was said, and what was understood of it."""

    id: str
    """The transcription it is the result of."""

    revision: int
    """The revision of the transcript; edits name it."""

    text: str
    """All that was said."""

    language: str | None
    """What is spoken; null where nothing is."""

    duration_seconds: float
    """How long the recording is."""

    pipeline_code: PipelineCode | str
    """How it was transcribed."""

    speakers: list[SpeakerShape]
    """Who speaks, in order of appearance."""

    segments: list[SegmentShape]
    """What was said, in time order."""

    quality: Quality
    """How much of it was transcribed."""

    chapters: list[Chapter]
    """Its parts; empty until they are made."""

    topics: list[Topic]
    """What it is about; empty until that is found."""

    summary: Summary
    """It in short; empty until it is made."""

    understanding: Understanding
    """Who wrote the chapters, topics and summary."""

    engine: EngineNotes
    """What the transcript was made with."""


class ProgressEvent(TypedDict):
    """The data of a `progress` event."""

    stage: Stage | None
    """Where it is; null once it is final."""

    progress: float
    """From 0 to 1."""


class SegmentsEvent(TypedDict):
    """The data of a `segments` event."""

    segments: list[SegmentShape]
    """Those that became known since the last such event. One whose id was sent before replaces it."""


class PipelineShape(TypedDict):
    """A way of transcribing, and what it costs."""

    code: PipelineCode
    """What to name in `pipeline_code`."""

    name: str
    """What to call it before people."""

    provider: str
    """Who runs it; `local` is this service itself."""

    available: bool
    """Whether it is set up on this service."""

    price_per_minute_usd: Usd
    """The list price of a minute."""

    your_price_per_minute_usd: Usd
    """The price on the account's plan."""

    languages: list[str]
    """The languages it knows, by their codes."""

    diarization: bool
    """Whether it tells speakers apart."""

    word_timestamps: bool
    """Whether it times words."""

    vocabulary: bool
    """Whether it takes names and terms to favour."""

    max_duration_seconds: int
    """The longest recording it takes."""

    max_size_bytes: int
    """The largest file it takes."""


class UploadShape(TypedDict):
    """Leave to send one file."""

    id: str
    """`up_…`, to be named in `upload_id`."""

    object: Literal["upload"]
    """What this is."""

    status: Literal["pending", "complete"]
    """`complete` once the bytes have arrived."""

    filename: str
    """The file's name."""

    content_type: str
    """Its media type."""

    size_bytes: int
    """Its exact size."""

    method: Literal["PUT"]
    """The method to send the bytes with."""

    url: str | None
    """Where to send the bytes, without a key. Each answer has a fresh one while they are awaited; null once they are
    there, and for an upload in parts."""

    headers: dict[str, str]
    """The headers to send along, exactly these."""

    expires_at: Timestamp
    """Until when the bytes may be sent."""

    max_size_bytes: int
    """The largest file this service takes."""

    part_size_bytes: int | None
    """The size of each part but the last; null unless it goes in parts."""

    parts_count: int | None
    """How many parts there are, numbered from 1."""

    parts_received: list[int] | None
    """The numbers of the parts that have arrived; the others are still to be sent."""


class UploadPartShape(TypedDict):
    """Leave to send one part of an upload."""

    part_number: int
    """Which part it is, from 1 on."""

    method: Literal["PUT"]
    """The method to send the bytes with."""

    url: str
    """Where to send the bytes of this part, without a key."""

    headers: dict[str, str]
    """The headers to send along, exactly these."""

    size_bytes: int
    """How many bytes it has. It begins `part_size_bytes` after the part before it."""

    expires_at: Timestamp
    """Until when they may be sent. A new address can be had at any time."""


class AccountShape(TypedDict):
    """Whose key it is."""

    id: str
    """`acct_…`"""

    email: str
    """The address it signs in with."""

    plan: Literal["free", "pro"]
    """What it pays by."""


class KeyShape(TypedDict):
    """The key that this was asked with."""

    id: str
    """`key_…`"""

    name: str
    """What it was called when it was made."""

    last_four: str
    """Its last four characters."""


class Wallet(TypedDict):
    """The account's money."""

    monthly_credit_usd: Usd
    """What is left of the month's credit, which is spent first."""

    top_up_usd: Usd
    """What is left of top-ups."""

    held_usd: Usd
    """What is set aside for transcriptions at work; counted in neither of the two."""

    available_usd: Usd
    """What can be spent: credit and top-ups together."""


class Month(TypedDict):
    """The calendar month, in UTC."""

    spent_usd: Usd
    """What was charged in it."""

    cap_usd: Usd | None
    """What may be spent in it at most; null where there is no cap."""

    resets_at: Timestamp
    """When the next one begins."""


class UsageShape(TypedDict):
    """What was transcribed and spent in one group."""

    group: str
    """The day, the pipeline's code or the key's id; `dashboard` for what came from no key."""

    transcriptions: int
    """How many were charged."""

    seconds: float
    """How long their recordings are together."""

    spent_usd: Usd
    """What they cost."""


class MeShape(TypedDict):
    """Who the key belongs to, and what there is to spend."""

    account: AccountShape
    """Whose key it is."""

    api_key: KeyShape
    """The key that this was asked with."""

    wallet: Wallet
    """The account's money."""

    month: Month
    """The calendar month, in UTC."""


class ListShape(TypedDict, Generic[Item]):
    """One page of a list."""

    data: list[Item]
    """The rows of this page."""

    has_more: bool
    """Whether another page follows."""

    next_cursor: str | None
    """What to send as `cursor` for the next page; null on the last."""
