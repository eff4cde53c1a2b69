"""Reading what a client sent: JSON, form and query alike, typed, with every wrong field found at once."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar

from flask import request
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError
from typing_extensions import TypeAliasType

from billing.prices import MICROUSD_PER_CENT, dollars
from errors import Invalid, InvalidJson, MissingField, UnknownField, UnsupportedMediaType
from exports.options import Options, Preset, limits_of
from handlers.activities import About
from handlers.library import Sort
from handlers.listing import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE
from handlers.operators import JobState
from handlers.payments import LEAST_TOP_UP_CENTS, MOST_TOP_UP_CENTS
from handlers.spending import Grouping
from handlers.tags import MOST_TAGS
from handlers.uploads import PARTS_AT_ONCE
from models import Actor, RevisionKind, Status
from rendering.shapes import PipelineCode, Retention, Source
from speech.pipelines import IMPORT_CODE

Model = TypeVar("Model", bound=BaseModel)

HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]{0,4096}")
OUR_OWN_HEADERS = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "host",
        "if-range",
        "range",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
FIELD_OF_SOURCE = {"external_url": "url", "upload": "upload_id", "transcript": "transcript"}
KINDS_OF_EDITS = frozenset(RevisionKind)
CLASSES: dict[str, type[Invalid]] = {"extra_forbidden": UnknownField, "missing": MissingField}


def _storable(text: str) -> str:
    """Text that the database and JSON can carry: no NUL, no half of a surrogate pair."""
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("contains a character that cannot be stored")
    return text


# The constraints come first: behind a validator, pydantic would measure a length before it strips.
STORABLE = AfterValidator(_storable)
Text = Annotated[str, STORABLE]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), STORABLE]
Label = Annotated[str, StringConstraints(min_length=1, max_length=40), STORABLE]
LabelValue = Annotated[str, StringConstraints(max_length=500), STORABLE]
SpeakerName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100), STORABLE]
Labels = Annotated[dict[Label, LabelValue], Field(max_length=50)]
# Neither commas, which separate them, nor line ends.
TagName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^,\x00-\x1f\x7f]+$"),
    STORABLE,
]
Tags = Annotated[list[TagName], Field(max_length=MOST_TAGS)]
# One of a list that was split at its commas.
ListedTag = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]+$"), STORABLE
]


def _written_out(value: Any) -> Any:
    """Refuses a number, which would be taken for seconds since 1970: the document says dates."""
    if isinstance(value, str) and not re.match(r"\d{4}-\d\d-\d\d", value):
        raise ValueError("this should be written like 2026-11-22 or 2026-11-22T08:00:00Z")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_written_out)]
# Has a name of its own in the API's document.
ExportFormat = TypeAliasType(
    "ExportFormat",
    Literal[
        "srt", "vtt", "vtt_karaoke", "txt", "md", "docx", "pdf", "csv", "json", "chapters_youtube", "chapters_podcast"
    ],
)
Language = Annotated[str, StringConstraints(pattern=r"^(auto|[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3})$")]


def _forwardable(headers: dict[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not HEADER_NAME.fullmatch(name) or name.lower() in OUR_OWN_HEADERS:
            raise ValueError(f"{name!r} is not a header that can be sent along")
        if not HEADER_VALUE.fullmatch(value):
            raise ValueError(f"the value of {name!r} is not a header value")
    return headers


def never_null(schema: dict[str, Any]) -> None:
    """Describe a field that may be left out, but not be null."""
    schema.update(next(choice for choice in schema.pop("anyOf") if choice != {"type": "null"}))


def _filled_in(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


class Input(BaseModel):
    """Unknown fields are refused: a typo must not be silently ignored."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False, use_attribute_docstrings=True)


class BroughtTranscript(Input):
    """A transcript that was made elsewhere."""

    format: Literal["srt", "vtt", "json"]
    """How it is written. JSON is `{"segments": [{"start", "end", "text", "speaker"?}]}`, or a result of this API."""

    content: Annotated[str, StringConstraints(min_length=1)]
    """The file as it is, as one string."""


