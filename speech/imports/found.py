"""What a reader finds in a file, before speakers have labels and segments their order."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from speech.transcript import Segment

LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3}")


@dataclass(frozen=True, slots=True)
class Found:
    """Segments under the file's own words for speakers, and the names that it gives for these."""

    segments: Sequence[Segment]
    language: str | None = None
    duration_seconds: float = 0.0
    names: Mapping[str, str] = field(default_factory=dict)


def language_tag(text: str | None) -> str | None:
    """The text where it has the form of a language tag (RFC 5646, section 2.1), else None."""
    return text if text is not None and LANGUAGE.fullmatch(text) else None
