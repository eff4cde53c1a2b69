"""How long it takes to search a library of a million segments, by words and by meaning.

    python -m bench.library --meetings DIR [--segments 1000000] [--questions 200] [--rounds 2] [--threads 1]

Runs on a PostgreSQL of its own. The library is bred from real meetings: each of its passages has half of the words of
two real ones, and the vector between theirs with some of a third as noise. It is one account's, and a twentieth more is
a stranger's. The questions are the meetings' own. The indexes are built after loading, as a restore does it.
"""

import argparse
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.retrieval import database, segments_of
from insights.embeddings import PACKAGED_MODEL, Embedder, load
from insights.search.excerpts import excerpts
from insights.search.indexing import as_vector
from insights.search.lexemes import configuration, searchable
from insights.search.passage_queries import Scope, by_meaning, by_meaning_compared, prepare
from insights.search.passages import passages_of
from insights.search.retrieval import Question, best_hits, look
from insights.search.sources import with_segments

ACCOUNT, STRANGER = 1, 2
STRANGERS_SHARE = 0.05
LIMIT = 10
# As in the meetings, whose segments have fifteen words in the mean.
SEGMENTS_PER_PASSAGE = 3.4
PASSAGES_PER_TRANSCRIPTION = 250
ENGLISH = configuration("en")
# The graph has to fit, or building it takes several times as long.
BUILD_MEMORY = "1GB"
COMPARED_QUESTIONS = 30
MOST_IDS = 20_000

TABLES = """
CREATE TEMP TABLE spoken (n integer GENERATED ALWAYS AS IDENTITY (MINVALUE 0) PRIMARY KEY, text text, speaker text);
CREATE TEMP TABLE real (
    n integer GENERATED ALWAYS AS IDENTITY (MINVALUE 0) PRIMARY KEY, first_words tsvector, last_words tsvector,
    embedding halfvec, noise halfvec
);
DROP INDEX ix_passages_words, ix_passages_speakers, ix_passages_embedding;
"""
SPOKEN = "INSERT INTO spoken (text, speaker) VALUES (:text, left(:speaker, 20))"
REAL = """
INSERT INTO real (first_words, last_words, embedding, noise)
VALUES (to_tsvector('english', :first_words), to_tsvector('english', :last_words), CAST(:embedding AS halfvec),
    CAST(:noise AS halfvec))
"""
# Two meetings run side by side through a transcript, so that what is near in it is alike.
PASSAGES = """
INSERT INTO passages (account_id, transcription_id, ordinal, first_segment, first_char, last_segment, after_char,
    start, "end", speakers, words, embedding)
SELECT CASE WHEN i < :own THEN :account ELSE :stranger END, transcript + 1, ordinal, first, 0,
    first + :segments_each - 1, 10000, 5.0 * first, 5.0 * (first + :segments_each),
    ARRAY['Speaker ' || transcript % 7, 'Name ' || transcript % 500], one.first_words || other.last_words,
    l2_normalize(one.embedding + other.embedding + noise.noise)
FROM generate_series(0, CAST(:passages AS int) - 1) AS i
CROSS JOIN LATERAL (SELECT i / :each AS transcript, i % :each AS ordinal) AS place
CROSS JOIN LATERAL (SELECT floor(ordinal * CAST(:stride AS real))::int AS first,
    ((hashint4(transcript) & 65535) + ordinal) % :real AS one_n,
    ((hashint4(-transcript - 1) & 65535) + ordinal) % :real AS other_n,
    (hashint4(i) & 65535) % :real AS noise_n) AS drawn
JOIN real AS one ON one.n = one_n JOIN real AS other ON other.n = other_n JOIN real AS noise ON noise.n = noise_n
"""
SEGMENTS = """
INSERT INTO segments (transcription_id, number, start, "end", text, speaker)
SELECT i / :each + 1, i % :each, 5.0 * (i % :each), 5.0 * (i % :each) + 5, text, speaker
FROM generate_series(0, CAST(:segments AS int) - 1) AS i
JOIN spoken ON n = (hashint4(i) & 1048575) % (SELECT count(*) FROM spoken)
"""
INDEXES = {
    "words": "USING gin (words) WITH (fastupdate = off)",
    "speakers": "USING gin (speakers) WITH (fastupdate = off)",
    "embedding": "USING hnsw (embedding halfvec_ip_ops)",
}
SIZES = """
SELECT 'passages', pg_size_pretty(pg_table_size('passages')) UNION ALL
SELECT indexname, pg_size_pretty(pg_relation_size(indexname::regclass)) FROM pg_indexes WHERE tablename = 'passages'
"""


