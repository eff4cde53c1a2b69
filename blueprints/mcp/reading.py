"""A transcript as text for a model, no more of it at once than is asked for."""

from collections.abc import Iterator, Sequence

from blueprints.mcp.shapes import TranscriptPage
from exports.clocks import clock
from models import Segment, Transcription

SHORTEST_LINE = len("[0:00] ") + 1


def most_lines(max_characters: int) -> int:
    """How many segments can be needed for so many characters, and one that shows that there are more."""
    return max_characters // SHORTEST_LINE + 1


def page(
    transcription: Transcription, segments: Sequence[Segment], *, end: float | None, max_characters: int
) -> TranscriptPage:
    """The segments that begin before `end`, as many as fit, at least one; `next_cursor` is where the next begin."""
    lines: list[str] = []
    shown: list[Segment] = []
    length = 0
    next_cursor: int | None = None
    for segment, line in _lines(transcription, segments):
        if end is not None and segment.start >= end:
            break
        if shown and length + len(line) > max_characters:
            next_cursor = segment.number
            break
        lines.append(line)
        shown.append(segment)
        length += len(line) + 1
    return {
        "transcription_id": transcription.public_id,
        "title": transcription.title,
        "duration_seconds": transcription.duration_seconds or 0.0,
        "text": "\n".join(lines),
        "start": shown[0].start if shown else None,
        "end": shown[-1].end if shown else None,
        "next_cursor": next_cursor,
    }


def as_text(shown: TranscriptPage) -> str:
    """The page as it is read, with its head and what follows."""
    more = shown["next_cursor"]
    rest = "That is all." if more is None else f"There is more: read on with cursor {more}."
    body = shown["text"] or "Nothing is said here."
    return (
        f"{shown['title']} ({shown['transcription_id']}, {clock(shown['duration_seconds'])} long)\n\n{body}\n\n{rest}"
    )


def _lines(transcription: Transcription, segments: Sequence[Segment]) -> Iterator[tuple[Segment, str]]:
    """Each segment as a line; the speaker is named on the first and where another begins."""
    before: str | None = None
    for segment in segments:
        name = transcription.speaker_names.get(segment.speaker or "", segment.speaker)
        who = f"{name}: " if name and name != before else ""
        before = name
        yield segment, f"[{clock(segment.start)}] {who}{segment.text}"
