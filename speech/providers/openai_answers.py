"""What OpenAI answers in `diarized_json`, as far as we read it."""

from pydantic import BaseModel, ConfigDict, FiniteFloat, NonNegativeFloat, ValidationError

from speech.transcript import Segment


class Unreadable(Exception):
    """An answer that is no transcript. `is_garbled` where it is not even JSON, as from a proxy in between."""

    def __init__(self, error: ValidationError) -> None:
        self.is_garbled = any(fault["type"] == "json_invalid" for fault in error.errors(include_input=False))
        super().__init__(", ".join(sorted({fault["type"] for fault in error.errors(include_input=False)})))


class _Said(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    start: FiniteFloat
    end: FiniteFloat
    text: str
    speaker: str | None = None


class _Usage(BaseModel):
    seconds: NonNegativeFloat | None = None


class Answer(BaseModel):
    """The answer for one chunk; times count from the chunk's start. Keys that we do not know are passed over."""

    segments: list[_Said]
    text: str | None = None
    duration: NonNegativeFloat | None = None
    usage: _Usage | None = None

    @property
    def billed_seconds(self) -> float | None:
        """What is charged: said so where the usage counts seconds, and the length where it counts tokens."""
        charged = self.usage.seconds if self.usage else None
        return self.duration if charged is None else charged

    def heard(self, start: float, end: float) -> list[Segment]:
        """The segments of a chunk from `start` to `end`, in seconds of the recording.

        A text without any segment becomes one as long as the chunk: times are missing, and no word is lost.
        """
        segments = [
            Segment(start + said.start, start + said.end, said.text, speaker=said.speaker) for said in self.segments
        ]
        return segments or [Segment(start, end, self.text or "")]


def read(body: bytes) -> Answer:
    """The answer in a body. Raises Unreadable."""
    try:
        return Answer.model_validate_json(body)
    except ValidationError as error:
        raise Unreadable(error) from None
