"""Chapters for the places that show them: YouTube's description, and podcast apps."""

import json
from collections.abc import Sequence

from errors import ChaptersUnavailable
from exports.clocks import clock
from exports.document import Chapter, Document
from exports.options import Options

# YouTube Help, Add chapters to your videos: the first at 0:00, at least three, in order, ten seconds each.
YOUTUBE_LEAST = 3
YOUTUBE_SECONDS = 10
JSON_CHAPTERS_VERSION = "1.2.0"


def render_youtube(document: Document, options: Options) -> bytes:
    """Lines for the description of a video: "0:00 Introduction".

    A chapter that is too short for YouTube goes into the one before it. Raises ChaptersUnavailable where fewer than
    three are left, since YouTube then shows none.
    """
    chapters = _long_enough(document.chapters, document.duration_seconds)
    if len(chapters) < YOUTUBE_LEAST:
        raise ChaptersUnavailable(
            f"YouTube takes at least {YOUTUBE_LEAST} chapters of {YOUTUBE_SECONDS} seconds, and this transcription has "
            f"{len(chapters) or 'none'}."
        )
    return "".join(f"{clock(start)} {' '.join(title.split())}\n" for start, title in chapters).encode()


def render_podcast(document: Document, options: Options) -> bytes:
    """JSON chapters (Podcasting 2.0, version 1.2.0). Raises ChaptersUnavailable where there are none."""
    if not document.chapters:
        raise ChaptersUnavailable()
    chapters = [
        {"startTime": round(chapter.start, 3), "title": chapter.title, "endTime": round(chapter.end, 3)}
        for chapter in document.chapters
    ]
    file = {"version": JSON_CHAPTERS_VERSION, "title": document.title, "chapters": chapters}
    return json.dumps(file, ensure_ascii=False, indent=2).encode()


def _long_enough(chapters: Sequence[Chapter], duration_seconds: float) -> list[tuple[int, str]]:
    """The second each begins at and its title. The first begins at 0, and each lasts long enough in whole seconds."""
    found: list[tuple[int, str]] = []
    for chapter in chapters:
        start = int(chapter.start) if found else 0
        if not found or start - found[-1][0] >= YOUTUBE_SECONDS:
            found.append((start, chapter.title))
    while len(found) > 1 and int(duration_seconds) - found[-1][0] < YOUTUBE_SECONDS:
        found.pop()
    return found
