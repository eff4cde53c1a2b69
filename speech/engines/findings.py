"""What faster-whisper found, as segments of ours, with the times of words put right by where speech was detected."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

import numpy as np

from speech.transcript import Segment, Span, Word

# Where the model's attention wanders in a pause, a word takes in the silence before it; nobody speaks one so slowly.
LONGEST_WORD_SECONDS = 2.0
SHORTEST_WORD_SECONDS = 0.02
# The attention moves on to a word so much before it is said: the median over recordings with known word times.
EARLY_SECONDS = 0.04
# Speech is detected so much after it begins, at most.
ONSET_SECONDS = 0.1


def as_segment(segment: Any, offset: float, speech: Sequence[Span]) -> Segment:
    """A segment of faster-whisper's as ours, `offset` seconds later.

    `speech` is where somebody speaks in the whole recording, in seconds and time order. No word begins in the pause
    before it, or is longer than two seconds.
    """
    words = tuple(_word(word, offset, speech) for word in segment.words or ())
    return Segment(
        start=words[0].start if words else round(offset + segment.start, 3),
        end=words[-1].end if words else round(offset + segment.end, 3),
        text=segment.text.strip(),
        words=words,
        confidence=_confidence(words, float(segment.avg_logprob)),
    )


def _word(word: Any, offset: float, speech: Sequence[Span]) -> Word:
    start, end = offset + max(word.start, word.end - LONGEST_WORD_SECONDS), offset + word.end
    return Word(
        start=round(_onset(start, end, speech) + EARLY_SECONDS, 3),
        end=round(end + EARLY_SECONDS, 3),
        text=word.word.strip(),
        confidence=round(float(word.probability), 3),
    )


def _onset(start: float, end: float, speech: Sequence[Span]) -> float:
    """Where speech begins within a word that begins in silence; else the word's start."""
    place = bisect_right(speech, start, key=lambda span: span[1])
    onset = speech[place][0] - ONSET_SECONDS if place < len(speech) else start
    return min(onset, end - SHORTEST_WORD_SECONDS) if start < onset < end else start


def _confidence(words: tuple[Word, ...], average_log_probability: float) -> float:
    known = [word.confidence for word in words if word.confidence is not None]
    mean = sum(known) / len(known) if known else float(np.exp(average_log_probability))
    return round(mean, 3)
