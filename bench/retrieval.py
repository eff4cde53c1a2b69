"""How well search and citations find what answers a question, and whether questions without an answer are refused.

    python -m bench.retrieval --meetings DIR --scorer EVAL/retrieval.py [--scorer-python PYTHON] [--results DIR]
                              [--threads 2]

Runs on a PostgreSQL of its own, where each meeting is a transcript that is searched by itself. What is found is scored
with the constants that are in the code, and cross-validated: for each half of the meetings with those that suit the
other half best. Excerpts are what is shown of hits; words alone are left where the model does not know the language.
The scorer is run as a program, `SCORER --references DIR --results DIR --json`. Results are kept where a DIR is given.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

import migrations
from insights.embeddings import PACKAGED_MODEL, Embedder, load
from insights.search.answers import ENOUGH, MOST_CITATIONS, Nearness, evidence_of, quoted
from insights.search.citations import Citation
from insights.search.excerpts import Excerpt, excerpts
from insights.search.indexing import store_passages
from insights.search.lexemes import configuration
from insights.search.passage_queries import Scope
from insights.search.passages import passages_of
from insights.search.ranking import Weights
from insights.search.retrieval import Hit, Looked, Question, best_hits, look
from models import Segment
from processes.embedded import ensure_postgres

ALONE = """
ALTER TABLE passages DROP CONSTRAINT fk_passages_account_id, DROP CONSTRAINT fk_passages_transcription_id;
ALTER TABLE segments DROP CONSTRAINT fk_segments_transcription_id;
"""
ACCOUNT = 1
LIMIT = 10
GRID = [Weights(*each) for each in product((0.02, 0.03, 0.05), (4, 8, 16), (2, 3, 4))]
# The share of answerable questions that a threshold may cost where it is chosen.
LOST = 0.035
TOUCHING_SECONDS = 0.05
SEGMENT_FIELDS = ("start", "end", "speaker", "text")

Times = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, what was found for it, and when it is answered: never, where it cannot be."""

    id: str
    meeting: dict[str, Any]
    answered_at: Sequence[Times]
    scope: Scope
    looked: Looked
    hits: Sequence[Hit]
    excerpts: Sequence[Excerpt]
    citations: Sequence[Citation]
    seconds: tuple[float, float, float]

    @property
    def half(self) -> int:
        """Which of two halves of the meetings it belongs to. Every other one, since their names go by domains."""
        [number] = self.scope.transcription_ids or ()
        return number % 2

    @property
    def evidence(self) -> float:
        return evidence_of(self.hits[:MOST_CITATIONS])

    @property
    def is_cited(self) -> bool:
        return any(self.is_answered_by((citation.start, citation.end)) for citation in self.citations)

    def is_answered_by(self, found: Times) -> bool:
        return any(min(found[1], end) - max(found[0], start) > TOUCHING_SECONDS for start, end in self.answered_at)


