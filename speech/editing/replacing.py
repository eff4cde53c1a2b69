"""Find and replace, in any script."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from speech.editing.places import Span
from speech.editing.texts import with_text
from speech.imports.bounds import plain
from speech.providers.words import is_unspaced
from speech.transcript import Segment


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is looked for, word for word; white space stands for any white space.

    `whole_words` leaves out what is only part of a word. In a script without spaces nothing says where a word ends, so
    there it changes nothing.
    """

    text: str
    match_case: bool = False
    whole_words: bool = False

    def spans(self, text: str) -> list[Span]:
        """Where it stands in a text, from left to right, overlapping nowhere."""
        compiled, found, at = _compiled(self.text, self.match_case), [], 0
        while match := compiled.search(text, at):
            if not self.whole_words or (_is_edge(text, match.start()) and _is_edge(text, match.end())):
                found.append(match.span())
                at = match.end()
            else:
                at = match.start() + 1
        return found


def replaced(segment: Segment, pattern: Pattern, replacement: str) -> tuple[Segment | None, int]:
    """The segment with every match replaced, and how many there were; None where no text is left."""
    spans = pattern.spans(segment.text)
    if not spans:
        return segment, 0
    text = plain(substituted(segment.text, spans, replacement))
    return (with_text(segment, text) if text else None), len(spans)


def substituted(text: str, spans: list[Span], replacement: str) -> str:
    """The text with something else in these places."""
    ends = [0, *(end for _, end in spans)]
    kept = [text[end:begin] for end, (begin, _) in zip(ends[:-1], spans, strict=True)]
    return replacement.join([*kept, text[ends[-1] :]])


@lru_cache(maxsize=8)
def _compiled(text: str, match_case: bool) -> re.Pattern[str]:
    words = [re.escape(word) for word in text.split()]
    return re.compile(r"\s+".join(words), 0 if match_case else re.IGNORECASE)


def _is_edge(text: str, at: int) -> bool:
    """Whether a word may begin or end before this character: none goes on across it."""
    if not 0 < at < len(text):
        return True
    before, after = text[at - 1], text[at]
    return not (_is_of_word(before) and _is_of_word(after)) or is_unspaced(before) or is_unspaced(after)


def _is_of_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"
