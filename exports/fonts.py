"""The letters of a PDF: which font shows which character, for the scripts that the packaged fonts cover.

Noto (OFL-1.1) has Latin, Greek, Cyrillic, Arabic, Hebrew, Armenian, Georgian, Ethiopic, Thai, Lao, Khmer, Burmese,
Sinhala and the scripts of India; WenQuanYi Micro Hei (Apache-2.0) has Chinese, Japanese and Korean. What none has is
shown as a replacement character, and the document says so.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

LATIN = "NotoSans"
CJK = "WenQuanYi"
# By the first word of a character's name in Unicode.
OF_SCRIPT: Mapping[str, str] = {
    **dict.fromkeys(
        ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "IDEOGRAPHIC", "FULLWIDTH", "HALFWIDTH", "BOPOMOFO"), CJK
    ),
    "ARABIC": "NotoSansArabic",
    "ARMENIAN": "NotoSansArmenian",
    "BENGALI": "NotoSansBengali",
    "DEVANAGARI": "NotoSansDevanagari",
    "ETHIOPIC": "NotoSansEthiopic",
    "GEORGIAN": "NotoSansGeorgian",
    "GUJARATI": "NotoSansGujarati",
    "GURMUKHI": "NotoSansGurmukhi",
    "HEBREW": "NotoSansHebrew",
    "KANNADA": "NotoSansKannada",
    "KHMER": "NotoSansKhmer",
    "LAO": "NotoSansLao",
    "MALAYALAM": "NotoSansMalayalam",
    "MYANMAR": "NotoSansMyanmar",
    "ORIYA": "NotoSansOriya",
    "SINHALA": "NotoSansSinhala",
    "TAMIL": "NotoSansTamil",
    "TELUGU": "NotoSansTelugu",
    "THAI": "NotoSansThai",
}
FOR_THE_REST = (LATIN, CJK, "NotoSansSymbols", "NotoEmoji")
# Their letters change with their neighbours, so that HarfBuzz has to place them.
SHAPED = frozenset(OF_SCRIPT.values()) - {CJK, "NotoSansArmenian", "NotoSansGeorgian", "NotoSansEthiopic"}
MISSING = "\ufffd"
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def runs(text: str) -> Iterator[tuple[str, str]]:
    """The text in runs of one font each: (font, text). What no font shows has become MISSING."""
    font, run = LATIN, ""
    for character in text:
        if unicodedata.category(character) in UNSEEN and character not in "\u200c\u200d":
            continue
        wanted, shown = _shown(font, character)
        if wanted != font and run:
            yield font, run
            run = ""
        font, run = wanted, run + shown
    if run:
        yield font, run


def missing(text: str) -> int:
    """How many characters of the text no font shows."""
    return sum(_font_of(character) is None for character in text if not _is_neutral(character))


def _shown(font: str, character: str) -> tuple[str, str]:
    if _is_neutral(character) and _has(font, character):
        return font, character
    wanted = _font_of(character)
    return (wanted, character) if wanted else (LATIN, MISSING)


def _is_neutral(character: str) -> bool:
    """Spaces, joiners and marks, which stay in the font of what is around them."""
    return character.isspace() or character in "\u200c\u200d" or unicodedata.category(character)[0] in "MC"


@lru_cache(maxsize=20_000)
def _font_of(character: str) -> str | None:
    script = unicodedata.name(character, "").partition(" ")[0]
    candidates = (OF_SCRIPT[script], *FOR_THE_REST) if script in OF_SCRIPT else FOR_THE_REST
    return next((font for font in candidates if _has(font, character)), None)


@lru_cache(maxsize=50_000)
def _has(font: str, character: str) -> bool:
    return ord(character) in _registered(font).face.charToGlyph


@lru_cache
def _registered(name: str) -> TTFont:
    """The font, read at its first use and known to the library by its name from then on."""
    if name == CJK:
        path, number = files("paperang_p2_fonts_cjk") / "fonts" / "wqy-microhei.ttc", 0
    else:
        path, number = files("manimgx_fonts") / f"{name}[wght].ttf", 0
    font = TTFont(name, str(path), subfontIndex=number, shapable=name in SHAPED or name == LATIN)
    pdfmetrics.registerFont(font)
    return font