class RetentionWish(Input):
    """What becomes of the recording. The transcript stays in any case."""

    media: Retention
    """`keep` until it is deleted, `after_success` until it has been transcribed, or so many hours after the end.
    What failed keeps its recording with `after_success`, to be tried again."""


class NewTranscription(Input):
    """What to transcribe, and how."""

    source: Source
    """Where it comes from: the recording at the address in `url`, or of the upload in `upload_id`, or the finished
    transcript in `transcript`, to be understood and searched with no audio and no charge."""

    url: Text | None = None
    """With `external_url`: the http or https address of the recording. Redirects are followed."""

    url_headers: Annotated[dict[str, str], Field(max_length=5), AfterValidator(_forwardable)] | None = None
    """With `external_url`: request headers for a private source, such as Authorization. Never shown, and kept only as
    long as the recording may have to be fetched."""

    upload_id: Text | None = None
    """With `upload`: an upload that holds its bytes and was not used before."""

    transcript: BroughtTranscript | None = None
    """With `transcript`: the transcript itself."""

    pipeline_code: Annotated[PipelineCode, STORABLE] | None = None
    """How to transcribe it. Left out, the account's default pipeline is taken."""

    language: Language = "auto"
    """What is spoken, as a BCP-47 tag such as `en` or `de-CH`, or `auto` to find out."""

    diarize: Annotated[bool, Field(strict=True)] = True
    """Whether to tell the speakers apart, where the pipeline can."""

    speakers_expected: Annotated[int, Field(ge=1, le=20, strict=True)] | None = None
    """How many people speak, where that is known."""

    vocabulary: Annotated[list[Line], Field(max_length=100)] = []
    """Names and terms to favour, where the pipeline can."""

    title: Line | None = None
    """What to call it. Left out, it is called after its file."""

    metadata: Labels = {}
    """Pairs of strings of your own, returned as they were given."""

    tags: Tags = []
    """Words to find it by, in lists and on the dashboard. Those that differ only in their case are one."""

    max_cost_usd: Annotated[Decimal, Field(ge=0, le=1_000_000, decimal_places=6)] | None = None
    """Refuse rather than spend more US dollars than this on it. Best sent as a string."""

    webhook_url: Text | None = None
    """The https address that is told when this transcription becomes final, besides the account's endpoints. The answer
    has the secret that its events are signed with, this once."""

    retention: RetentionWish | None = None
    """How long the recording is kept. Left out, as the account says (Settings, Account), which is for ever at first."""

    @model_validator(mode="after")
    def _has_its_source(self) -> Self:
        wanted = FIELD_OF_SOURCE[self.source]
        if getattr(self, wanted) is None:
            raise PydanticCustomError("missing", f"{wanted} is required with source {self.source}", {"field": wanted})
        given = {name for name in FIELD_OF_SOURCE.values() if getattr(self, name) is not None}
        if self.url_headers and wanted != "url":
            given.add("url_headers")
        if wanted == "transcript" and self.pipeline_code not in (None, IMPORT_CODE):
            given.add("pipeline_code")
        for foreign in sorted(given - {wanted}):
            raise PydanticCustomError("foreign", f"{foreign} does not go with source {self.source}", {"field": foreign})
        return self


class NewUpload(Input):
    """The file that is to be uploaded. Bytes that differ from this are refused."""

    filename: Annotated[Text, StringConstraints(min_length=1, max_length=255)]
    """The file's name, which becomes the title of its transcription unless another is given."""

    content_type: Annotated[str, StringConstraints(pattern=r"^[\w.+-]{1,60}/[\w.+-]{1,60}$")]
    """The file's media type, such as `audio/mpeg`."""

    size_bytes: Annotated[int, Field(ge=1, strict=True)]
    """The file's exact size."""

    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    """The file's SHA-256 in lower-case hexadecimal. Of a file in one piece, other bytes are refused on arrival; of one
    in parts they are found when it is read, and the transcription fails with `upload_corrupted`."""

    multipart: Annotated[bool, Field(strict=True)] = False
    """Whether to send it in parts: for large files, and wherever the connection may break. Required above 5 GiB."""


