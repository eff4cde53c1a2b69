"""Who speaks: names in front of what is said, and the labels `S1`, `S2`, … that our transcripts have instead."""

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from speech.transcript import Segment

LABEL = re.compile(r"S(?:[1-9]|1[0-9]|20)")
PREFIX = re.compile(r"(?:>{1,3}|[-–—])? ?([^\s:：][^:：]{0,59})(?::(?=\s|$)|：)\s*")
MOST_WORDS_OF_A_NAME = 4
NOT_IN_NAMES = frozenset('?!,;"“”')
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Labelled:
    """Segments whose speakers are labels, and the names of these labels where the file has any."""

    segments: Sequence[Segment]
    names: dict[str, str]


def labelled(segments: Sequence[Segment], names: Mapping[str, str]) -> Labelled:
    """The segments, which are in time order, with speakers numbered as they first speak.

    `names` are what the file calls the speakers of its segments. A speaker that already has such a label keeps it.
    """
    speakers = dict.fromkeys(segment.speaker for segment in segments if segment.speaker)
    free = (label for number in itertools.count(1) if (label := f"S{number}") not in speakers)
    labels = {speaker: speaker if LABEL.fullmatch(speaker) else next(free) for speaker in speakers}
    called = {label: names.get(speaker, speaker)[:LONGEST_NAME] for speaker, label in labels.items()}
    return Labelled(
        [replace(segment, speaker=labels[segment.speaker] if segment.speaker else None) for segment in segments],
        {label: name for label, name in called.items() if name != label},
    )


def prefixed(text: str) -> tuple[str, str] | None:
    """The name in front of a line ("ADA LOVELACE: hello", "- Ada: hello", ">> Ada: hello") and the rest of it."""
    match = PREFIX.match(text)
    if match is None or not _is_name(match[1]):
        return None
    return match[1].rstrip(), text[match.end() :]


def _is_name(text: str) -> bool:
    """Whether it looks like a name: few words, a letter among them, the first and the last no small beginnings."""
    words = text.split()
    return (
        len(words) <= MOST_WORDS_OF_A_NAME
        and not words[0][0].islower()
        and not words[-1][0].islower()
        and NOT_IN_NAMES.isdisjoint(text)
        and any(map(str.isalpha, text))
    )


def are_prefixed(cues: Iterable[Sequence[str]]) -> bool:
    """Whether at least half of the cues, each given by its lines, have a name in front of a line."""
    marked = [any(prefixed(line) for line in lines) for lines in cues]
    return any(marked) and 2 * sum(marked) >= len(marked)
