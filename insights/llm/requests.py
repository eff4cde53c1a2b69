"""What a chat request holds: the question, in the dialect that the server takes, and how much of it fits.

Servers share the protocol's core and differ at its edges. A request begins with what most take, and what a server
refuses by name is left out from then on.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import BaseModel

Json = dict[str, Any]

TEMPERATURE = 0.2
# Where a model thinks before it answers, its thoughts count towards the answer's length.
THINKING_TOKENS = 8192
# What a server wraps around the messages, and what the correction of an answer takes besides that answer.
WRAPPING_TOKENS = 256
LIGHT_LETTERS = re.compile(r"[A-Za-zЀ-ӿ]")
LIGHT_SPACES = re.compile(r" (?=[A-Za-zЀ-ӿ])")
TOKENS_PER_LIGHT_LETTER = 0.4

# Keywords of JSON Schema that every server takes; the others are checked when the answer is there.
PORTABLE_KEYWORDS = {"type", "enum", "description", "$ref"}
STRUCTURE = re.compile(r"response.?format|json.?(schema|object|mode|validate)|grammar|guided|structured")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: instructions of ours, a text that is data, and the shape of the answer (None for prose).

    `fault` is an earlier answer and what was wrong with it.
    """

    instructions: str
    text: str
    schema: type[BaseModel] | None
    answer_tokens: int
    fault: tuple[str, str] | None = None

    def messages(self) -> Sequence[Mapping[str, str]]:
        messages = [
            {"role": "system", "content": self.instructions + _shape(self.schema)},
            {"role": "user", "content": self.text},
        ]
        if self.fault:
            answer, fault = self.fault
            messages += [
                {"role": "assistant", "content": answer},
                {"role": "user", "content": f"That does not follow the JSON schema: {fault}\nAnswer again, in full."},
            ]
        return messages

    def most_tokens(self) -> int:
        """How much of a model's context it takes at most, the answer and one correction of it included."""
        written = most_tokens(self.instructions) + most_tokens(_shape(self.schema)) + most_tokens(self.text)
        return written + 2 * self.answer_tokens + WRAPPING_TOKENS


@dataclass(frozen=True, slots=True)
class Dialect:
    """What one server takes of the protocol."""

    structure: Literal["json_schema", "json_object", "text"] = "json_schema"
    limit: Literal["max_tokens", "max_completion_tokens"] | None = "max_tokens"
    takes_temperature: bool = True
    takes_stream_options: bool = True
    must_not_think: bool = False
    thinking_tokens: int = 0

    def request(self, model: str, question: Question, *, stream: bool) -> Json:
        request: Json = {"model": model, "messages": question.messages()}
        if question.schema and self.structure != "text":
            request["response_format"] = self._response_format(question.schema)
        if self.limit:
            request[self.limit] = question.answer_tokens + self.thinking_tokens
        if self.takes_temperature:
            request["temperature"] = TEMPERATURE
        if self.must_not_think:
            request["enable_thinking"] = False
        if stream:
            request["stream"] = True
            if self.takes_stream_options:
                request["stream_options"] = {"include_usage": True}
        return request

    def without(self, complaint: str) -> "Dialect | None":
        """The dialect that avoids what a server complains of (in lower case); None where that is nothing of ours."""
        if "enable_thinking" in complaint and not self.must_not_think:
            return replace(self, must_not_think=True)
        if re.search("stream_options|include_usage", complaint) and self.takes_stream_options:
            return replace(self, takes_stream_options=False)
        if self.limit and self.limit in complaint:
            return self._with_another_limit()
        if "temperature" in complaint and self.takes_temperature:
            return replace(self, takes_temperature=False)
        if STRUCTURE.search(complaint) and self.structure != "text":
            return replace(self, structure="json_object" if self.structure == "json_schema" else "text")
        return None

    def with_room_for_thoughts(self) -> "Dialect | None":
        return replace(self, thinking_tokens=THINKING_TOKENS) if self.limit and not self.thinking_tokens else None

    def _with_another_limit(self) -> "Dialect":
        if self.limit == "max_completion_tokens":
            return replace(self, limit=None)
        # OpenAI's reasoning models: they count their thoughts, and take no temperature either.
        return replace(self, limit="max_completion_tokens", takes_temperature=False, thinking_tokens=THINKING_TOKENS)

    def _response_format(self, schema: type[BaseModel]) -> Json:
        if self.structure == "json_object":
            return {"type": "json_object"}
        name = re.sub(r"[^A-Za-z0-9_-]", "_", schema.__name__)[:64]
        described = {"name": name, "strict": True, "schema": strict_schema(schema.model_json_schema())}
        return {"type": "json_schema", "json_schema": described}


def most_tokens(text: str) -> int:
    """How many tokens a text has at most, roughly, where no tokenizer is at hand.

    Two for five ASCII or Cyrillic letters, none for the space before one, and one for any other character: digits,
    marks, the letters of other scripts, Chinese, Japanese and Korean. Measured with Qwen's and Mistral's vocabularies,
    the truth is 0.3 to 1.0 of that in 17 languages. It is more in Ge'ez, emoji and rare ideographs, with up to 3 tokens
    a character, and in any language but English where a vocabulary was made for English alone.
    """
    light = len(LIGHT_LETTERS.findall(text))
    return math.ceil(TOKENS_PER_LIGHT_LETTER * light) + len(text) - light - len(LIGHT_SPACES.findall(text))


def strict_schema(schema: Json) -> Json:
    """A schema of pydantic's as strict servers want it: every field required, no others, portable keywords only."""
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    strict = {key: value for key, value in schema.items() if key in PORTABLE_KEYWORDS}
    if "const" in schema:
        strict["enum"] = [schema["const"]]
    for key in ("properties", "$defs"):
        if key in schema:
            strict[key] = {name: strict_schema(part) for name, part in schema[key].items()}
    if "items" in schema:
        strict["items"] = strict_schema(schema["items"])
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        strict["anyOf"] = [strict_schema(choice) for choice in choices]
    if schema.get("type") == "object":
        strict |= {"required": list(strict.setdefault("properties", {})), "additionalProperties": False}
    return strict


def _shape(schema: type[BaseModel] | None) -> str:
    """Told to the model in any case: some servers take a schema and pay no heed to it."""
    if schema is None:
        return ""
    described = json.dumps(schema.model_json_schema(), ensure_ascii=False, separators=(",", ":"))
    return f"\n\nAnswer with one JSON object and nothing else. It follows this JSON schema:\n{described}"