class WantedParts(Input):
    """The parts that are to be sent next."""

    part_numbers: Annotated[
        list[Annotated[int, Field(ge=1, strict=True)]], Field(min_length=1, max_length=PARTS_AT_ONCE)
    ]
    """Their numbers, from 1 to the upload's `parts_count`."""

    md5: list[Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]] | None = None
    """The MD5 of each of these parts, in the same order, in lower-case hexadecimal, to be checked on arrival."""

    @model_validator(mode="after")
    def _has_each_once(self) -> Self:
        if len(set(self.part_numbers)) < len(self.part_numbers):
            raise PydanticCustomError("repeated", "part_numbers names a part twice", {"field": "part_numbers"})
        if self.md5 is not None and len(self.md5) != len(self.part_numbers):
            raise PydanticCustomError("uneven", "md5 takes one checksum for each part", {"field": "md5"})
        return self


class TranscriptionChanges(Input):
    """What to change; whatever is left out stays as it is."""

    title: Annotated[Line | None, Field(json_schema_extra=never_null)] = None
    """Another title."""

    metadata: Labels | None = None
    """Other metadata, in place of all there was."""

    tags: Tags | None = None
    """Other tags, in place of all there were."""

    speakers: dict[Label, SpeakerName] | None = None
    """Names by the label of the result, such as `{"S1": "Ada"}`. An empty name brings the label back."""


class NewApiKey(Input):
    name: Annotated[Line, StringConstraints(max_length=100)]


class Checkout(Input):
    """What leads to paying: a token of the page it was on, so that a double click is one checkout."""

    attempt: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


class TopUp(Checkout):
    TAKES: ClassVar[str] = (
        f"An amount from {dollars(LEAST_TOP_UP_CENTS * MICROUSD_PER_CENT)} "
        f"to {dollars(MOST_TOP_UP_CENTS * MICROUSD_PER_CENT)}, in dollars and whole cents."
    )

    amount_usd: Annotated[
        Decimal,
        Field(ge=Decimal(LEAST_TOP_UP_CENTS) / 100, le=Decimal(MOST_TOP_UP_CENTS) / 100, decimal_places=2),
    ]

    @property
    def amount_cents(self) -> int:
        return int(self.amount_usd * 100)


class MonthlyCap(Input):
    """Empty is no cap; a form that lacks the field is refused, or it would lift the cap unasked."""

    TAKES: ClassVar[str] = "An amount of 0 or more in dollars, such as 25.00, or nothing for no cap."

    monthly_cap_usd: Annotated[
        Annotated[Decimal, Field(ge=0, le=1_000_000, decimal_places=6)] | None, BeforeValidator(_filled_in)
    ]

    @property
    def cap_microusd(self) -> int | None:
        return None if self.monthly_cap_usd is None else int(self.monthly_cap_usd * 1_000_000)


def _whole_number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value


class MediaRetention(Input):
    """What the account wants for recordings that come without a wish of their own."""

    media: Annotated[Retention, BeforeValidator(_whole_number)]


class Pipelines(Input):
    """Which pipeline is taken when none is named, and which are asked in turn when it fails."""

    default_pipeline_code: Text | None = None
    fallback_1: Text | None = None
    fallback_2: Text | None = None
    fallback_3: Text | None = None

    @property
    def fallbacks(self) -> list[str]:
        return [code for code in (self.fallback_1, self.fallback_2, self.fallback_3) if code is not None]


class Nothing(Input):
    """The body of a POST that takes no fields: empty, or an empty object."""


def listed(value: Any) -> Any:
    """What is written as "a, b" as a list; each once, in the order given."""
    parts = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
    return list(dict.fromkeys(filter(None, parts))) if isinstance(parts, list) else parts


class PageQuery(Input):
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE)] = DEFAULT_PAGE_SIZE
    """How many to return at most."""

    cursor: Text | None = None
    """The `next_cursor` of the page before."""


class ActivityQuery(PageQuery):
    about: About | None = None
    """Only what was done to things of this kind."""


class AdminActivityQuery(ActivityQuery):
    account: Text | None = None
    """Only what was done to this account's things, by its public id."""

    actor: Actor | None = None
    """Only what these did."""


class AdminAccountsQuery(PageQuery):
    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=320), STORABLE] | None = None
    """Part of an e-mail address, or the id of an account, key, transcription or movement."""


