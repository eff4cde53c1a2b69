"""Voxtral's answer in our words: segments in seconds of the recording, under the provider's own speaker labels.

With the granularity `word` its segments are single words, which are joined to sentences here.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict, FiniteFloat, ValidationError

from speech.providers.chunks import Chunk, Span
from speech.providers.voxtral_service import Garbled
from speech.providers.words import estimated_words
from speech.scripts import is_unspaced
from speech.transcript import Segment, Word, in_order

PAUSE_SECONDS = 1.0
LONGEST_SEGMENT_SECONDS = 30.0
# Of a script without spaces: what is longer is a sentence, whatever was asked for.
LONGEST_WORD_CHARACTERS = 10
SENTENCE_ENDS = (".", "?", "!", "…", "。", "？", "！", "।", "؟")
CLOSING = "\"'»”’)]」』"


class _Entry(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    text: str = ""
    start: FiniteFloat | None = None
    end: FiniteFloat | None = None
    speaker_id: str | None = None


class _Usage(BaseModel):
    prompt_audio_seconds: FiniteFloat | None = None


class Answer(BaseModel):
    """What we read of an answer; the provider may add keys as it likes."""

    model: str | None = None
    text: str | None = None
    language: str | None = None
    segments: list[_Entry] | None = None
    usage: _Usage | None = None

    @property
    def spoken(self) -> list[_Entry]:
        return [entry for entry in self.segments or [] if entry.text.strip()]

    @property
    def has_times(self) -> bool:
        return any(entry.start is not None or entry.end is not None for entry in self.spoken)

    @property
    def whole_text(self) -> str:
        return (self.text or " ".join(entry.text.strip() for entry in self.spoken)).strip()

    @property
    def billed_seconds(self) -> float | None:
        seconds = self.usage.prompt_audio_seconds if self.usage else None
        return seconds if seconds is not None and seconds >= 0 else None


@dataclass(frozen=True, slots=True)
class Said:
    """Segments in time order, in seconds of the recording, all with words. `is_measured` says that these words' times
    are the provider's own, `is_timed` that the segments' are."""

    segments: tuple[Segment, ...]
    is_measured: bool
    is_timed: bool = True


def read(body: str | bytes) -> Answer:
    """The answer. Raises Garbled for anything else, an object without a transcript included."""
    try:
        answer = Answer.model_validate_json(body)
    except ValidationError as error:
        raise Garbled(f"{error.error_count()} fields cannot be read") from None
    if answer.text is None and answer.segments is None:
        raise Garbled("neither text nor segments")
    return answer


def said(answer: Answer, chunk: Chunk, speech: Callable[[], Sequence[Span]], *, is_word_by_word: bool) -> Said:
    """What was said in a chunk. A text that comes without times becomes one segment over all of the chunk's speech.

    `speech` gives the stretches of the recording in which somebody speaks, by our own measure.
    """
    if answer.has_times:
        timed = _timed(answer.spoken, chunk)
        segments = list(_sentences(timed)) if is_word_by_word else timed
    else:
        segments = [Segment(*_spoken_span(chunk, speech()), answer.whole_text)] if answer.whole_text else []
    placed = in_order(segments, chunk.end)
    return Said(
        tuple(segment if segment.words else replace(segment, words=estimated_words(segment)) for segment in placed),
        is_measured=all(segment.words for segment in placed),
        is_timed=answer.has_times or not placed,
    )


def speech_in(chunk: Chunk, speech: Sequence[Span]) -> list[Span]:
    """The stretches of speech as far as they are inside the chunk."""
    inside = [(_inside(chunk, start), _inside(chunk, end)) for start, end in speech]
    return [(start, end) for start, end in inside if end > start]


def _timed(entries: Sequence[_Entry], chunk: Chunk) -> list[Segment]:
    """The entries in time order; a missing time is taken from a neighbour."""
    segments: list[Segment] = []
    starts = [entry.start for entry in entries[1:]]
    reached = chunk.start
    for entry, following in zip(entries, [*starts, chunk.seconds], strict=True):
        start = reached if entry.start is None else _inside(chunk, chunk.start + entry.start)
        end = following if entry.end is None else entry.end
        reached = start if end is None else max(start, _inside(chunk, chunk.start + end))
        segments.append(Segment(start, reached, entry.text, speaker=entry.speaker_id or None))
    return sorted(segments, key=lambda segment: segment.start)


def _inside(chunk: Chunk, moment: float) -> float:
    return min(max(moment, chunk.start), chunk.end)


def _spoken_span(chunk: Chunk, speech: Sequence[Span]) -> Span:
    inside = speech_in(chunk, speech)
    return (inside[0][0], inside[-1][1]) if inside else (chunk.start, chunk.end)


def _sentences(entries: Sequence[Segment]) -> Iterator[Segment]:
    """Words joined until a sentence ends, somebody pauses or the segment grows too long.

    An entry of several words is passed on as it is: nobody timed its words.
    """
    spaced = any(entry.text[0].isspace() for entry in entries[1:])
    words: list[_Token] = []
    for entry in entries:
        if not _is_word(entry.text):
            yield from _joined(words)
            yield replace(entry, text=entry.text.strip())
            words = []
        elif words and _continues(entry.text, spaced=spaced):
            words[-1] = words[-1].with_more(entry)
        else:
            if words and _ends(words, entry):
                yield from _joined(words)
                words = []
            words.append(_Token(Word(entry.start, entry.end, entry.text.strip()), _gap(words, entry.text, spaced)))
    yield from _joined(words)


@dataclass(frozen=True, slots=True)
class _Token:
    """A word, and what stands between it and the one before."""

    word: Word
    gap: str

    def with_more(self, entry: Segment) -> "_Token":
        text = self.word.text + entry.text.strip()
        return replace(self, word=replace(self.word, text=text, end=max(self.word.end, entry.end)))


def _joined(tokens: Sequence[_Token]) -> Iterator[Segment]:
    if tokens:
        words = tuple(token.word for token in tokens)
        text = "".join(token.gap + token.word.text for token in tokens).strip()
        yield Segment(words[0].start, max(word.end for word in words), text, words)


def _ends(tokens: Sequence[_Token], following: Segment) -> bool:
    last = tokens[-1].word
    return (
        last.text.rstrip(CLOSING).endswith(SENTENCE_ENDS)
        or following.start - last.end >= PAUSE_SECONDS
        or following.end - tokens[0].word.start > LONGEST_SEGMENT_SECONDS
    )


def _is_word(text: str) -> bool:
    if len(text.split()) > 1:
        return False
    return not is_unspaced(text) or len(text.strip()) <= LONGEST_WORD_CHARACTERS


def _continues(text: str, *, spaced: bool) -> bool:
    """Whether it is the rest of the word before: punctuation, or a part without the space that words begin with."""
    if not any(character.isalnum() for character in text):
        return True
    return spaced and not text[0].isspace() and not is_unspaced(text)


def _gap(before: Sequence[_Token], text: str, spaced: bool) -> str:
    if spaced:
        return " " if text[0].isspace() else ""
    return "" if before and is_unspaced(before[-1].word.text[-1] + text.strip()[0]) else " "
