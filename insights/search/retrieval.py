"""Search: the passages of a scope that match a question by words, by meaning or both, best first.

In a small scope, such as one transcript, every passage is looked at and nothing is estimated. In a large one the
indexes name a hundred each, and those that stand highest are looked at together with what is around them.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import compress, islice
from operator import mul

from sqlalchemy.orm import Session

from insights.search import passage_queries as queries
from insights.search.lexemes import sought
from insights.search.passage_queries import Match, Scope, Terms
from insights.search.passages import Stretch
from insights.search.ranking import WEIGHTS, Candidate, Weights, fuse, places, rank
from insights.search.selection import selective_query

# Up to so many passages a scope is looked at whole: some six hours of speech.
WHOLE = 1_500
# Evidence is judged by among how many passages it was found, up to so many.
COUNTED = 10_000
# How much longer the index takes to name a passage than comparing one takes. Where most of what it names is not in the
# scope it has to be read on, and may lose some.
NAMING = 40
MOST_WORDS = 32
# Passages that may become hits: a few for each place, and enough for the order to be about evidence.
CHOSEN = 40
CHOSEN_PER_HIT = 2


# Waits for a vector that is being made; None comes where words alone have to decide.
Vector = Callable[[], Sequence[float] | None]


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for: its text, its vector (None where only words are to decide), and the transcripts' languages.

    The vector is called for once, after what can be done without it. `configurations` are text search configurations,
    see `lexemes.configuration`.
    """

    text: str
    vector: Vector | None
    configurations: Sequence[str]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, among so many that it was chosen from, counted up to `COUNTED`.

    `coverage` is how much of the question its words are, 0..1. `similarity` is None where words alone decided, because
    the passage or the question has no embedding.
    """

    transcription_id: int
    stretch: Stretch
    score: float
    similarity: float | None
    coverage: float
    among: int = 0


@dataclass(frozen=True, slots=True)
class Looked:
    """The terms that were looked for, what each weighs, the passages that were looked at, and which may be hits.

    `size` is how many passages the scope has, counted up to `COUNTED`; of a large one that is an estimate.
    """

    terms: Terms
    matches: Sequence[Match]
    weights: Sequence[float]
    chosen: Sequence[int]
    size: int

    @property
    def candidates(self) -> list[Candidate]:
        return [
            Candidate(
                match.passage_id,
                match.transcription_id,
                match.ordinal,
                match.similarity,
                sum(map(mul, self.weights, match.occurrences)),
            )
            for match in self.matches
        ]

    @property
    def coverage(self) -> dict[int, float]:
        """How much of the question each chosen passage covers."""
        whole, chosen = sum(self.weights) or 1.0, set(self.chosen)
        return {
            match.passage_id: sum(compress(self.weights, match.occurrences)) / whole
            for match in self.matches
            if match.passage_id in chosen
        }


def best_hits(session: Session, account_id: int, looked: Looked, limit: int, weights: Weights = WEIGHTS) -> list[Hit]:
    """The best of what was looked at, each in a place of its own."""
    ranked = list(islice(places(rank(looked.chosen, looked.candidates, weights), weights), limit))
    coverage = looked.coverage
    stretches = queries.stretches(session, account_id, [each.candidate.passage_id for each in ranked])
    return [
        Hit(found.transcription_id, stretches[key], each.score, found.similarity, coverage[key], looked.size)
        for each in ranked
        if (key := (found := each.candidate).passage_id) in stretches
    ]


def look(session: Session, scope: Scope, question: Question, limit: int) -> Looked:
    """Every passage of a small scope, or those of a large one that the indexes name, for `limit` hits."""
    queries.prepare(session)
    terms = terms_of(session, question)
    chosen = max(CHOSEN, CHOSEN_PER_HIT * limit)
    if queries.count(session, scope, WHOLE + 1) <= WHOLE:
        return _look_at_all(session, scope, _with_vector(terms, question), chosen)
    return _look_around(session, scope, terms, question, chosen)


def terms_of(session: Session, question: Question) -> Terms:
    """The words of the question that mean something in one of the languages."""
    words = queries.lexemes(session, sought(question.text)[:MOST_WORDS], question.configurations)
    return Terms(list(dict.fromkeys(words.values())))


def weight(having: float, total: float) -> float:
    """What a term is worth that `having` of all passages have (Robertson and Spärck Jones, as in BM25)."""
    having = min(having, total)
    return math.log(1 + (total - having + 0.5) / (having + 0.5))


def _look_at_all(session: Session, scope: Scope, terms: Terms, chosen: int) -> Looked:
    matches = queries.whole(session, scope, terms)
    matching = [match.occurrences for match in matches if match.occurrences]
    having = [sum(occurrences[i] > 0 for occurrences in matching) for i in range(len(terms.words))]
    looked = Looked(terms, matches, [weight(each, len(matches)) for each in having], (), len(matches))
    by_words = {each.passage_id: each.words for each in looked.candidates if each.words}
    by_meaning = {each.passage_id: each.similarity for each in looked.candidates if each.similarity is not None}
    rankings = [sorted(scores, key=scores.__getitem__, reverse=True) for scores in (by_words, by_meaning)]
    return replace(looked, chosen=fuse(rankings, chosen))


def _look_around(session: Session, scope: Scope, words: Terms, question: Question, chosen: int) -> Looked:
    size = max(queries.expected(session, scope), WHOLE)
    total = max(size, queries.expected(session, Scope(scope.account_id)))
    nearest = queries.by_meaning_compared if _is_compared(session, size) else queries.by_meaning
    having = [total * each for each in queries.frequencies(session, words.words)]
    rankings = []
    if selective := selective_query(words.queries, having, total):
        rankings.append(queries.by_words(session, scope, words, selective))
    terms = _with_vector(words, question)
    if terms.vector:
        rankings.append(nearest(session, scope, terms.vector))
    ids = fuse(rankings, chosen)
    near = queries.near(session, scope.account_id, terms, ids, WEIGHTS.reach)
    return Looked(terms, near, [weight(each, total) for each in having], ids, min(round(size), COUNTED))


def _is_compared(session: Session, size: float) -> bool:
    """Whether comparing so many vectors is quicker than having the index name the nearest among all there are."""
    return size * size <= NAMING * queries.NAMED * queries.everything(session)


def _with_vector(terms: Terms, question: Question) -> Terms:
    return replace(terms, vector=question.vector() if question.vector else None)