class AdminJobsQuery(PageQuery):
    state: JobState = JobState.WAITING
    account: Text | None = None
    done: Text | None = None


class Adjustment(Checkout):
    """Credit that an operator gives, or takes out again."""

    TAKES: ClassVar[str] = "An amount of more than 0 in dollars, such as 2.50."

    direction: Literal["credit", "debit"]
    amount_usd: Annotated[Decimal, Field(gt=0, le=1_000_000, decimal_places=6)]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500), STORABLE]
    """Shown to the owner."""

    @property
    def change_microusd(self) -> int:
        amount = int(self.amount_usd * 1_000_000)
        return amount if self.direction == "credit" else -amount


class SearchFilters(Input):
    """What to look for, and where."""

    q: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), STORABLE]
    """What to look for: words, a phrase, or a question."""

    limit: Annotated[int, Field(ge=1, le=50)] = 10
    """How many moments to return at most."""

    speaker: SpeakerName | None = None
    """Only what this person says, by the name that is shown, else by the label."""


class SearchQuery(SearchFilters):
    transcription_id: Text | None = None
    """Only in this transcription. Left out, the whole library is searched."""

    pipeline_code: Text | None = None
    """Only in those of this pipeline, also of one that is not there any more."""

    created_after: Moment | None = None
    """Only in those made after this time; it names its time zone."""

    created_before: Moment | None = None
    """Only in those made before this time; it names its time zone."""

    title: Text | None = None
    """Only in those whose title contains this, in whatever case."""


class QuestionToOne(Input):
    """A question to one transcription."""

    question: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000), STORABLE]
    """What you want to know."""


class NewQuestion(QuestionToOne):
    """A question to some transcriptions, or to all there are."""

    transcription_ids: Annotated[list[Text], Field(min_length=1, max_length=100)] | None = None
    """Which to answer it from. Left out, the whole library is asked."""


class TranscriptionQuery(PageQuery):
    status: Status | None = None
    """Only those with this status."""

    pipeline_code: Text | None = None
    """Only those of this pipeline, also of one that is not there any more."""

    created_after: Moment | None = None
    """Only those made after this time; it names its time zone."""

    created_before: Moment | None = None
    """Only those made before this time; it names its time zone."""

    q: Text | None = None
    """Only those whose title contains this, in whatever case."""

    language: Text | None = None
    """Only those in which this language was heard, as their `language` says it."""

    tag: Annotated[list[ListedTag], Field(min_length=1, max_length=MOST_TAGS), BeforeValidator(listed)] | None = None
    """Only those with this tag, in whatever case; with all of several that are separated by commas."""

    metadata: Labels = {}
    """Only those with all these pairs: `metadata[customer]=42`."""

    sort: Sort = Sort.NEWEST
    """What comes first: the `newest`, the `oldest`, the first by `title`, the `longest`, or what `finished` last, after
    what is not finished yet. A cursor belongs to its sort."""


def _day(value: Any) -> Any:
    """A day, or the UTC day of a time."""
    if isinstance(_written_out(value), str) and "T" in value:
        moment: datetime = TypeAdapter(AwareDatetime).validate_python(value)
        return moment.astimezone(UTC).date()
    return value


class UsageQuery(Input):
    """Days in UTC, both included."""

    model_config = ConfigDict(validate_by_alias=True)

    first: Annotated[date | None, BeforeValidator(_day), Field(alias="from")] = None
    """The first UTC day, or a time in it. Left out, the first of the last day's month."""

    last: Annotated[date | None, BeforeValidator(_day), Field(alias="to")] = None
    """The last UTC day, or a time in it, at most a year after the first. Left out, today."""

    group_by: Grouping = "day"
    """What one row is about."""


