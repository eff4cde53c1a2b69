"""What a downloaded file is called: after its transcription, in a way that every system takes."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain, count

UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
# Not allowed in names on Windows, or with a meaning there and elsewhere.
RESERVED = re.compile(r'[<>:"/\\|?*]+')
DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
# A title is often the name of the recording's own file.
OF_MEDIA = re.compile(
    r"(?i)\.(aac|ac3|aiff?|amr|au|avi|caf|flac|m4[ab]|mk[av]|mov|mp[234]|oga|ogg|opus|ts|wav|webm|wma|3gp)$"
)
LONGEST_BYTES = 150


def file_name(title: str, extension: str) -> str:
    """The name of the file that a title's export is kept in: "Board meeting.srt"."""
    return f"{_stem(title)}{extension}"


def unused(name: str, extension: str, taken: set[str]) -> str:
    """The name, with a number if another has it, as a system sees it to which upper and lower case are the same."""
    stem = name.removesuffix(extension)
    numbered: Iterator[str] = (f"{stem} ({number}){extension}" for number in count(2))
    free = next(each for each in chain([name], numbered) if each.casefold() not in taken)
    taken.add(free.casefold())
    return free


def _stem(title: str) -> str:
    seen = "".join(" " if c.isspace() else c for c in title if c.isspace() or unicodedata.category(c) not in UNSEEN)
    clean = unicodedata.normalize("NFC", " ".join(RESERVED.sub("-", OF_MEDIA.sub("", seen.strip())).split()))
    short = clean.strip(" .-").encode()[:LONGEST_BYTES].decode(errors="ignore").rstrip(" .-")
    return f"_{short}" if DEVICES.fullmatch(short) else short or "transcript"
