"""A library of a million segments, bred from real meetings: what `bench.library` searches.

Each of its passages has half of the words of two real ones, and the vector between theirs with some of a third as
noise. Half of them lie in recordings of an hour, half in short ones. It is one account's, and a twentieth more is a
stranger's. The indexes are built after loading, as a restore does it.
"""

import json
import os
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

import runtime
from bench.retrieval import segments_of
from handlers.accounts import create_account
from insights.search.indexing import as_vector
from insights.search.lexemes import searchable
from insights.search.passages import passages_of
from models import Account, Segment

OWNER, STRANGER = "owner@example.com", "stranger@example.com"
STRANGERS_SHARE = 0.05
# As in the meetings, whose segments have fifteen words in the mean.
SEGMENTS_PER_PASSAGE = 3.4
SEGMENT_SECONDS = 5.0
# Every so many transcriptions one is long, which makes for as many passages in long ones as in short ones.
LONG, SHORT, ONE_IS_LONG = 250, 15, 17
PASSAGES_PER_TRANSCRIPTION = (LONG + (ONE_IS_LONG - 1) * SHORT) / ONE_IS_LONG
# The graph has to fit, or building it takes several times as long.
BUILD_MEMORY = "1GB"
EMBED_SECONDS = 30.0

TABLES = """
CREATE TEMP TABLE spoken (
    n integer GENERATED ALWAYS AS IDENTITY (MINVALUE 0) PRIMARY KEY, text text, speaker text, words json
);
CREATE TEMP TABLE real (
    n integer GENERATED ALWAYS AS IDENTITY (MINVALUE 0) PRIMARY KEY, first_words tsvector, last_words tsvector,
    embedding halfvec, noise halfvec
);
CREATE TEMP TABLE recordings (number integer, account_id bigint, passages integer, first integer);
DROP INDEX ix_passages_words, ix_passages_speakers, ix_passages_embedding;
"""
SPOKEN = "INSERT INTO spoken (text, speaker, words) VALUES (:text, left(:speaker, 20), CAST(:words AS json))"
REAL = """
INSERT INTO real (first_words, last_words, embedding, noise)
VALUES (to_tsvector('english', :first_words), to_tsvector('english', :last_words), CAST(:embedding AS halfvec),
    CAST(:noise AS halfvec))
"""
RECORDINGS = """
INSERT INTO recordings
SELECT number, CASE WHEN number <= :own THEN CAST(:owner AS bigint) ELSE :stranger END, passages,
    sum(passages) OVER (ORDER BY number) - passages
FROM generate_series(1, CAST(:own AS int) + CAST(:strangers AS int)) AS number
CROSS JOIN LATERAL (SELECT CASE WHEN number % :one_is_long = 0 THEN :long ELSE :short END AS passages) AS each
"""
# Every tenth is one that was imported.
TRANSCRIPTIONS = """
INSERT INTO transcriptions (id, public_id, account_id, source, pipeline_code, language_requested, diarize, vocabulary,
    title, title_given, metadata, speaker_names, status, stage, progress, warnings, crashes, tries, language,
    price_per_minute_microusd, completed_at)
SELECT number, 'tr_' || number, account_id, 'upload', CASE number % 10 WHEN 0 THEN 'import' ELSE 'whisper-base' END,
    'auto', true, '[]', 'Meeting ' || number, true, '{}', '{}', 'completed', 'understanding', 1, '[]', 0, 0, 'en', 0,
    now()
FROM recordings
"""
# Two meetings run side by side through a transcript, so that what is near in it is alike.
PASSAGES = """
INSERT INTO passages (account_id, transcription_id, ordinal, first_segment, first_char, last_segment, after_char,
    start, "end", speakers, words, embedding)
SELECT account_id, number, ordinal, segment, 0, segment + :segments_each - 1, 10000, :seconds * segment,
    :seconds * (segment + :segments_each), ARRAY['Speaker ' || number % 7, 'Name ' || number % 500],
    one.first_words || other.last_words, l2_normalize(one.embedding + other.embedding + noise.noise)
FROM recordings CROSS JOIN generate_series(0, passages - 1) AS ordinal
CROSS JOIN LATERAL (SELECT floor(ordinal * CAST(:stride AS real))::int AS segment,
    ((hashint4(number) & 65535) + ordinal) % :real AS one_n,
    ((hashint4(-number) & 65535) + ordinal) % :real AS other_n,
    (hashint4(first + ordinal) & 65535) % :real AS noise_n) AS drawn
JOIN real AS one ON one.n = one_n JOIN real AS other ON other.n = other_n JOIN real AS noise ON noise.n = noise_n
"""
SEGMENTS = """
INSERT INTO segments (transcription_id, number, start, "end", text, speaker, words)
SELECT recordings.number, each, :seconds * each, :seconds * (each + 1), text, speaker, words
FROM recordings CROSS JOIN generate_series(0, CAST(passages * CAST(:stride AS real) AS int) + :segments_each) AS each
JOIN spoken ON n = (hashint4(recordings.first * 4 + each) & 1048575) % (SELECT count(*) FROM spoken)
"""
INDEXES = {
    "words": "USING gin (words) WITH (fastupdate = off)",
    "speakers": "USING gin (speakers) WITH (fastupdate = off)",
    "embedding": "USING hnsw (embedding halfvec_ip_ops)",
}
SIZES = """
SELECT name, pg_size_pretty(pg_table_size(name::regclass)) FROM unnest(ARRAY['segments', 'passages']) AS name UNION ALL
SELECT indexname, pg_size_pretty(pg_relation_size(indexname::regclass)) FROM pg_indexes WHERE tablename = 'passages'
"""


