"""Where the cues of a caption file are, when they are shown, and the lines of their text.

SubRip has no specification: what is accepted is what is found in files. WebVTT is read as its specification says
(W3C, WebVTT: The Web Video Text Tracks Format, section 6), but a cue whose times cannot be read is an error there too,
since its text would be lost.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from speech.imports.bounds import MOST_LINES, Unreadable, check_number, check_times, quoted
from speech.imports.found import language_tag

ARROW = "-->"
CLOCK = re.compile(r"[0-9]:[0-9]")
TIME = re.compile(r"(?:([0-9]{1,3}):)?([0-5]?[0-9]):([0-5]?[0-9](?:[.,][0-9]{1,9})?)")
COMMENT = re.compile(r"NOTE(?:[ \t]|$)|(?:STYLE|REGION)[ \t]*$")


@dataclass(frozen=True, slots=True)
class Cue:
    """The lines shown from `start` to `end`, in seconds, as they stand in the file. Cues are counted from 1."""

    number: int
    start: float
    end: float
    lines: Sequence[str]


def srt_cues(content: str) -> Iterator[Cue]:
    """The cues of a SubRip file. All lines up to the next cue belong to a cue, empty ones too. Raises Unreadable."""
    lines = _lines(content)
    for number, line in enumerate(takewhile(lambda line: not _has_times(line), lines), 1):
        if line.strip() and not _is_number(line):
            raise Unreadable(f"Line {number}: a cue should begin with its times, not with {quoted(line)}.")
    return _cues(lines)


def vtt_cues(content: str) -> Iterator[Cue]:
    """The cues of a WebVTT file, each of which ends at an empty line. Raises Unreadable."""
    if not content.startswith("WEBVTT"):
        raise Unreadable("Line 1: a WebVTT file begins with WEBVTT.")
    for cue in _cues(list(_without_comments(_lines(content)))):
        yield Cue(cue.number, cue.start, cue.end, list(takewhile(bool, cue.lines)))


def vtt_language(content: str) -> str | None:
    """The language that the header of a WebVTT file tells, as that of generated captions does."""
    for line in takewhile(bool, _lines(content)):
        name, _, value = line.partition(":")
        if name.lower() == "language":
            return language_tag(value.strip())
    return None


def _lines(content: str) -> list[str]:
    # Not splitlines(), which takes characters for line ends that are none in these formats.
    text = content.replace("\r\n", "\n").replace("\r", "\n")
    if text.count("\n") > MOST_LINES:
        raise Unreadable(f"The file has more than {MOST_LINES:,} lines.")
    return text.split("\n")


def _without_comments(lines: Iterable[str]) -> Iterator[str]:
    is_comment, previous = False, ""
    for line in lines:
        is_comment = bool(line) and (is_comment or (not previous and COMMENT.match(line) is not None))
        if not is_comment:
            yield line
        previous = line


def _cues(lines: Sequence[str]) -> Iterator[Cue]:
    places = [place for place, line in enumerate(lines) if _has_times(line)]
    check_number(len(places))
    for number, (place, following) in enumerate(pairwise([*places, len(lines)]), 1):
        start, end = _times(number, lines[place])
        text = lines[place + 1 : following]
        if following < len(lines) and text and _is_number(text[-1]):
            text = text[:-1]
        yield Cue(number, start, end, text)


def _has_times(line: str) -> bool:
    """Whether the line is meant for times, so that an arrow in what is said is no fault and a broken time is one."""
    return ARROW in line and CLOCK.search(line) is not None


def _is_number(line: str) -> bool:
    return line.strip().isdecimal()


def _times(number: int, line: str) -> tuple[float, float]:
    start, _, rest = line.partition(ARROW)
    end = rest.split(maxsplit=1)
    times = _seconds(number, start.strip()), _seconds(number, end[0] if end else "")
    check_times(f"Cue {number}", *times)
    return times


def _seconds(number: int, text: str) -> float:
    match = TIME.fullmatch(text)
    if match is None:
        raise Unreadable(
            f"Cue {number}: the time {quoted(text)} cannot be read." if text else f"Cue {number} has no end."
        )
    hours, minutes, seconds = match.groups(default="0")
    return round(int(hours) * 3600 + int(minutes) * 60 + float(seconds.replace(",", ".")), 3)
