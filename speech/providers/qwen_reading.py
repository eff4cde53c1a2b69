"""What DashScope's result document says, in our words.

Source: Model Studio, result documents of qwen3-asr-flash-filetrans and, with speakers, of qwen-audio-*-filetrans and
fun-asr: one transcript for each channel, sentences of words, times in milliseconds.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from pydantic import BaseModel, FiniteFloat, ValidationError

from speech.transcript import Segment, Word


class Unreadable(Exception):
    """Not a result document."""


class _Word(BaseModel):
    begin_time: FiniteFloat | None = None
    end_time: FiniteFloat | None = None
    text: str | None = None
    punctuation: str | None = None


class Sentence(BaseModel):
    begin_time: FiniteFloat
    end_time: FiniteFloat
    text: str | None = None
    language: str | None = None
    speaker_id: int | str | None = None
    words: list[_Word] | None = None


class _Transcript(BaseModel):
    channel_id: int | None = None
    sentences: list[Sentence] | None = None


class _Document(BaseModel):
    transcripts: list[_Transcript] | None = None


def sentences_of(document: bytes) -> list[Sentence]:
    """What was said in the one channel that was asked for, in time order. Raises Unreadable."""
    try:
        transcripts = _Document.model_validate_json(document).transcripts or []
    except ValidationError as error:
        raise Unreadable(f"{error.error_count()} fields of the result cannot be read") from None
    sentences = [sentence for transcript in transcripts[:1] for sentence in transcript.sentences or []]
    said = [sentence for sentence in sentences if sentence.text and sentence.text.strip()]
    return sorted(said, key=lambda sentence: (sentence.begin_time, sentence.end_time))


def segments_of(sentences: Sequence[Sentence]) -> list[Segment]:
    """A segment for each sentence; its speakers are S1, S2, … by their first appearance."""
    speakers: dict[int | str, str] = {}
    return [_segment(sentence, speakers) for sentence in sentences]


def language_of(sentences: Iterable[Sentence]) -> str | None:
    """The language that is spoken the longest, None where no sentence names one."""
    spoken: Counter[str] = Counter()
    for sentence in sentences:
        if sentence.language:
            # A millisecond more, so that even sentences without a length have a language.
            spoken[sentence.language] += 1 + max(0, round(sentence.end_time - sentence.begin_time))
    return spoken.most_common(1)[0][0] if spoken else None


def _segment(sentence: Sentence, speakers: dict[int | str, str]) -> Segment:
    speaker = None
    if sentence.speaker_id is not None:
        speaker = speakers.setdefault(sentence.speaker_id, f"S{len(speakers) + 1}")
    return Segment(
        start=sentence.begin_time / 1000,
        end=sentence.end_time / 1000,
        text=(sentence.text or "").strip(),
        words=_words(sentence.words or []),
        speaker=speaker,
    )


def _words(timed: Sequence[_Word]) -> tuple[Word, ...] | None:
    """The words with their punctuation; None where there are none, or where one has no time."""
    words: list[Word] = []
    for word in timed:
        if word.begin_time is None or word.end_time is None:
            return None
        text, punctuation = (word.text or "").strip(), (word.punctuation or "").strip()
        if text:
            words.append(Word(word.begin_time / 1000, word.end_time / 1000, text + punctuation))
        elif words and punctuation:
            last = words[-1]
            words[-1] = Word(last.start, last.end, last.text + punctuation)
    return tuple(words) or None
