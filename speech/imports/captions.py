"""SubRip and WebVTT captions as segments."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from speech.imports.bounds import check_length, check_number
from speech.imports.cues import Cue, srt_cues, vtt_cues, vtt_language
from speech.imports.found import Found
from speech.imports.markup import Piece, pieces
from speech.imports.speakers import are_prefixed, prefixed
from speech.transcript import Segment

# Captions that roll up have two to four rows (CTA-608), and show finished rows for a moment between two cues.
MOST_ROWS = 4
MOMENT_SECONDS = 0.05
# Generated captions put a time and two tags around each word; what has many times more is refused unread.
MOST_MARKUP = 10


@dataclass(frozen=True, slots=True)
class _Said:
    """A cue with the pieces of its text."""

    cue: Cue
    pieces: Sequence[Piece]


def read_srt(content: str) -> Found:
    """The segments of a SubRip file. Raises Unreadable."""
    return Found(_segments(srt_cues(content)))


def read_vtt(content: str) -> Found:
    """The segments of a WebVTT file. Raises Unreadable."""
    return Found(_segments(vtt_cues(content)), vtt_language(content))


def _segments(cues: Iterable[Cue]) -> list[Segment]:
    said = list(_said_once(map(_said, cues)))
    if are_prefixed([piece.text for piece in spoken.pieces if piece.voice is None] for spoken in said):
        said = [_Said(spoken.cue, list(_named(spoken.pieces))) for spoken in said]
    segments = [segment for spoken in said for segment in _turns(spoken)]
    check_number(len(segments))
    return segments


def _said(cue: Cue) -> _Said:
    where = f"Cue {cue.number}"
    check_length(where, sum(map(len, cue.lines)) // MOST_MARKUP)
    said = list(pieces(cue.lines))
    check_length(where, len(" ".join(piece.text for piece in said)))
    return _Said(cue, said)


def _said_once(cues: Iterable[_Said]) -> Iterator[_Said]:
    """The cues that say something, without the lines that only stay on the screen from the cue before."""
    before: _Said | None = None
    for spoken in cues:
        if spoken.pieces:
            stayed = _stayed(before, spoken) if before else 0
            if stayed < len(spoken.pieces):
                yield _Said(spoken.cue, spoken.pieces[stayed:])
            before = spoken


def _stayed(before: _Said, spoken: _Said) -> int:
    """How many pieces at the beginning were the last ones of the cue before and are still shown.

    One line alone that follows the same line and lasts was said twice.
    """
    cue = spoken.cue
    is_repetition = cue.start == before.cue.end and len(spoken.pieces) == 1 and cue.end - cue.start >= MOMENT_SECONDS
    if is_repetition or cue.start > before.cue.end:
        return 0
    most = min(len(before.pieces), len(spoken.pieces), MOST_ROWS)
    return next((rows for rows in range(most, 0, -1) if before.pieces[-rows:] == spoken.pieces[:rows]), 0)


def _named(said: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces of a cue with names in front of lines as voices, which go on over the lines that follow."""
    speaker: str | None = None
    for piece in said:
        found = prefixed(piece.text) if piece.voice is None else None
        if found:
            speaker = found[0]
        yield Piece(piece.voice or speaker, found[1] if found else piece.text)


def _turns(spoken: _Said) -> Iterator[Segment]:
    """A segment for each voice that takes the word, with its share of the cue's time by the length of its text."""
    turns = _joined(spoken.pieces)
    start, length = spoken.cue.start, spoken.cue.end - spoken.cue.start
    characters, total = 0, sum(len(turn.text) for turn in turns)
    for turn in turns:
        characters += len(turn.text)
        end = round(spoken.cue.start + length * characters / total, 3)
        yield Segment(start, end, turn.text, speaker=turn.voice)
        start = end


def _joined(said: Iterable[Piece]) -> list[Piece]:
    """The pieces with text, those that follow each other under one voice as one."""
    turns = groupby((piece for piece in said if piece.text), key=lambda piece: piece.voice)
    return [Piece(voice, " ".join(piece.text for piece in together)) for voice, together in turns]
