"""The JSON of the API, typed. presenters.py makes these from rows."""

from typing import Any, Literal, NotRequired, TypedDict

ArtifactStatus = Literal["pending", "ready", "failed"]


class Cost(TypedDict):
    quoted_usd: str | None
    charged_usd: str | None
    price_per_minute_usd: str


class Failure(TypedDict):
    code: str
    message: str


class Artifacts(TypedDict):
    transcript: ArtifactStatus
    chapters: ArtifactStatus
    topics: ArtifactStatus
    summary: ArtifactStatus
    search: ArtifactStatus


class Links(TypedDict):
    self: str
    result: str
    dashboard: str


class TranscriptionShape(TypedDict):
    id: str
    object: Literal["transcription"]
    status: Literal["processing", "completed", "failed"]
    stage: Literal["queued", "fetching", "transcribing", "understanding"] | None
    progress: float
    title: str
    source: str
    url: NotRequired[str]
    upload_id: NotRequired[str]
    pipeline_code: str
    language: str | None
    duration_seconds: float | None
    speakers_count: int | None
    cost: Cost
    error: Failure | None
    warnings: list[dict[str, str]]
    artifacts: Artifacts
    metadata: dict[str, str]
    api_key_id: str | None
    created_at: str
    started_at: str | None
    completed_at: str | None
    links: Links


class QuoteShape(TypedDict):
    object: Literal["quote"]
    pipeline_code: str
    duration_seconds: float | None
    is_estimate: bool
    price_per_minute_usd: str
    total_usd: str | None
    affordable: bool
    warnings: list[dict[str, str]]


class WordShape(TypedDict):
    start: float
    end: float
    word: str
    confidence: float | None


class SegmentShape(TypedDict):
    id: str
    start: float
    end: float
    text: str
    speaker: str | None
    confidence: float | None
    words: list[WordShape] | None


class SpeakerShape(TypedDict):
    id: str
    name: str
    seconds: float


class Quality(TypedDict):
    media_seconds: float
    speech_seconds: float
    transcribed_seconds: float
    coverage: float


class Summary(TypedDict):
    short: str
    bullets: list[Any]


class Understanding(TypedDict):
    engine: str
    model: str | None


class EngineNotes(TypedDict):
    model: str | None
    word_times: Literal["measured", "estimated", "none"] | None


class ResultShape(TypedDict):
    id: str
    text: str
    language: str | None
    duration_seconds: float
    pipeline_code: str
    speakers: list[SpeakerShape]
    segments: list[SegmentShape]
    quality: Quality
    chapters: list[Any]
    topics: list[Any]
    summary: Summary
    understanding: Understanding
    engine: EngineNotes


class PipelineShape(TypedDict):
    code: str
    name: str
    provider: str
    available: bool
    price_per_minute_usd: str
    your_price_per_minute_usd: str
    languages: list[str]
    diarization: bool
    word_timestamps: bool
    vocabulary: bool
    max_duration_seconds: int
    max_size_bytes: int


class UploadShape(TypedDict):
    id: str
    object: Literal["upload"]
    status: Literal["pending", "complete"]
    filename: str
    content_type: str
    size_bytes: int
    method: Literal["PUT"]
    url: str | None
    headers: dict[str, str]
    expires_at: str
    max_size_bytes: int


class AccountShape(TypedDict):
    id: str
    email: str
    plan: str


class KeyShape(TypedDict):
    id: str
    name: str
    last_four: str


class Wallet(TypedDict):
    monthly_credit_usd: str
    top_up_usd: str
    held_usd: str
    available_usd: str


class Month(TypedDict):
    spent_usd: str
    cap_usd: str | None
    resets_at: str


class UsageShape(TypedDict):
    group: str
    transcriptions: int
    seconds: float
    spent_usd: str


class MeShape(TypedDict):
    account: AccountShape
    api_key: KeyShape
    wallet: Wallet
    month: Month


class ListShape(TypedDict):
    data: list[Any]
    has_more: bool
    next_cursor: str | None
