"""SubRip. It has no specification and no escapes: what players take for markup is written so that they show it."""

import re

from exports.clocks import cue_clock
from exports.cues import cues
from exports.document import Document
from exports.options import Options

# An arrow ends a cue for simple readers; {\an8} and the like move it about.
ARROW = re.compile(r"--+>")
TAG = re.compile(r"<(?=[A-Za-z/!?])")
ENTITY = re.compile(r"&(?=#?\w{1,31};)")


def render(document: Document, options: Options) -> bytes:
    """The captions, with a new speaker's name in front where names are asked for."""
    shown = cues(
        document.segments,
        options.limits,
        duration_seconds=document.duration_seconds,
        prefixed=options.names_speakers(unless_told=False),
    )
    blocks = (
        f"{number}\n{cue_clock(cue.start, ',')} --> {cue_clock(cue.end, ',')}\n"
        + "".join(f"{_plain(text)}\n" for text in cue.texts)
        for number, cue in enumerate(shown, 1)
    )
    return "\n".join(blocks).encode()


def _plain(text: str) -> str:
    return ARROW.sub("->", TAG.sub("&lt;", ENTITY.sub("&amp;", text))).replace("{\\", "{ \\")
