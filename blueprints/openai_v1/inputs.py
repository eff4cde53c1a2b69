"""The fields of OpenAI's request as a typed model: what they mean here, and which are refused."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from blueprints.inputs import STORABLE, Input, Language, Line
from blueprints.openai_v1.model_names import DIARIZING
from handlers.transcriptions import Options

ResponseFormat = Literal["json", "text", "srt", "verbose_json", "vtt", "diarized_json"]
STREAMED: tuple[ResponseFormat, ...] = ("json", "text", "diarized_json")
MAX_TERMS = 100
MAX_TERM_CHARACTERS = 60
MAX_TERM_WORDS = 4

NO_LOG_PROBABILITIES = "this service knows no log probabilities of tokens; leave it out"
NO_KNOWN_VOICES = (
    "voices cannot be matched with samples here; leave it out, and name the speakers afterwards with "
    "PATCH /api/v1/transcriptions/{id}"
)


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _refusal(reason: str) -> AfterValidator:
    """Of a field whose silence would mislead: whoever sends it counts on what cannot be done."""

    def refuse(values: tuple[str, ...]) -> tuple[str, ...]:
        if values:
            raise ValueError(reason)
        return values

    return AfterValidator(refuse)


def _chunking(strategy: Any) -> Any:
    if strategy != "auto" and not (isinstance(strategy, dict) and strategy.get("type") == "server_vad"):
        raise ValueError("takes auto, or an object of the type server_vad")
    return strategy


Listed = BeforeValidator(_listed)


class TranscriptionForm(Input):
    """`file` is read apart from these. `temperature` and `chunking_strategy` are checked, and change nothing here."""

    model: Line
    language: Language | None = None
    languages: Annotated[tuple[Language, ...], Field(max_length=20), Listed] = ()
    prompt: Annotated[str, StringConstraints(max_length=10_000), STORABLE] = ""
    keywords: Annotated[tuple[Line, ...], Field(max_length=MAX_TERMS), Listed] = ()
    response_format: ResponseFormat = "json"
    stream: bool = False
    timestamp_granularities: Annotated[tuple[Literal["word", "segment"], ...], Listed] = ()
    temperature: Annotated[float, Field(ge=0, le=1)] | None = None
    chunking_strategy: Annotated[Any, AfterValidator(_chunking)] = None
    include: Annotated[tuple[str, ...], Listed, _refusal(NO_LOG_PROBABILITIES)] = ()
    known_speaker_names: Annotated[tuple[str, ...], Listed, _refusal(NO_KNOWN_VOICES)] = ()
    known_speaker_references: Annotated[tuple[str, ...], Listed, _refusal(NO_KNOWN_VOICES)] = ()

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if self.timestamp_granularities and self.response_format != "verbose_json":
            raise PydanticCustomError(
                "foreign", "it goes with response_format verbose_json alone", {"field": "timestamp_granularities"}
            )
        if self.stream and self.response_format not in STREAMED:
            raise PydanticCustomError("foreign", "this response_format cannot be streamed", {"field": "stream"})
        return self

    @property
    def tells_speakers(self) -> bool:
        return self.response_format == "diarized_json" or self.model.endswith(DIARIZING)

    def options(self, pipeline_code: str) -> Options:
        """How the recording is to be transcribed. One of several languages cannot be promised, so it is found out."""
        only = self.languages[0] if len(self.languages) == 1 else "auto"
        return Options(
            pipeline_code=pipeline_code,
            language=self.language or only,
            diarize=self.tells_speakers,
            vocabulary=tuple(dict.fromkeys([*self.keywords, *terms_of(self.prompt)]))[:MAX_TERMS],
        )


def terms_of(prompt: str) -> list[str]:
    """The names and terms of a prompt that lists some, as OpenAI's guide advises for spelling; sentences are none."""
    parts = (part.strip().rstrip(".") for part in re.split(r"[,;\n\r]+", prompt))
    return [part for part in parts if 0 < len(part) <= MAX_TERM_CHARACTERS and len(part.split()) <= MAX_TERM_WORDS]
