"""Titles and summaries of chapters in a language model's words. Where chapters begin and end is not its to say."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain, islice

from pydantic import BaseModel

from insights.artifacts import Chapter
from insights.extraction.sentences import Sentence, sentences_of
from insights.llm.client import Llm
from insights.writing.interviews import begun, space_beside, useless
from insights.writing.listings import RULES, Line, line, listing, packed, spread, tokens
from insights.writing.prose import STYLE, cleaned, in_language, title
from models import Segment

BUDGET_SECONDS = 1800.0
TITLE_CHARACTERS = 80
SUMMARY_CHARACTERS = 300
CHAPTER_TOKENS = 200
MOST_AT_ONCE = 6

INSTRUCTIONS = (
    f"You name the chapters of a recording. {RULES} The number before a line is that of the chapter it belongs to. Give"
    " for each chapter its number, a title of two to eight words that tells it apart from the others, and a summary:"
    f" one sentence of at most thirty words that says what it comes to. {STYLE} "
)


class _Chapter(BaseModel):
    number: int
    title: str
    summary: str


class _Chapters(BaseModel):
    chapters: list[_Chapter]


def write(
    llm: Llm,
    chapters: Sequence[Chapter],
    segments: Sequence[Segment],
    *,
    language: str | None,
    tick: Callable[[], None],
    budget_seconds: float = BUDGET_SECONDS,
) -> list[Chapter]:
    """The chapters with titles and summaries written for them; one in which nothing is said stays as it is.

    It takes no more questions than there are chapters. Raises LlmFailed.
    """
    if not chapters:
        return []
    interview = begun(llm, budget_seconds, tick)
    instructions = INSTRUCTIONS + in_language(language)
    space = space_beside(llm, instructions, _Chapters, MOST_AT_ONCE * CHAPTER_TOKENS)
    written = dict(enumerate(chapters, 1))
    waiting = _lines_by_chapter(chapters, segments, space.lines)
    while waiting:
        first = islice(waiting.items(), max(1, space.answer // CHAPTER_TOKENS))
        batch = dict(next(packed(first, lambda each: tokens(each[1]), space.lines)))
        answer = interview.ask(instructions, listing(chain(*batch.values())), _Chapters, space.answer)
        told = {each.number: _told(each, written[each.number]) for each in answer.chapters if each.number in batch}
        whole = {number: chapter for number, chapter in told.items() if chapter.title and chapter.summary}
        if not whole:
            raise useless("no chapter has a title and a summary")
        written |= whole
        for number in whole:
            # What the model left out stays, to be asked for with the next.
            del waiting[number]
    return list(written.values())


def sentences_by_chapter(chapters: Sequence[Chapter], sentences: Sequence[Sentence]) -> list[list[Sentence]]:
    """The sentences that begin in each chapter; all together where there are no chapters."""
    starts = [chapter.start for chapter in chapters]
    found: list[list[Sentence]] = [[] for _ in chapters] or [[]]
    for sentence in sentences:
        found[max(0, bisect_right(starts, sentence.start) - 1)].append(sentence)
    return found


def _lines_by_chapter(chapters: Sequence[Chapter], segments: Sequence[Segment], room: int) -> dict[int, Sequence[Line]]:
    """The lines of each chapter in which something is said, evenly thinned out where they are more than fit."""
    grouped = sentences_by_chapter(chapters, sentences_of(segments))
    return {
        number: spread([line(number, each.text, each.speaker) for each in sentences], room)
        for number, sentences in enumerate(grouped, 1)
        if sentences
    }


def _told(written: _Chapter, chapter: Chapter) -> Chapter:
    return replace(
        chapter, title=title(written.title, TITLE_CHARACTERS), summary=cleaned(written.summary, SUMMARY_CHARACTERS)
    )
