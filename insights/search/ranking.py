"""From passages that match by words or by meaning to an order of hits.

Two rankings are fused by rank alone (reciprocal rank fusion, Cormack, Clarke and Büttcher 2009), since their scores
have no common scale: that decides which passages are looked at. Their order is then by evidence, in which both scores
do count, and the evidence around a passage counts as much as its own: what is being talked about lasts for minutes.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

# How much less each further rank is worth (the paper's k).
RANK_OFFSET = 60
# Something is always nearest; below this MiniLM sees nothing in common.
LEAST_SIMILARITY = 0.15


@dataclass(frozen=True, slots=True)
class Weights:
    """The constants of the order. `python -m bench.retrieval` fits them anew on one part and tries them on another.

    `words` is what a point of the words' score is worth in cosine. Passages count as around another up to `reach` steps
    away, and as the same place up to `same_place` steps.
    """

    words: float = 0.03
    reach: int = 8
    same_place: int = 3


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage and how it matches. `similarity` is the cosine, None where the passage has no embedding."""

    passage_id: int
    transcription_id: int
    ordinal: int
    similarity: float | None
    words: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with the score that gave it its place, roughly 0..1."""

    candidate: Candidate
    score: float


def fuse(rankings: Iterable[Sequence[int]], limit: int) -> list[int]:
    """The ids that stand highest over all rankings, best first."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, passage_id in enumerate(ranking, start=1):
            scores[passage_id] = scores.get(passage_id, 0.0) + 1 / (RANK_OFFSET + rank)
    return sorted(scores, key=scores.__getitem__, reverse=True)[:limit]


def rank(chosen: Collection[int], candidates: Sequence[Candidate], weights: Weights = WEIGHTS) -> list[Ranked]:
    """The chosen ones, best first. `candidates` holds them and whatever is known of the passages around them."""
    evidence, wanted = _evidence(candidates, weights), set(chosen)
    ranked = [
        Ranked(candidate, (own + _around(evidence, candidate, weights.reach)) / 2)
        for candidate, own in zip(candidates, evidence.values(), strict=True)
        if candidate.passage_id in wanted and _has_to_do_with_it(candidate)
    ]
    return sorted(ranked, key=lambda each: each.score, reverse=True)


def places(ranked: Iterable[Ranked], weights: Weights = WEIGHTS) -> Iterator[Ranked]:
    """The best of each place: what overlaps a better one, or follows it at once, leads a listener nowhere new."""
    taken: set[tuple[int, int]] = set()
    for each in ranked:
        transcription_id, ordinal = each.candidate.transcription_id, each.candidate.ordinal
        if (transcription_id, ordinal) not in taken:
            yield each
            around = range(ordinal - weights.same_place, ordinal + weights.same_place + 1)
            taken.update((transcription_id, near) for near in around)


def _has_to_do_with_it(candidate: Candidate) -> bool:
    return candidate.words > 0 or (candidate.similarity or 0.0) >= LEAST_SIMILARITY


Evidence = dict[tuple[int, int], float]


def _evidence(candidates: Sequence[Candidate], weights: Weights) -> Evidence:
    known = [candidate.similarity for candidate in candidates if candidate.similarity is not None]
    # A passage in a language that the model does not understand is neither helped nor harmed by that.
    usual = fmean(known) if known else 0.0
    return {
        (candidate.transcription_id, candidate.ordinal): (
            (usual if candidate.similarity is None else candidate.similarity) + weights.words * candidate.words
        )
        for candidate in candidates
    }


def _around(evidence: Evidence, candidate: Candidate, reach: int) -> float:
    steps = (step for step in range(-reach, reach + 1) if step)
    near = [evidence.get((candidate.transcription_id, candidate.ordinal + step)) for step in steps]
    present = [each for each in near if each is not None]
    return fmean(present) if present else 0.0