def main(arguments: Sequence[str] | None = None) -> None:
    options = parse(arguments)
    embedder = load(PACKAGED_MODEL, threads=options.threads)
    meetings = [json.loads(path.read_text()) for path in sorted(options.meetings.glob("*.json"))]
    asked = [question["query"] for meeting in meetings for question in meeting["queries"]]
    questions = random.Random(0).sample(asked, min(options.questions, len(asked)))
    with tempfile.TemporaryDirectory(prefix="transcribe-bench-") as name, database(Path(name)) as session:
        transcriptions = breed(session, embedder, meetings, options.segments)
        build(session)
        report_nearest(session, embedder, questions[:COMPARED_QUESTIONS])
        for round_ in range(1, options.rounds + 1):
            print(f"\nround {round_}: ms in the median and for 95 %, and PostgreSQL's CPU for each question")
            for kind, scope in scopes(transcriptions).items():
                report(kind, session, embedder, scope, questions)
        print(f"PostgreSQL's process has {memory(process_id(session))} beside the shared buffers")


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--meetings", type=Path, required=True)
    parser.add_argument("--segments", type=int, default=1_000_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args(arguments)


def breed(session: Session, embedder: Embedder, meetings: Sequence[dict[str, Any]], segments: int) -> int:
    """Fill the tables; how many transcriptions the account has."""
    session.execute(text(TABLES))
    real = [row for meeting in meetings for row in real_passages(session, embedder, meeting)]
    session.execute(text(REAL), real)
    session.execute(text("ANALYZE real; ANALYZE spoken"))
    own = round(segments / SEGMENTS_PER_PASSAGE)
    values = {
        "account": ACCOUNT,
        "stranger": STRANGER,
        "own": own,
        "passages": round(own * (1 + STRANGERS_SHARE)),
        "each": PASSAGES_PER_TRANSCRIPTION,
        "stride": SEGMENTS_PER_PASSAGE,
        "segments_each": round(2 * SEGMENTS_PER_PASSAGE),
        "real": len(real),
    }
    started = time.monotonic()
    session.execute(text(PASSAGES), values)
    each = round(PASSAGES_PER_TRANSCRIPTION * SEGMENTS_PER_PASSAGE)
    session.execute(text(SEGMENTS), {"segments": segments, "each": each})
    session.commit()
    print(
        f"{segments} segments, {own} passages bred from {len(real)}, in {time.monotonic() - started:.0f} s", flush=True
    )
    return own // PASSAGES_PER_TRANSCRIPTION


def real_passages(session: Session, embedder: Embedder, meeting: dict[str, Any]) -> Iterator[dict[str, object]]:
    segments = segments_of(meeting, 0)
    session.execute(text(SPOKEN), [{"text": each.text, "speaker": each.speaker} for each in segments])
    texts = [passage.text for passage in passages_of(segments, {})]
    for said, vector in zip(texts, embedder.encode(texts), strict=True):
        words = searchable(said).split()
        yield {
            "first_words": " ".join(words[: len(words) // 2]),
            "last_words": " ".join(words[len(words) // 2 :]),
            "embedding": as_vector(vector),
            "noise": as_vector(vector / 2),
        }


def build(session: Session) -> None:
    session.execute(text(f"SET maintenance_work_mem = '{BUILD_MEMORY}'"))
    for column, kind in INDEXES.items():
        started = time.monotonic()
        session.execute(text(f"CREATE INDEX ix_passages_{column} ON passages {kind}"))
        print(f"index of {column}: {time.monotonic() - started:.0f} s, load {os.getloadavg()[0]:.1f}", flush=True)
    session.execute(text("ANALYZE"))
    session.commit()
    print(*(f"{name} {size}" for name, size in session.execute(text(SIZES))), sep=", ", flush=True)


def report_nearest(session: Session, embedder: Embedder, questions: Sequence[str]) -> None:
    """How many of the passages that are nearest in meaning the index names."""
    prepare(session)
    found = []
    for vector in map(as_vector, embedder.encode_questions(questions)):
        nearest = by_meaning_compared(session, Scope(ACCOUNT), vector)[:LIMIT]
        found.append(len({*nearest} & {*by_meaning(session, Scope(ACCOUNT), vector)}) / LIMIT)
    print(f"the index names {statistics.mean(found):.3f} of the {LIMIT} nearest", flush=True)


def scopes(transcriptions: int) -> dict[str, Scope]:
    return {
        "the whole library": Scope(ACCOUNT),
        "20,000 transcriptions by id": Scope(ACCOUNT, range(1, MOST_IDS + 1)),
        "every tenth transcription": Scope(ACCOUNT, range(1, transcriptions, 10)),
        "one transcription": Scope(ACCOUNT, [transcriptions // 2]),
        "a speaker in every seventh": Scope(ACCOUNT, None, ["Speaker 3"]),
        "a speaker in a few": Scope(ACCOUNT, None, ["Name 3"]),
        "a small account": Scope(STRANGER),
    }


def report(kind: str, session: Session, embedder: Embedder, scope: Scope, questions: Sequence[str]) -> None:
    pid = process_id(session)
    before = cpu_seconds(pid)
    steps = [ask(session, embedder, scope, question) for question in questions]
    cpu = (cpu_seconds(pid) - before) / len(questions)
    _, searching, showing = zip(*steps, strict=True)
    print(
        f"{kind:28} search {spread(searching)}   with excerpts {spread(map(sum, zip(searching, showing, strict=True)))}"
        f"   and embedding {spread(map(sum, steps))}   CPU {1e3 * cpu:.0f}   load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def ask(session: Session, embedder: Embedder, scope: Scope, question: str) -> tuple[float, float, float]:
    """Seconds for the question's vector, for the search, and for what is shown of its hits."""
    began = time.perf_counter()
    [vector] = embedder.encode_questions([question])
    embedded = time.perf_counter()
    looked = look(session, scope, Question(question, vector, [ENGLISH]), LIMIT)
    hits = best_hits(session, scope.account_id, looked, LIMIT)
    searched = time.perf_counter()
    excerpts(session, looked, with_segments(session, hits), [ENGLISH])
    shown = time.perf_counter()
    session.rollback()
    return embedded - began, searched - embedded, shown - searched


def spread(seconds: Iterable[float]) -> str:
    values = sorted(seconds)
    return f"{1e3 * statistics.median(values):4.0f} {1e3 * values[int(0.95 * len(values))]:4.0f}"


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def process_id(session: Session) -> int:
    return int(session.execute(text("SELECT pg_backend_pid()")).scalar_one())


def memory(pid: int) -> str:
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return status["RssAnon"].strip()


if __name__ == "__main__":
    main()
