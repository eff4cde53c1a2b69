"""Answers in a language model's words, each with quotes that stand word for word in what was found.

The model gives its quotes before its answer, so they are checked before a word of the answer is shown: where none of
them stands there, nothing is.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import chain, groupby
from types import MappingProxyType

from pydantic import BaseModel, Field

from insights.llm.answers import as_object, object_so_far
from insights.llm.client import Llm
from insights.llm.requests import most_tokens
from insights.search.answers import MOST_CITATIONS, Answer
from insights.search.citations import Citation, verified
from insights.search.lexemes import length
from insights.search.passages import pieces_within
from insights.search.sources import Found
from insights.writing.interviews import space_beside, useless
from insights.writing.listings import RULES, Line, line, listing, packed, tokens
from insights.writing.prose import STYLE, cleaned

BUDGET_SECONDS = 60.0
ANSWER_TOKENS = 1000
ANSWER_CHARACTERS = 2000
# In words. A single word stands anywhere and bears nothing out.
LEAST_QUOTE = 2
LOOSE = ' \t\n"“”„«»…'

INSTRUCTIONS = (
    f"You answer a question by passages of transcripts that were found for it. {RULES} The number before a line is that"
    " of its passage. First give the quotes that hold the answer, at most five: for each the number of its passage and"
    " a sentence or two of one line, copied letter by letter. Then answer in at most 120 words, by nothing but these"
    " quotes, in the language of the question. Where the passages do not hold the answer, give no quote and an empty"
    f" answer. {STYLE}"
)


NO_ANSWER = Answer(None, ())
NOBODY: Mapping[int, Mapping[str, str]] = MappingProxyType({})


class _Quote(BaseModel):
    passage: int
    quote: str = Field(description="Copied letter by letter, without the speaker")


class _Written(BaseModel):
    quotes: list[_Quote]
    answer: str


def write(
    llm: Llm,
    question: str,
    found: Sequence[Found],
    *,
    tick: Callable[[], None],
    on_text: Callable[[str], None] | None = None,
    names: Mapping[int, Mapping[str, str]] = NOBODY,
    budget_seconds: float = BUDGET_SECONDS,
) -> Answer:
    """The answer that the best hits hold, without text and citations where they hold none. Raises LlmFailed.

    `on_text` is called with the answer's text so far whenever there is more of it; what was shown so is taken back
    where LlmFailed follows. `names` are those that people gave to speakers, by transcription.
    """
    found = [each for each in found if each[1]]
    if not found:
        return NO_ANSWER
    space = space_beside(llm, INSTRUCTIONS, _Written, ANSWER_TOKENS)
    shown, text = _listed(question, found, names, space.lines)
    if on_text is None:
        written = llm.ask(
            INSTRUCTIONS, text, schema=_Written, budget_seconds=budget_seconds, answer_tokens=space.answer, tick=tick
        )
        return _answer(written, shown)
    pieces = llm.stream(
        INSTRUCTIONS, text, schema=_Written, budget_seconds=budget_seconds, answer_tokens=space.answer, tick=tick
    )
    with closing(pieces):
        return _while_written(pieces, shown, on_text)


def _listed(
    question: str, found: Sequence[Found], names: Mapping[int, Mapping[str, str]], room: int
) -> tuple[Sequence[Found], str]:
    """The best hits that fit, and the question with their passages."""
    asked = f"Question: {' '.join(question.split())}"
    passages = [list(_lines(number, each, names)) for number, each in enumerate(found, 1)]
    shown = next(packed(passages, tokens, room - most_tokens(asked)))
    return found[: len(shown)], f"{asked}\n{listing(chain(*shown))}"


def _lines(number: int, found: Found, names: Mapping[int, Mapping[str, str]]) -> Iterator[Line]:
    """A line for each turn of the passage."""
    hit, segments = found
    called = names.get(hit.transcription_id, {})
    for speaker, turn in groupby(pieces_within(hit.stretch, segments), key=lambda piece: piece.speaker):
        yield line(number, " ".join(piece.text for piece in turn), speaker and called.get(speaker, speaker))


def _while_written(pieces: Iterable[str], found: Sequence[Found], on_text: Callable[[str], None]) -> Answer:
    """The answer, shown while it is written; the rest is not waited for where no quote bears it out."""
    said, text = "", ""
    citations: Sequence[Citation] = ()
    for piece in pieces:
        said += piece
        so_far = object_so_far(said)
        if list(so_far) != ["quotes", "answer"]:
            continue
        written = as_object(json.dumps(so_far), _Written)
        citations = citations or _citations(written, found)
        if not citations:
            return NO_ANSWER
        if _text(written) != text:
            text = _text(written)
            on_text(text)
    # Some servers pay no heed to the order of a schema.
    answer = _answer(as_object(said, _Written), found)
    if answer.text and answer.text != text:
        on_text(answer.text)
    return answer


def _answer(written: _Written, found: Sequence[Found]) -> Answer:
    citations = _citations(written, found)
    if not citations:
        return NO_ANSWER
    text = _text(written)
    if not text:
        raise useless("there are quotes and no answer")
    return Answer(text, citations)


def _text(written: _Written) -> str:
    return cleaned(written.answer, ANSWER_CHARACTERS)


def _citations(written: _Written, found: Sequence[Found]) -> list[Citation]:
    """The quotes that stand in the passage they name, each once."""
    segments = {number: segments for number, (_, segments) in enumerate(found, 1)}
    quotes = [(each.quote.strip(LOOSE), segments.get(each.passage, ())) for each in written.quotes]
    cited = [verified(quote, where) for quote, where in quotes if length(quote) >= LEAST_QUOTE]
    return list(dict.fromkeys(each for each in cited if each))[:MOST_CITATIONS]