def main() -> None:
    options = parse()
    embedder = load(PACKAGED_MODEL, threads=options.threads)
    meetings = [json.loads(path.read_text()) for path in sorted(options.meetings.glob("*.json"))]
    with tempfile.TemporaryDirectory(prefix="transcribe-bench-") as name, database(Path(name)) as session:
        started = time.monotonic()
        pairs = [
            each
            for number, meeting in enumerate(meetings, start=1)
            for each in ask_all(session, embedder, Scope(ACCOUNT, [number]), meeting)
        ]
        asked, alone = [first for first, _ in pairs], [second for _, second in pairs]
        print(f"{len(asked)} questions to {len(meetings)} meetings in {time.monotonic() - started:.0f} s", flush=True)
        results = options.results or Path(name) / "results"
        write(results / "search", meetings, {each.id: times(each.hits) for each in asked})
        write(results / "search, cross-validated", meetings, cross_validated_hits(session, asked))
        write(results / "excerpts", meetings, {each.id: times(each.excerpts) for each in asked})
        write(results / "citations", meetings, {each.id: times(each.citations) for each in asked})
        write(results / "words alone", meetings, {each.id: times(each.hits) for each in alone})
        for folder in sorted(results.iterdir()):
            report_scores(options, folder, meetings)
    report_answers("questions", asked)
    report_answers("words alone", alone)
    for step, seconds in zip(
        ("search", "excerpts", "quotes"), zip(*(each.seconds for each in asked), strict=True), strict=True
    ):
        slow = statistics.quantiles(seconds, n=20)[-1]
        print(f"{step:8} median {1e3 * statistics.median(seconds):.0f} ms, 95 % within {1e3 * slow:.0f} ms")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--meetings", type=Path, required=True)
    parser.add_argument("--scorer", type=Path, required=True)
    parser.add_argument("--scorer-python", default=sys.executable)
    parser.add_argument("--results", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


@contextmanager
def database(folder: Path) -> Iterator[Session]:
    """The service's tables in a server of our own, empty, and the index without what it belongs to."""
    folder.chmod(0o711)  # The server is not root.
    with ensure_postgres(folder) as reachable:
        engine = create_engine(reachable.database_url)
        migrations.upgrade(engine)
        with Session(engine) as session:
            session.execute(text(ALONE))
            yield session


def ask_all(
    session: Session, embedder: Embedder, scope: Scope, meeting: dict[str, Any]
) -> Iterator[tuple[Asked, Asked]]:
    """Index a meeting, and ask it its own questions and those it has no answer to: by meaning too, and by words."""
    segments = index(session, embedder, scope, meeting)
    questions = [*meeting["queries"], *meeting["unanswerable"]]
    vectors = embedder.encode_questions([question["query"] for question in questions])
    for question, vector in zip(questions, vectors.tolist(), strict=True):
        near = partial(nearness, embedder, vector)
        yield (
            ask(session, scope, meeting, segments, question, vector, near),
            ask(session, scope, meeting, segments, question, None, None),
        )


def ask(
    session: Session,
    scope: Scope,
    meeting: dict[str, Any],
    segments: Sequence[Segment],
    question: dict[str, Any],
    vector: list[float] | None,
    near: Nearness | None,
) -> Asked:
    began = time.perf_counter()
    wanted = Question(
        question["query"], None if vector is None else lambda: vector, [configuration(meeting["language"])]
    )
    looked = look(session, scope, wanted, LIMIT)
    hits = best_hits(session, ACCOUNT, looked, LIMIT)
    searched = time.perf_counter()
    found = [(hit, segments[hit.stretch.first_segment : hit.stretch.last_segment + 1]) for hit in hits]
    shown = excerpts(session, looked, found, wanted.configurations)
    began_quoting = time.perf_counter()
    citations = quoted(wanted.text, found[:MOST_CITATIONS], near)
    seconds = searched - began, began_quoting - searched, time.perf_counter() - began_quoting
    answered_at = [(segments[first].start, segments[last].end) for first, last in question.get("spans", [])]
    return Asked(question["id"], meeting, answered_at, scope, looked, hits, shown, citations, seconds)


def nearness(embedder: Embedder, vector: Any, texts: Sequence[str]) -> list[float]:
    return [float(each) for each in embedder.encode(texts) @ vector]


def index(session: Session, embedder: Embedder, scope: Scope, meeting: dict[str, Any]) -> list[Segment]:
    [number] = scope.transcription_ids or ()
    segments = segments_of(meeting, number)
    passages = passages_of(segments, {segment.speaker: segment.speaker for segment in segments if segment.speaker})
    store_passages(
        session,
        ACCOUNT,
        number,
        passages,
        configuration=configuration(meeting["language"]),
        vectors=embedder.encode([passage.text for passage in passages]),
    )
    return segments


def segments_of(meeting: dict[str, Any], transcription_id: int) -> list[Segment]:
    return [
        Segment(transcription_id=transcription_id, number=each["id"], **{name: each[name] for name in SEGMENT_FIELDS})
        for each in meeting["segments"]
    ]


def times(found: Sequence[Hit | Excerpt | Citation]) -> list[Times]:
    places = [each.stretch if isinstance(each, Hit) else each for each in found]
    return [(place.start, place.end) for place in places]


def cross_validated_hits(session: Session, asked: Sequence[Asked]) -> dict[str, list[Times]]:
    """The hits of each question in the order that suits the questions of the other half best."""
    ranked = {
        each.id: [times(best_hits(session, ACCOUNT, each.looked, LIMIT, weights)) for weights in GRID] for each in asked
    }
    worth = {each.id: [quality(each, hits) for hits in ranked[each.id]] for each in asked}
    chosen = {}
    for half in (0, 1):
        others = [worth[each.id] for each in asked if each.half != half]
        chosen[half] = max(range(len(GRID)), key=[sum(column) for column in zip(*others, strict=True)].__getitem__)
        print(f"the half that is tried on half {half} fits {GRID[chosen[half]]}")
    return {each.id: ranked[each.id][chosen[each.half]] for each in asked}


def quality(asked: Asked, hits: Sequence[Times]) -> float:
    """The reciprocal rank of the first relevant hit, and one more where that is among the first five."""
    relevant = [rank for rank, hit in enumerate(hits, start=1) if asked.is_answered_by(hit)]
    return 1 / relevant[0] + (relevant[0] <= 5) if relevant else 0.0


def write(folder: Path, meetings: Sequence[dict[str, Any]], found: dict[str, list[Times]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for meeting in meetings:
        hits = {
            query["id"]: [{"start": start, "end": end} for start, end in found[query["id"]]]
            for query in meeting["queries"]
        }
        (folder / f"{meeting['id']}.json").write_text(json.dumps(hits))


def report_scores(options: argparse.Namespace, results: Path, meetings: Sequence[dict[str, Any]]) -> None:
    """The scorer's means over all questions, and over those of each domain."""
    command = [options.scorer_python, options.scorer, "--references", options.meetings, "--results", results, "--json"]
    rows = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    domains = {meeting["id"]: meeting["domain"] for meeting in meetings}
    print(f"\n{results.name}")
    for domain in (*sorted(set(domains.values())), "ALL"):
        pooled = [row for row in rows if domain in (row["file"], domains.get(row["file"]))]
        questions = sum(row["queries"] for row in pooled)
        means = {
            name: sum(row[name] * row["queries"] for row in pooled) / questions
            for name in ("mrr", "hit@1", "hit@3", "recall@5", "recall@10")
        }
        print(f"  {domain:12}{questions:5}", *(f"{name} {value:.3f}" for name, value in means.items()))


def report_answers(title: str, asked: Sequence[Asked]) -> None:
    """How many are answered, cited and refused by the threshold of the code, and by those of the other half."""
    print(f"\n{title:26}{'answered':>10}{'cited':>8}{'refused':>9}")
    domains = sorted({each.meeting["domain"] for each in asked})
    for domain in domains:
        report_refusals(domain, [(each, ENOUGH) for each in asked if each.meeting["domain"] == domain])
    report_refusals("ALL", [(each, ENOUGH) for each in asked])
    thresholds = [
        quantile([each.evidence for each in asked if each.answered_at and each.half != half], LOST) for half in (0, 1)
    ]
    report_refusals("ALL, cross-validated", [(each, thresholds[each.half]) for each in asked])


def report_refusals(name: str, asked: Sequence[tuple[Asked, float]]) -> None:
    answered = [each.evidence >= enough for each, enough in asked if each.answered_at]
    cited = [each.is_cited and each.evidence >= enough for each, enough in asked if each.answered_at]
    refused = [each.evidence < enough for each, enough in asked if not each.answered_at]
    print(f"{name:26}{statistics.mean(answered):10.3f}{statistics.mean(cited):8.3f}{statistics.mean(refused):9.3f}")


def quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[int(share * len(values))]


if __name__ == "__main__":
    main()
