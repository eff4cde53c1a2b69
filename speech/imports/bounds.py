"""How much a transcript may hold, which characters, and the one error for whatever cannot be taken."""

import re

MOST_SEGMENTS = 50_000
MOST_LINES = 10 * MOST_SEGMENTS
LONGEST_SECONDS = 24 * 3600.0
MOST_CHARACTERS = 20_000
MOST_QUOTED = 60

SPACES = re.compile(r"[\t-\r\x1c- \x85\u2028\u2029]+")
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
SURROGATES = re.compile(r"[\ud800-\udfff]")


class Unreadable(Exception):
    """The message is a sentence for whoever sent the transcript: what is wrong in it, and where."""


def plain(text: str) -> str:
    """The text on one line and fit to be stored: no control characters and no halves of characters."""
    return storable(text).strip()


def storable(text: str) -> str:
    """The same with the spaces around it."""
    if text.isprintable() and "  " not in text:
        return text
    spaced = SPACES.sub(" ", text)
    return SURROGATES.sub("\ufffd", CONTROLS.sub("", spaced))


def quoted(text: str) -> str:
    """The beginning of a text, for a message about it."""
    shown = plain(text[: 2 * MOST_QUOTED])
    return shown if len(shown) <= MOST_QUOTED else f"{shown[: MOST_QUOTED - 1]}…"


def check_times(where: str, start: float, end: float) -> None:
    """Refuse times that no recording has. Raises Unreadable."""
    if end < start:
        raise Unreadable(f"{where} ends before it starts.")
    if end > LONGEST_SECONDS:
        raise Unreadable(f"{where} ends after more than 24 hours.")


def check_length(where: str, characters: int) -> None:
    """Refuse a text that nobody says in one segment. Raises Unreadable."""
    if characters > MOST_CHARACTERS:
        raise Unreadable(f"{where} has more than {MOST_CHARACTERS:,} characters of text.")


def check_number(segments: int) -> None:
    """Refuse more segments than a transcript may have. Raises Unreadable."""
    if segments > MOST_SEGMENTS:
        raise Unreadable(f"The transcript has more than {MOST_SEGMENTS:,} segments.")
