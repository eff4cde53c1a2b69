"""The JSON of a transcription, typed: what the API answers, what events carry, and what both documents describe.

TypedDict comes from typing_extensions because pydantic can read no other before Python 3.12.
"""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field, GetPydanticSchema, WithJsonSchema
from typing_extensions import TypeAliasType, TypedDict

from models import MOST_HOURS_KEPT, Status


def described_as(kind: Any) -> GetPydanticSchema:
    """Has the document describe another type than the static one, which is how rows happen to hold it."""
    return GetPydanticSchema(lambda _, schema_of: schema_of(kind))


# Schemas with a name of their own. The document lists what the codes may be.
PipelineCode = TypeAliasType("PipelineCode", str)
FailureCode = TypeAliasType("FailureCode", str)
Source = TypeAliasType("Source", Literal["external_url", "upload", "transcript"])
Retention = TypeAliasType(
    "Retention", Literal["keep", "after_success"] | Annotated[int, Field(ge=1, le=MOST_HOURS_KEPT, strict=True)]
)
ArtifactStatus = TypeAliasType("ArtifactStatus", Literal["pending", "ready", "failed"])
Stage = TypeAliasType("Stage", Literal["queued", "fetching", "transcribing", "understanding"])
Usd = TypeAliasType(
    "Usd",
    Annotated[
        str, Field(pattern=r"^-?\d+\.\d{6}$", description="US dollars, exact to the millionth.", examples=["0.047500"])
    ],
)

Timestamp = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]


class Cost(TypedDict):
    """What a transcription costs."""

    quoted_usd: Usd | None
    """The price, held since the length became known; null until then."""

    charged_usd: Usd | None
    """What was charged in the end; null while it is processing, nothing for a failed one or silence."""

    price_per_minute_usd: Usd
    """The price of a minute when it was created. It is charged by the second."""


class Failure(TypedDict):
    """Why a transcription failed."""

    code: FailureCode | str
    """What went wrong, for programs. Codes may be added."""

    message: str
    """What went wrong and what to do next, for people."""


class WarningShape(TypedDict):
    """Something worth knowing that stopped nothing."""

    code: str
    """What it is about: `no_speech`, `low_coverage`, `speakers_unknown`, `fell_back`, `media_truncated`; of a quote
    also `length_unknown` and the codes of the errors that creating it would come to."""

    message: str
    """The same for people."""


Warnings = Annotated[list[dict[str, str]], described_as(list[WarningShape])]


class Artifacts(TypedDict):
    """How far each thing is that is made of a recording."""

    transcript: ArtifactStatus
    """The segments of the result."""

    chapters: ArtifactStatus
    """The chapters of the result."""

    topics: ArtifactStatus
    """The topics of the result."""

    summary: ArtifactStatus
    """The summary of the result."""

    search: ArtifactStatus
    """Whether it can be searched."""


class Recording(TypedDict):
    """How long the recording is kept, and whether it is there."""

    media: Retention
    """`keep`, `after_success`, or so many hours after the end."""

    media_available: bool
    """Whether the recording is there, to be played and tried again."""

    media_expires_at: Timestamp | None
    """When it will be deleted, where that is known."""


class Links(TypedDict):
    """Where more is to be found."""

    self: str
    """This transcription."""

    result: str
    """Its result, once it is completed."""

    dashboard: str
    """Its page, for people who are signed in."""


class TranscriptionShape(TypedDict):
    """A job and its outcome."""

    id: str
    """`tr_…`; ids sort by creation time."""

    object: Literal["transcription"]
    """What this is."""

    status: Annotated[Literal["processing", "completed", "failed"], described_as(Status)]
    """`completed` and `failed` are final. A canceled one is failed with the code `canceled`."""

    stage: Stage | None
    """Where a processing one is; null once it is final."""

    progress: float
    """From 0 to 1; it never goes back."""

    queue_position: int | None
    """Its place in the line where a processing one waits for a worker: 1 is next, and 1000 stands for all places from
    there on. Accounts take turns, so those of others that come later may still be begun before it. Null while it is
    being worked on, once it is final, and in the answer to the request that made it."""

    title: str
    """What it is called."""

    source: Source
    """Where the recording came from."""

    url: NotRequired[str]
    """The address, where it came from one."""

    upload_id: NotRequired[str]
    """The upload, where it came from one."""

    pipeline_code: PipelineCode | str
    """How it is transcribed. An older one may name a pipeline that has been retired."""

    language: str | None
    """What is spoken, once that is known."""

    duration_seconds: float | None
    """How long the recording is, once that is known."""

    speakers_count: int | None
    """How many people speak, where the pipeline tells them apart."""

    cost: Cost
    """What it costs."""

    error: Failure | None
    """Why it failed; null unless it did."""

    warnings: Warnings
    """What is worth knowing about it."""

    artifacts: Artifacts
    """What has been made of it."""

    revision: int
    """How often its transcript was edited; 0 is as heard."""

    metadata: dict[str, str]
    """The pairs it was given."""

    tags: list[str]
    """The words it was given to be found by, in alphabetical order."""

    retention: Recording
    """How long its recording is kept."""

    trashed_at: Timestamp | None
    """When it was put into the trash; null where it is not there."""

    api_key_id: str | None
    """The key it was created with; null where it came from the dashboard."""

    created_at: Timestamp
    """When it was accepted."""

    started_at: Timestamp | None
    """When work on it began."""

    completed_at: Timestamp | None
    """When it became final."""

    links: Links
    """Where more is to be found."""

    webhook_secret: NotRequired[str]
    """The secret that signs what is sent to its `webhook_url`, `whsec_…`. Only in the answer to the request that made
    the transcription; keep it."""