def breed(session: Session, meetings: Sequence[dict[str, Any]], segments: int) -> None:
    """Two accounts and what they have. The embedding model is asked for the meetings' vectors."""
    said = [segments_of(meeting, 0) for meeting in meetings]
    real = [row for each in said for row in real_passages(each)]  # before a transaction that would idle meanwhile
    started = time.monotonic()
    session.execute(text(TABLES))
    owner, stranger = (create_account(session, email=email, password=None) for email in (OWNER, STRANGER))
    # Checking a million references one by one says nothing about a search.
    session.execute(text("SET LOCAL session_replication_role = replica"))
    session.execute(text(SPOKEN), [spoken(segment) for each in said for segment in each])
    session.execute(text(REAL), real)
    session.execute(text("ANALYZE real; ANALYZE spoken"))
    fill(session, owner, stranger, segments, real=len(real))
    session.commit()
    print(f"{segments} segments, bred from {len(real)} passages in {time.monotonic() - started:.0f} s", flush=True)


def fill(session: Session, owner: Account, stranger: Account, segments: int, *, real: int) -> None:
    own = round(segments / SEGMENTS_PER_PASSAGE / PASSAGES_PER_TRANSCRIPTION)
    values = {
        "owner": owner.id,
        "stranger": stranger.id,
        "own": own,
        "strangers": round(own * STRANGERS_SHARE),
        "long": LONG,
        "short": SHORT,
        "one_is_long": ONE_IS_LONG,
        "stride": SEGMENTS_PER_PASSAGE,
        "segments_each": round(2 * SEGMENTS_PER_PASSAGE),
        "seconds": SEGMENT_SECONDS,
        "real": real,
    }
    for statement in (RECORDINGS, TRANSCRIPTIONS, PASSAGES, SEGMENTS):
        session.execute(text(statement), values)


def real_passages(segments: Sequence[Segment]) -> Iterator[dict[str, object]]:
    texts = [passage.text for passage in passages_of(segments, {})]
    for said, vector in zip(texts, runtime.embeddings().passages(texts, timeout_seconds=EMBED_SECONDS), strict=True):
        words = searchable(said).split()
        yield {
            "first_words": " ".join(words[: len(words) // 2]),
            "last_words": " ".join(words[len(words) // 2 :]),
            "embedding": as_vector(vector),
            "noise": as_vector(vector / 2),
        }


def spoken(segment: Segment) -> dict[str, object]:
    """A segment's text and who says it, and its words with times, as an engine gives them."""
    words = segment.text.split()
    times = [round(SEGMENT_SECONDS * i / len(words), 2) for i in range(len(words) + 1)] if words else []
    timed = [[*span, word, 0.9871] for span, word in zip(pairwise(times), words, strict=True)]
    return {"text": segment.text, "speaker": segment.speaker, "words": json.dumps(timed)}


def build(session: Session) -> None:
    session.execute(text(f"SET maintenance_work_mem = '{BUILD_MEMORY}'"))
    for column, kind in INDEXES.items():
        started = time.monotonic()
        session.execute(text(f"CREATE INDEX ix_passages_{column} ON passages {kind}"))
        print(f"index of {column}: {time.monotonic() - started:.0f} s, load {os.getloadavg()[0]:.1f}", flush=True)
    session.execute(text("RESET maintenance_work_mem"))
    session.execute(text("ANALYZE"))
    session.commit()
    print(*(f"{name} {size}" for name, size in session.execute(text(SIZES))), sep=", ", flush=True)
