"""How wide text is on a screen, in columns: what limits of characters a line are measured in.

Wide characters count twice (Unicode Standard Annex 11, East Asian Width), so that a limit of 42 is 21 of them, as
broadcasters' guides halve theirs for Chinese, Japanese and Korean.
"""

import unicodedata
from functools import lru_cache

UNSEEN = frozenset({"Mn", "Me", "Cf", "Cc"})


@lru_cache(maxsize=20_000)
def _columns(character: str) -> int:
    if unicodedata.category(character) in UNSEEN:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def width(text: str) -> int:
    """The columns that the text takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))
