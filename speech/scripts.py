"""Scripts that put no spaces between words: Chinese, Japanese, Thai, Lao, Khmer, Burmese."""

import re

UNSPACED = re.compile(
    "["
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Burmese, Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # kana, iteration marks
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
    "]"
)
# Thai and Lao vowels that are written before the consonant after which they are spoken.
BEFORE_THEIR_CONSONANT = frozenset("เแโใไເແໂໃໄ")


def is_unspaced(text: str) -> bool:
    """Whether any of it is of a script that puts no spaces between words."""
    return UNSPACED.search(text) is not None
