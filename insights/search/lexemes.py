"""The words of a text as PostgreSQL's full-text search is to see them, whatever the language.

PostgreSQL stems and drops stop words where it knows the language. It is handed folded words with spaces between them,
because how its own parser splits text depends on the locale of the database. Scripts that write no spaces between
words (and Korean, which glues particles to them) become pairs of characters, as Lucene's CJKAnalyzer makes them.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

# ISO 639-1 code: text search configuration. PostgreSQL 14 knows all of these.
CONFIGURATIONS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
# Thai and Lao, Tibetan, Myanmar, Khmer, kana, Han with its extensions, Hangul.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]+"
)
# What the general way finds in ASCII, many times as fast.
ASCII_WORD = re.compile("[0-9A-Za-z]+")
# Letters, the marks that stand on them, and numbers, by the first letter of their Unicode category.
SPOKEN = "LMN"
# The lower case of the Turkish İ is an i with this dot, which nobody types who looks for it.
DOT_ABOVE = "\u0307"


def configuration(language: str | None) -> str:
    """The text search configuration for a BCP-47 language: `simple`, which stems nothing, for those without one."""
    return CONFIGURATIONS.get((language or "").partition("-")[0].lower(), "simple")


def searchable(text: str) -> str:
    """The text as folded words with single spaces between them, for `to_tsvector`."""
    if text.isascii():
        return " ".join(ASCII_WORD.findall(text.lower()))
    folded = unicodedata.normalize("NFKC", text).casefold().replace(DOT_ABOVE, "")
    words = "".join(character if is_spoken(character) else " " for character in folded)
    return " ".join(part for word in words.split() for part in _parts(word))


def sought(text: str) -> list[str]:
    """The words of a question, each once: `searchable` without the characters that only end a run."""
    parts = searchable(text).split()
    words = (part for before, part in pairwise(["", *parts]) if not (UNSPACED.fullmatch(part) and part == before[1:]))
    return list(dict.fromkeys(words))


@lru_cache(maxsize=10_000)
def is_spoken(character: str) -> bool:
    """Whether a character is part of a word."""
    return unicodedata.category(character)[0] in SPOKEN


def length(text: str) -> float:
    """How long a text is, in words. Two characters of a script without spaces count as one word."""
    if text.isascii():
        return len(text.split())
    unspaced = sum(len(run) for run in UNSPACED.findall(text))
    return len(UNSPACED.sub(" ", text).split()) + unspaced / 2


def _parts(word: str) -> Iterator[str]:
    """A word itself; of a run without spaces every pair of characters, and the last one, so that each begins a part."""
    end = 0
    for run in UNSPACED.finditer(word):
        if run.start() > end:
            yield word[end : run.start()]
        yield from (run[0][i : i + 2] for i in range(len(run[0])))
        end = run.end()
    if end < len(word):
        yield word[end:]