class ExportOptions(Input):
    """How to write it. An option that a format has no use for changes nothing there."""

    preset: Preset = Preset.BROADCAST
    """The limits of captions. `broadcast`: 2 lines of 42 characters, up to 7 seconds and 20 characters a second, after
    Netflix's and the BBC's guides; `social`: a line of 24, up to 3 seconds and 25 a second; `plain`: 2 lines of 80, up
    to 12 seconds and 30 a second. Wide characters (Chinese, Japanese, Korean) count as two."""

    max_chars_per_line: Annotated[int, Field(ge=10, le=100)] | None = None
    """Characters in a line of a caption at most, in place of the preset's. A longer word has a line of its own."""

    max_lines: Annotated[int, Field(ge=1, le=4)] | None = None
    """Lines of a caption at most, in place of the preset's."""

    max_seconds: Annotated[float, Field(ge=1, le=20)] | None = None
    """Seconds that a caption is shown at most, in place of the preset's."""

    max_chars_per_second: Annotated[float, Field(ge=5, le=60)] | None = None
    """How fast a caption may have to be read, in place of the preset's. Where people speak faster, this gives way."""

    speakers: bool | None = None
    """Whether to say who speaks. Left out, every format does but SRT."""

    timestamps: bool = True
    """Whether text, Markdown, Word, PDF and tables say when it is said."""

    def options(self) -> Options:
        """The options as the exports take them."""
        limits = limits_of(
            self.preset,
            max_chars_per_line=self.max_chars_per_line,
            max_lines=self.max_lines,
            max_seconds=self.max_seconds,
            max_chars_per_second=self.max_chars_per_second,
        )
        return Options(limits, self.speakers, self.timestamps)


class ExportQuery(ExportOptions):
    format: ExportFormat
    """What kind of file."""


class ExportsQuery(ExportOptions):
    transcription_ids: Annotated[list[Text], Field(min_length=1, max_length=100), BeforeValidator(listed)]
    """Which transcriptions, separated by commas; all of them completed."""

    formats: Annotated[list[ExportFormat], Field(min_length=1), BeforeValidator(listed)]
    """Which kinds of files of each, separated by commas."""


class WaitQuery(Input):
    timeout: Annotated[float, Field(ge=0, le=60)] = 45
    """How many seconds to wait at most. While too many others wait, the answer comes at once."""


def read_json(model: type[Model]) -> Model:
    """The body as a model; a body that is missing counts as an empty object."""
    if request.get_data(cache=True) == b"":
        return read(model, {})
    if not request.is_json:
        raise UnsupportedMediaType()
    try:
        body = request.get_json()
    except Exception:
        raise InvalidJson() from None
    if not isinstance(body, dict):
        raise InvalidJson("The body must be one JSON object.")
    return read(model, body)


def read_query(model: type[Model]) -> Model:
    """The query string as a model."""
    return read(model, query_values())


def query_values() -> dict[str, Any]:
    """The values of the query string by their names; `metadata[k]=v` is one of the pairs of `metadata`."""
    values: dict[str, str] = {}
    pairs: dict[str, dict[str, str]] = {}
    for name, value in request.args.items():
        match = re.fullmatch(r"(\w+)\[(.+)\]", name)
        if match:
            pairs.setdefault(match[1], {})[match[2]] = value
        else:
            values[name] = value
    return {**pairs, **values}  # Given in both ways, the plain value stays, and is refused.


def read(model: type[Model], values: dict[str, Any]) -> Model:
    """The values as a model, or one Invalid that names every wrong field; the first decides code and `param`."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
    first = details[0]
    fields: dict[str, str] = {}
    for detail in details:
        fields.setdefault((_param(detail) or "").partition(".")[0], _message(detail))
    kind = CLASSES.get(first["type"], Invalid)
    raise kind(_message(first), param=_param(first), fields=fields)


def _param(detail: ErrorDetails) -> str | None:
    if not detail["loc"]:
        return detail.get("ctx", {}).get("field")
    parts = [part for part in detail["loc"] if part not in ("[key]", "function-after")]
    # Which of the edits of a list it is stands in the edit itself.
    kinds = {at for at in range(1, len(parts)) if isinstance(parts[at - 1], int) and parts[at] in KINDS_OF_EDITS}
    return ".".join(str(part) for at, part in enumerate(parts) if at not in kinds) or None


def _message(detail: ErrorDetails) -> str:
    name = _param(detail)
    if detail["type"] == "extra_forbidden":
        return f"There is no field {name}. Check its spelling; the documentation lists the fields."
    if detail["type"] == "missing":
        return f"{name} is required."
    return f"{name}: {detail['msg'].removeprefix('Value error, ')}."
