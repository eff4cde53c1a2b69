"""Answers without a language model: nothing but quotes, and none where the transcripts hold no evidence."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import log

from insights.search.citations import Citation, verified
from insights.search.lexemes import length, sought
from insights.search.passages import Piece, pieces_within
from insights.search.retrieval import Hit
from insights.search.sources import Found

MOST_CITATIONS = 5
QUOTED_IN_ANSWER = 3
# Lengths in words. A sentence ends a statement that is long enough to be understood by itself.
QUOTE_LENGTH = 50
STATEMENT_LENGTH = 15
REMARK_LENGTH = 4
SENTENCE_ENDS = tuple(".!?…。！？؟।")
# Words of one stem mostly begin with the same letters.
STEM_LENGTH = 5
# What all words of the question in one statement are worth, in cosine.
WORDS_WORTH = 0.3

# How near texts are to the question in meaning, as cosines.
Nearness = Callable[[Sequence[str]], Sequence[float]]
Statement = list[Piece]

# What it takes to answer, in the measure of `evidence_of`: fitted to MiniLM by `python -m bench.retrieval`.
ENOUGH = 0.47
# What the words of the question are worth in cosine, where the best hit has them all.
COVERAGE_WORTH = 0.4
# The share of them that it takes where nothing is known but words.
ENOUGH_COVERAGE = 0.22
# A hit with less than this of what the best one has is there because something has to be.
LEAST_SHARE = 0.4
# Among many passages something is always similar: what it takes more, in e times as many as a meeting of an hour has.
GROWTH = 0.04
USUAL = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What the transcripts answer: neither text nor citations where they do not."""

    text: str | None
    citations: Sequence[Citation]

    @property
    def is_answerable(self) -> bool:
        return bool(self.citations)


def answered_by_quotes(question: str, found: Sequence[Found], nearness: Nearness | None) -> Answer:
    """The answer in the transcripts' own words, if the best hits hold one.

    `nearness` is None where the model does not understand the transcripts.
    """
    found = found[:MOST_CITATIONS]
    is_enough = evidence_of([hit for hit, _ in found]) >= ENOUGH
    citations = quoted(question, found, nearness) if is_enough else []
    return Answer("\n".join(citation.quote for citation in citations[:QUOTED_IN_ANSWER]) or None, citations)


def quoted(question: str, found: Sequence[Found], nearness: Nearness | None) -> list[Citation]:
    """What each hit with evidence has to say to the question, in the order of the hits."""
    strongest = max((evidence_of([hit]) for hit, _ in found), default=0.0)
    found = [each for each in found if evidence_of([each[0]]) >= LEAST_SHARE * strongest]
    statements = [list(statements_of(pieces_within(hit.stretch, segments))) for hit, segments in found]
    sources = [(each, segments) for each, (_, segments) in zip(statements, found, strict=True) if each]
    quotes = best_quotes(question, [each for each, _ in sources], nearness)
    cited = [verified(quote, segments) for quote, (_, segments) in zip(quotes, sources, strict=True)]
    return [citation for citation in cited if citation]


def evidence_of(hits: Sequence[Hit]) -> float:
    """How much speaks for an answer being in the hits: `ENOUGH` of it, and they are quoted."""
    by_chance = GROWTH * log(max(1.0, max((hit.among for hit in hits), default=0) / USUAL))
    coverage = max((hit.coverage for hit in hits), default=0.0)
    similarities = [hit.similarity for hit in hits if hit.similarity is not None]
    if not similarities:
        return (coverage - by_chance) * ENOUGH / ENOUGH_COVERAGE
    return max(similarities) + COVERAGE_WORTH * coverage - by_chance


def statements_of(pieces: Iterable[Piece]) -> Iterator[Statement]:
    """What can be quoted by itself: one speaker's sentences, or what is as long where no sentence ends."""
    for _, turn in groupby(pieces, key=lambda piece: piece.speaker):
        statement: Statement = []
        for piece in turn:
            statement.append(piece)
            least = STATEMENT_LENGTH if piece.text.endswith(SENTENCE_ENDS) else 2 * STATEMENT_LENGTH
            if length(_text(statement)) >= least:
                yield statement
                statement = []
        if statement:
            yield statement


def best_quotes(question: str, passages: Sequence[Sequence[Statement]], nearness: Nearness | None) -> list[str]:
    """Of each passage the statement nearest to the question, with what is said around it."""
    texts = [_text(statement) for statements in passages for statement in statements]
    words = _words_worth(question, texts)
    meaning = nearness(texts) if nearness else [0.0] * len(texts)
    scores = iter([_score(*each) for each in zip(texts, words, meaning, strict=True)])
    return [_best_quote(statements, [next(scores) for _ in statements]) for statements in passages]


def _score(text: str, words: float, meaning: float) -> float:
    # "Yeah, the cost" is near to a question about the cost, and answers nothing.
    return words + meaning if length(text) >= REMARK_LENGTH else 0.0


def _best_quote(statements: Sequence[Statement], scores: Sequence[float]) -> str:
    first, after = max(_runs(statements), key=lambda run: (max(scores[slice(*run)]), sum(scores[slice(*run)])))
    return " ".join(_text(statement) for statement in statements[first:after])


def _runs(statements: Sequence[Statement]) -> Iterator[tuple[int, int]]:
    """First statement, and the one after the last, of runs that a quote has room for, or of a single longer one."""
    lengths = [length(_text(statement)) for statement in statements]
    first, total = 0, 0.0
    for last, added in enumerate(lengths):
        total += added
        while total > QUOTE_LENGTH and first < last:
            total -= lengths[first]
            first += 1
        yield first, last + 1


def _words_worth(question: str, texts: Sequence[str]) -> list[float]:
    """How much of the question's words is in each text; what is in many texts counts less."""
    asked, said = _stems(question), [_stems(text) for text in texts]
    having = Counter(stem for stems in said for stem in stems)
    whole = sum(1 / having[stem] for stem in asked if stem in having) or 1.0
    return [WORDS_WORTH * sum(1 / having[stem] for stem in asked & stems) / whole for stems in said]


def _stems(text: str) -> set[str]:
    return {word[:STEM_LENGTH] for word in sought(text)}


def _text(statement: Statement) -> str:
    return " ".join(piece.text for piece in statement)
