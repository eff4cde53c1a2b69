"""Transcripts in JSON: our own export, and any object with `segments` that have a start, an end and a text."""

import json
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from speech.imports.bounds import LONGEST_SECONDS, Unreadable, check_length, check_number, check_times, plain
from speech.imports.found import Found, language_tag
from speech.transcript import Segment, Word

Seconds = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]
Text = Annotated[str, BeforeValidator(lambda value: plain(value) if isinstance(value, str) else value)]

MESSAGES = {"model_type": "Input should be an object", "missing": "This field is required"}


class _Word(BaseModel):
    start: Seconds
    end: Seconds
    word: Text
    confidence: Share | None = None


class _Segment(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    start: Seconds
    end: Seconds
    text: Text
    speaker: Text | None = None
    confidence: Share | None = None
    words: list[_Word] | None = Field(default=None, fail_fast=True)


class _Speaker(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: Text
    name: Text | None = None


class _Export(BaseModel):
    """Unknown keys are passed over, at every level."""

    segments: list[_Segment] = Field(fail_fast=True)
    language: Text | None = None
    duration_seconds: Annotated[Seconds, Field(le=LONGEST_SECONDS)] | None = None
    speakers: list[_Speaker] | None = Field(default=None, fail_fast=True)


def read_json(content: str) -> Found:
    """The segments with their words, confidences and speakers, and the language. Raises Unreadable."""
    export = _export(_value(content))
    check_number(len(export.segments))
    return Found(
        list(_segments(export.segments)),
        language_tag(export.language),
        export.duration_seconds or 0.0,
        {speaker.id: speaker.name for speaker in export.speakers or () if speaker.name},
    )


def _value(content: str) -> Any:
    # Not pydantic's own reading, which refuses the lone surrogates that we replace.
    try:
        return json.loads(content)
    except json.JSONDecodeError as error:
        raise Unreadable(f"Line {error.lineno}, column {error.colno}: this is no JSON ({error.msg}).") from None
    except RecursionError:
        raise Unreadable("The JSON is nested too deeply.") from None
    except ValueError:
        raise Unreadable("A number in the JSON has too many digits.") from None


def _export(value: Any) -> _Export:
    if not isinstance(value, dict):
        raise Unreadable("The JSON should be an object with a list of segments.")
    try:
        return _Export.model_validate(value)
    except ValidationError as error:
        raise Unreadable(_sentence(error.errors(include_url=False, include_input=False)[0])) from None


def _sentence(fault: ErrorDetails) -> str:
    """The fault with its place, as `segments[3].start`. Neither holds anything of the content."""
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in fault["loc"]).removeprefix(".")
    return f"{place}: {MESSAGES.get(fault['type'], fault['msg'])}."


def _segments(segments: list[_Segment]) -> Iterator[Segment]:
    for number, said in enumerate(segments):
        where = f"segments[{number}]"
        check_times(where, said.start, said.end)
        check_length(where, len(said.text))
        if said.text:
            words = _words(where, said.words) if said.words else None
            yield Segment(said.start, said.end, said.text, words, said.speaker or None, said.confidence)


def _words(where: str, words: list[_Word]) -> tuple[Word, ...]:
    for number, word in enumerate(words):
        check_times(f"{where}.words[{number}]", word.start, word.end)
        check_length(f"{where}.words[{number}]", len(word.word))
    return tuple(Word(word.start, word.end, word.word, word.confidence) for word in words if word.word)
