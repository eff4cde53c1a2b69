"""What a cue says: its lines without tags, each piece under the voice that speaks it."""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from speech.imports.bounds import plain

# None of these patterns can begin again inside what it has passed over, so that all of them are linear.
TAG = re.compile(r"<([^<>]*)>")
MEANT_AS_TAG = re.compile(r"/?[A-Za-z]|[0-9]+:[0-9:.]+$")
VOICE = re.compile(r"v(?:\.\S*)?(?:\s+(.*))?")
PLACEMENT = re.compile(r"\{\\[^{}]*\}")
# With few digits, since html.unescape fails at a number of thousands.
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")


@dataclass(frozen=True, slots=True)
class Piece:
    """What one voice says in one line. `voice` is None where the line names nobody."""

    voice: str | None
    text: str


def pieces(lines: Iterable[str]) -> Iterator[Piece]:
    """The pieces of a cue that have text. A voice goes on over the lines of its cue until it is closed."""
    voice: str | None = None
    for line in lines:
        spoken: list[str] = []
        for position, part in enumerate(TAG.split(PLACEMENT.sub("", line))):
            if position % 2 == 0:
                spoken.append(part)
            elif (match := VOICE.fullmatch(part)) or part == "/v":
                yield from _piece(voice, spoken)
                voice, spoken = (_text(match[1] or "") if match else "") or None, []
            else:
                spoken.append(_in_place_of(part))
        yield from _piece(voice, spoken)


def _piece(voice: str | None, spoken: Iterable[str]) -> Iterator[Piece]:
    text = _text("".join(spoken))
    if text:
        yield Piece(voice, text)


def _in_place_of(tag: str) -> str:
    if tag.rstrip(" /").lower() == "br":
        return " "
    return "" if MEANT_AS_TAG.match(tag) else f"<{tag}>"


def _text(markup: str) -> str:
    return plain(ENTITY.sub(lambda entity: html.unescape(entity[0]), markup))
