"""What the tools take. The descriptions below the fields are what a language model reads."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from blueprints.inputs import Input, Language, Line, NewQuestion, PageQuery, SearchFilters, Text
from models import Status

LONGEST_WAIT_SECONDS = 50
PAGE_CHARACTERS = 8_000


class Transcribe(Input):
    url: Text | None = None
    """The http or https address of the recording itself. Either this or upload_id."""

    upload_id: Text | None = None
    """An upload (`up_…`) that was made with the service's API and holds its bytes. Either this or url."""

    title: Line | None = None
    """What to call it. Left out, it is called after its file."""

    language: Language = "auto"
    """What is spoken, as a BCP-47 tag such as `en`, or `auto` to find out."""

    diarize: bool = True
    """Whether to tell the speakers apart."""

    speakers_expected: Annotated[int, Field(ge=1, le=20)] | None = None
    """How many people speak, where that is known."""

    vocabulary: Annotated[tuple[Line, ...], Field(max_length=100)] = ()
    """Names and terms that may come up, so that they are spelled right."""

    pipeline_code: Text | None = None
    """Which pipeline transcribes it. Left out, the account's default."""

    max_cost_usd: Annotated[str, StringConstraints(pattern=r"^\d{1,6}(\.\d{1,6})?$")] | None = None
    """Refuse rather than spend more US dollars than this, such as `0.50`."""

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if (self.url is None) == (self.upload_id is None):
            raise PydanticCustomError("missing", "either url or upload_id is required", {"field": "url"})
        return self


class OfOne(Input):
    transcription_id: Text
    """The transcription's id, `tr_…`."""


class Wait(OfOne):
    timeout_seconds: Annotated[float, Field(ge=0, le=LONGEST_WAIT_SECONDS)] = 30
    """How many seconds to wait at most. Call it again while the status is `processing`."""


class Read(OfOne):
    start: Annotated[float, Field(ge=0)] | None = None
    """Begin here, in seconds. Left out, at the beginning."""

    end: Annotated[float, Field(ge=0)] | None = None
    """End here, in seconds. Left out, at the end."""

    cursor: Annotated[int, Field(ge=0)] | None = None
    """The `next_cursor` of the page before, to read on. It goes before `start`."""

    max_characters: Annotated[int, Field(ge=500, le=40_000)] = PAGE_CHARACTERS
    """About how many characters of text to return."""


class Search(SearchFilters):
    transcription_id: Text | None = None
    """Only in this transcription. Left out, the whole library is searched."""


class Ask(NewQuestion):
    pass


class Recent(PageQuery):
    q: Text | None = None
    """Only those whose title contains this, in whatever case."""

    status: Status | None = None
    """Only those with this status."""
