"""WebVTT (W3C, WebVTT: The Web Video Text Tracks Format): captions, and captions whose words light up one by one."""

from collections.abc import Callable, Iterator, Sequence

from exports.atoms import Atom
from exports.clocks import cue_clock
from exports.cues import Cue, cues
from exports.document import Document
from exports.options import Options

ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def render(document: Document, options: Options) -> bytes:
    """The captions, each under its speaker's voice where names are not refused."""
    return _file(document, options, lambda cue: "\n".join(map(escaped, cue.texts)))


def render_karaoke(document: Document, options: Options) -> bytes:
    """The same captions with a timestamp in front of each word but the first of a caption."""
    return _file(document, options, _timed)


def escaped(text: str) -> str:
    """The text as a cue may hold it; an arrow cannot be left in it, as it has no ">" any more."""
    return text.translate(ESCAPES)


def _file(document: Document, options: Options, text_of: Callable[[Cue], str]) -> bytes:
    shown = cues(document.segments, options.limits, duration_seconds=document.duration_seconds)
    blocks = (
        f"\n{cue_clock(cue.start)} --> {cue_clock(cue.end)}\n{_voice(cue, options)}{text_of(cue)}\n" for cue in shown
    )
    return ("WEBVTT\n" + "".join(blocks)).encode()


def _voice(cue: Cue, options: Options) -> str:
    name = " ".join((cue.speaker or "").split())
    return f"<v {escaped(name)}>" if name and options.names_speakers() else ""


def _timed(cue: Cue) -> str:
    return "\n".join(_timed_lines(cue.lines, round(cue.start * 1000), round(cue.end * 1000)))


def _timed_lines(lines: Sequence[Sequence[Atom]], after: int, before: int) -> Iterator[str]:
    """Timestamps lie within their cue and rise (section 4.3 of the specification); a word without room gets none."""
    for line in lines:
        parts = []
        for place, atom in enumerate(line):
            moment = round(atom.start * 1000)
            stamp = ""
            if after < moment < before:
                stamp, after = f"<{cue_clock(moment / 1000)}>", moment
            parts.append((" " if atom.spaced and place else "") + stamp + escaped(atom.text))
        yield "".join(parts)
