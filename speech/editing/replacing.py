"""Find and replace, in any script."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from speech.editing.places import Span, places, slices
from speech.editing.texts import add_words, mean_confidence, with_text
from speech.imports.bounds import plain, storable
from speech.scripts import is_unspaced
from speech.transcript import Segment, Word, words_within


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
    """The segment with every match replaced, and how many there were; None where no text is left.

    Words that no match is in stay as they are. Nothing has to be compared to know which.
    """
    matches = pattern.spans(segment.text)
    if not matches:
        return segment, 0
    replacement = storable(replacement)
    text = plain(substituted(segment.text, matches, replacement))
    if not text:
        return None, len(matches)
    if not segment.words:
        return with_text(segment, text), len(matches)
    words, kept = _words(segment, segment.words, matches, replacement)
    words = words_within(words, segment.start, segment.end)
    return replace(segment, text=text, words=words, confidence=mean_confidence(kept)), len(matches)


def _words(
    segment: Segment, words: Sequence[Word], matches: Sequence[Span], replacement: str
) -> tuple[Sequence[Word], Sequence[Word]]:
    """All words of the new text, and those of them that were there before."""
    now: list[Word] = []
    kept: list[Word] = []
    read, said = 0, 0  # Up to where in the text, and to which word.
    for number, (word, (begin, end)) in enumerate(zip(words, places(segment), strict=True)):
        if begin < end and not _touches(matches, begin, end):
            add_words(now, _new(segment.text, read, begin, matches, replacement), words[said:number], word, segment)
            kept.append(word)
            read, said = end, number + 1
    add_words(now, _new(segment.text, read, len(segment.text), matches, replacement), words[said:], None, segment)
    return now, kept


def _new(text: str, begin: int, end: int, matches: Sequence[Span], replacement: str) -> list[str]:
    """The words of a part of the text after replacing; a match lies in one part whole."""
    first, after = (bisect_left(matches, at, key=lambda match: match[0]) for at in (begin, end))
    within = [(start - begin, stop - begin) for start, stop in matches[first : max(first, after)]]
    return [plain(word) for word in slices(substituted(text[begin:end], within, replacement))]


def _touches(matches: Sequence[Span], begin: int, end: int) -> bool:
    """Whether any of a part of the text is of a match."""
    last = bisect_left(matches, end, key=lambda match: match[0]) - 1
    return last >= 0 and matches[last][1] > begin


def substituted(text: str, spans: Sequence[Span], replacement: str) -> str:
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
