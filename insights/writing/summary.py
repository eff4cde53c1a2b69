"""A summary in a language model's words: first notes of all that is said, part by part, then the gist of the notes."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain

from pydantic import BaseModel, Field

from insights.artifacts import Chapter, Summary
from insights.extraction.sentences import Sentence, sentences_of
from insights.llm.client import Llm
from insights.writing.chapters import sentences_by_chapter
from insights.writing.interviews import Interview, begun, space_beside, useless
from insights.writing.listings import RULES, Line, line, listing, parts, spread, tokens
from insights.writing.notes import MOST_POINTS, NOTES_TOKENS, BorneOut, Notes, borne_out, instructions
from insights.writing.prose import STYLE, cleaned, in_language
from models import Segment

BUDGET_SECONDS = 1800.0
# Ten hours take about fifty, where the context holds 8192 tokens.
MOST_PARTS = 100
MOST_BULLETS = 10
MOST_PHRASES = 8
SHORT_CHARACTERS = 800
POINT_TOKENS = 100
GIST_TOKENS = 600

INSTRUCTIONS = (
    f"You sum up a recording by notes of it, which are in time order. {RULES} Give a short summary of two to four"
    " sentences that says what it all comes to, and the numbers of the notes that weigh most, at most"
    f" {MOST_BULLETS}. {STYLE} "
)


class _Gist(BaseModel):
    short: str
    weightiest: list[int] = Field(description="The numbers in brackets before these notes")


@dataclass(frozen=True, slots=True)
class _Part:
    """Lines that fit into one question, and the sentences they are by their numbers."""

    lines: Sequence[Line]
    sentences: Mapping[int, Sentence]


def write(
    llm: Llm,
    chapters: Sequence[Chapter],
    segments: Sequence[Segment],
    *,
    language: str | None,
    tick: Callable[[], None],
    budget_seconds: float = BUDGET_SECONDS,
) -> Summary:
    """The summary of a transcript, empty where nothing is said. Raises LlmFailed.

    It takes a question for each part and one for all, and parts are cut between chapters where that is possible.
    """
    sentences = sentences_of(segments)
    if not sentences:
        return Summary("", ())
    interview = begun(llm, budget_seconds, tick)
    gist_space = space_beside(llm, INSTRUCTIONS + in_language(language), _Gist, GIST_TOKENS)
    noted = _noted(interview, sentences_by_chapter(chapters, sentences), language, gist_space.lines // POINT_TOKENS)
    bullets = [bullet for each in noted for bullet in each.bullets]
    if not bullets:
        raise useless("no point names a line that it comes from")
    shown = spread([line(number, bullet.text) for number, bullet in enumerate(bullets, 1)], gist_space.lines)
    gist = interview.ask(INSTRUCTIONS + in_language(language), listing(shown), _Gist, gist_space.answer)
    return Summary(
        _short(gist),
        tuple(bullets[number - 1] for number in _weightiest(gist, {each.number for each in shown})),
        _key_phrases(noted),
        tuple(item for each in noted for item in each.action_items),
    )


def _noted(
    interview: Interview, chapters: Sequence[Sequence[Sentence]], language: str | None, most_points: int
) -> list[BorneOut]:
    """The notes of all parts, with no more points together than `most_points`, but at least one each."""
    space = space_beside(interview.llm, instructions(MOST_POINTS, language), Notes, NOTES_TOKENS)
    found = _parts(chapters, space.lines)
    # Action items and key phrases take the other half of an answer.
    each_has = max(1, min(MOST_POINTS, most_points // len(found), space.answer // POINT_TOKENS // 2))
    asked = instructions(each_has, language)
    return [
        borne_out(interview.ask(asked, listing(part.lines), Notes, space.answer), part.sentences, each_has)
        for part in found
    ]


def _parts(chapters: Sequence[Sequence[Sentence]], room: int) -> list[_Part]:
    """The transcript in parts that fit; evenly thinned out where it would take too many."""
    said = dict(enumerate(chain(*chapters), 1))
    numbers = iter(said)
    groups = [[line(next(numbers), each.text, each.speaker) for each in sentences] for sentences in chapters]
    whole = sum(tokens(group) for group in groups)
    share = min(1.0, MOST_PARTS * room / whole)
    kept = [spread(group, max(1, int(tokens(group) * share))) for group in groups]
    return [_Part(lines, {each.number: said[each.number] for each in lines}) for lines in parts(kept, room)]


def _short(gist: _Gist) -> str:
    short = cleaned(gist.short, SHORT_CHARACTERS)
    if not short:
        raise useless("the short summary is empty")
    return short


def _weightiest(gist: _Gist, shown: Set[int]) -> list[int]:
    """The numbers of the bullets that the model chose, in time order."""
    chosen = [number for number in dict.fromkeys(gist.weightiest) if number in shown][:MOST_BULLETS]
    if not chosen:
        raise useless("no note is among the weightiest")
    return sorted(chosen)


def _key_phrases(noted: Sequence[BorneOut]) -> tuple[str, ...]:
    """The phrases that are heard most often, each in one spelling."""
    times: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    for each in noted:
        for phrase, count in each.phrases.items():
            times[phrase.casefold()] += count
            spelled.setdefault(phrase.casefold(), phrase)
    return tuple(spelled[folded] for folded, _ in times.most_common(MOST_PHRASES))
