"""What a chat endpoint answers, whole or event by event, as far as we read it."""

import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, TypeVar

from pydantic import AliasChoices, BaseModel, BeforeValidator, Field, ValidationError
from pydantic_core import from_json

from insights.llm.faults import EmptyAnswer, LlmFailed, LlmUnavailable, ModelDeclined, OffSchema, Truncated, failure_of

M = TypeVar("M", bound=BaseModel)

CUT_SHORT = {"length", "model_length"}
THOUGHTS, END_OF_THOUGHTS = "<think>", "</think>"
FAULTS_TOLD = 8
# Databases take no NUL, in whichever spelling it comes.
NUL = re.compile(r"\\u0000|\x00")


def _only_text(content: object) -> object:
    """Mistral's thinking models say a list of chunks, of which some are text."""
    if isinstance(content, list):
        return "".join(str(part["text"]) for part in content if isinstance(part, dict) and part.get("type") == "text")
    return content or ""


class _Message(BaseModel):
    content: Annotated[str, BeforeValidator(_only_text)] = ""
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message | None = Field(None, validation_alias=AliasChoices("message", "delta"))
    finish_reason: str | None = None


class Usage(BaseModel):
    """What the operator pays for, where the server says so."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Said(BaseModel):
    """A whole answer, or one event of a stream. Keys that we do not know are passed over."""

    choices: list[_Choice] | None = None
    usage: Usage | None = None
    object: Any = None
    error: Any = None
    code: Any = None

    @property
    def text(self) -> str:
        return self._message.content

    @property
    def refusal(self) -> str | None:
        return self._message.refusal

    @property
    def finish_reason(self) -> str | None:
        return self.choices[0].finish_reason if self.choices else None

    @property
    def is_error(self) -> bool:
        return self.error is not None or self.object == "error"

    @property
    def _message(self) -> _Message:
        return (self.choices[0].message if self.choices else None) or _Message()


def whole_answer(body: bytes) -> Said:
    """The answer in the body of a success. Raises what the error in it means, where it holds one."""
    said = _read(body)
    if said.choices is None:
        raise _failure(said, body)
    return said


def events(lines: Iterable[bytes]) -> Iterator[Said]:
    """The events of a stream. Raises what an error among them means, and LlmUnavailable where it has no end."""
    has_ended = False
    for line in lines:
        content = line.removeprefix(b"data:").strip() if line.startswith(b"data:") else b""
        if content == b"[DONE]":
            return
        if not content:
            continue  # The end of an event, or a comment that keeps the connection alive.
        said = _read(content)
        if said.is_error:
            raise _failure(said, content)
        has_ended = has_ended or said.finish_reason is not None
        yield said
    if not has_ended:
        raise LlmUnavailable("the stream broke off")


def check_end(text: str, finish_reason: str | None, refusal: str | None) -> None:
    """Return if an answer ended well; raise Truncated, ModelDeclined, EmptyAnswer or LlmUnavailable if not."""
    if refusal or finish_reason == "content_filter":
        raise ModelDeclined("the model declines to answer")
    if finish_reason == "error":
        raise LlmUnavailable("the server failed while it answered")
    if finish_reason in CUT_SHORT:
        raise Truncated(text)
    if not text.strip():
        raise EmptyAnswer("the answer is empty")


def without_thoughts(text: str) -> str:
    """What a model says after it has thought, "" where it never came to that. The opening tag may be missing."""
    spoken = text.rpartition(END_OF_THOUGHTS)[2].lstrip()
    return "" if spoken.startswith(THOUGHTS) else spoken


class Spoken:
    """What a model says after it has thought, piece by piece. Thoughts without an opening tag are not recognised."""

    def __init__(self) -> None:
        self._held = ""
        self._is_speaking = False

    def add(self, piece: str) -> str:
        """What is to be shown now that `piece` has come."""
        if not self._is_speaking:
            self._held += piece
            piece = without_thoughts(self._held)
            self._is_speaking = not THOUGHTS.startswith(piece)
        return NUL.sub("", piece) if self._is_speaking else ""


def as_object(text: str, schema: type[M]) -> M:
    """The one JSON object in a text, with or without fences and words around it. Raises OffSchema."""
    braced = text[max(0, text.find("{")) : text.rfind("}") + 1]
    try:
        return schema.model_validate_json(NUL.sub("", braced))
    except ValidationError as error:
        # Without what was found: that is somebody's transcript.
        found = error.errors(include_input=False, include_url=False)
    kinds = ", ".join(sorted({fault["type"] for fault in found}))
    told = [f"{'.'.join(map(str, fault['loc'])) or 'the answer'}: {fault['msg']}" for fault in found[:FAULTS_TOLD]]
    raise OffSchema(f"the answer does not follow the schema: {kinds}", text, "; ".join(told))


def object_so_far(text: str) -> dict[str, Any]:
    """What there is of a JSON object that is still being written; empty before it begins."""
    try:
        found = from_json(text[max(0, text.find("{")) :], allow_partial="trailing-strings")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _read(content: bytes) -> Said:
    try:
        return Said.model_validate_json(content)
    except ValidationError as error:
        kinds = sorted({fault["type"] for fault in error.errors(include_input=False)})
        raise LlmUnavailable(f"the answer cannot be read: {', '.join(kinds)}") from None


def _failure(said: Said, content: bytes) -> LlmFailed:
    """An error that comes as a success carries its status inside, if it has one."""
    if not said.is_error:
        return failure_of(200, {}, content)
    code = said.error.get("code") if isinstance(said.error, dict) else said.code
    return failure_of(code if isinstance(code, int) and 400 <= code < 600 else 500, {}, content)
