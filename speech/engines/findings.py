"""What faster-whisper found, as segments of ours."""

from typing import Any

import numpy as np

from speech.transcript import Segment, Word

# Where the model's attention wanders in a pause, a word takes in the silence before it; nobody speaks one so slowly.
LONGEST_WORD_SECONDS = 2.0


def as_segment(segment: Any, offset: float) -> Segment:
    """A segment of faster-whisper's as ours, `offset` seconds later; no word is longer than two seconds."""
    words = tuple(_word(word, offset) for word in segment.words or ())
    return Segment(
        start=round(offset + segment.start, 3),
        end=round(offset + segment.end, 3),
        text=segment.text.strip(),
        words=words,
        confidence=_confidence(words, float(segment.avg_logprob)),
    )


def _word(word: Any, offset: float) -> Word:
    return Word(
        start=round(offset + max(word.start, word.end - LONGEST_WORD_SECONDS), 3),
        end=round(offset + word.end, 3),
        text=word.word.strip(),
        confidence=round(float(word.probability), 3),
    )


def _confidence(words: tuple[Word, ...], average_log_probability: float) -> float:
    known = [word.confidence for word in words if word.confidence is not None]
    mean = sum(known) / len(known) if known else float(np.exp(average_log_probability))
    return round(mean, 3)
