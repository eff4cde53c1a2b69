"""What an installation needs, by arithmetic from what was measured: database, memory, bucket, workers.

    python -m bench.sizing [--minutes 10] [--per-day N] [--wait 60]    the table of docs/scaling.md
    python -m bench.sizing --meetings DIR [--segments 200000]           breeds a library and measures it
    python -m bench.sizing --database postgresql://…                    measures yours

Everything is for each hour of speech or for each recording. Each constant says where it was measured, or that it is a
guess.
"""

import argparse
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, create_engine, text

GB = 10**9
# Of this script's own `--meetings` with 100,000 segments: bytes for each hour of speech with its indexes.
SEGMENT_BYTES_PER_HOUR = 400_000
PASSAGE_BYTES_PER_HOUR = 300_000
HNSW_BYTES_PER_HOUR = 229_000
# 6,349 of `--database` after 2,000 completed transcriptions of `tests.factories`, with ledger and events; the waveform
# and the chapters of a real one add some 10,000, which is a guess.
BYTES_PER_RECORDING = 16_000
# What people send: 64 kbit/s, in the mean of speech as mp3, m4a and opus.
MEDIA_BYTES_PER_HOUR = 28_800_000
# docs/quality.md: seconds of two cores for each second of speech, with speakers; a GPU was not measured.
ENGINE_SHARE_OF_TWO_CORES = 0.038
# docs/quality.md: an hour understood, its passages embedded.
UNDERSTANDING_SECONDS_PER_HOUR = 12.0
# A fetch waits for other people's servers: its length is theirs, so this is a guess.
FETCH_SECONDS = 20.0
PEAK = 3.0  # The busiest hour beside the mean one.


@dataclass(frozen=True, slots=True)
class Load:
    """How many recordings there are in all, how many come a day, and how long they are."""

    recordings: int
    per_day: float
    minutes: float

    @property
    def hours(self) -> float:
        return self.recordings * self.minutes / 60

    @property
    def arrivals_per_second(self) -> float:
        """In the busiest hour."""
        return self.per_day * PEAK / 86_400


@dataclass(frozen=True, slots=True)
class Needs:
    """What a load takes: bytes, and how many workers of each kind."""

    database_bytes: float
    hnsw_bytes: float
    media_bytes: float
    fetch_workers: int
    engines: int
    understanding_workers: int

    @property
    def memory_bytes(self) -> float:
        """For PostgreSQL: the graph with the vectors has to stay in memory, and as much again of hot pages, a tenth of
        the rest."""
        return self.hnsw_bytes + 0.1 * (self.database_bytes - self.hnsw_bytes)


def needs(load: Load, *, wait_seconds: float) -> Needs:
    """What a load takes when a recording waits so long in the mean at most, in each queue in the busiest hour."""
    hours_each = load.minutes / 60
    rows = SEGMENT_BYTES_PER_HOUR + PASSAGE_BYTES_PER_HOUR + HNSW_BYTES_PER_HOUR
    rate = load.arrivals_per_second
    return Needs(
        database_bytes=load.hours * rows + load.recordings * BYTES_PER_RECORDING,
        hnsw_bytes=load.hours * HNSW_BYTES_PER_HOUR,
        media_bytes=load.hours * MEDIA_BYTES_PER_HOUR,
        fetch_workers=servers_needed(rate, FETCH_SECONDS, wait_seconds),
        engines=servers_needed(rate, load.minutes * 60 * ENGINE_SHARE_OF_TWO_CORES, wait_seconds),
        understanding_workers=servers_needed(rate, UNDERSTANDING_SECONDS_PER_HOUR * hours_each, wait_seconds),
    )


def servers_needed(arrivals_per_second: float, service_seconds: float, wait_seconds: float) -> int:
    """The fewest servers of one queue with which the mean wait stays below (M/M/c)."""
    count = max(1, math.floor(arrivals_per_second * service_seconds) + 1)
    while mean_wait(arrivals_per_second, service_seconds, count) > wait_seconds:
        count += 1
    return count


def mean_wait(arrivals_per_second: float, service_seconds: float, servers: int) -> float:
    """Seconds that somebody waits in the mean before one of `servers` is free, by Erlang's C formula."""
    offered = arrivals_per_second * service_seconds
    if offered >= servers:
        return math.inf
    blocked = 1.0  # Erlang's B, by its recursion, which does not overflow as factorials would.
    for count in range(1, servers + 1):
        blocked = offered * blocked / (count + offered * blocked)
    waits = blocked / (1 - offered / servers * (1 - blocked))
    return waits * service_seconds / (servers - offered)


def table(minutes: float, per_day: float | None, wait_seconds: float) -> Iterator[str]:
    """Lines of Markdown, for ten thousand to ten million recordings."""
    columns = "recordings, a day, hours, database, of it HNSW, PostgreSQL's memory, bucket, fetch, engines, understand"
    yield f"| {columns.replace(', ', ' | ')} |"
    yield "|---" * (columns.count(",") + 1) + "|"
    for recordings in (10_000, 100_000, 1_000_000, 10_000_000):
        load = Load(recordings, per_day or recordings / 365, minutes)
        need = needs(load, wait_seconds=wait_seconds)
        sizes = (need.database_bytes, need.hnsw_bytes, need.memory_bytes, need.media_bytes)
        shown = " | ".join(f"{size / GB:,.1f} GB" if size < 100 * GB else f"{size / GB:,.0f} GB" for size in sizes)
        workers = f"{need.fetch_workers} | {need.engines} | {need.understanding_workers}"
        yield f"| {recordings:,} | {load.per_day:,.0f} | {load.hours:,.0f} | {shown} | {workers} |"


SIZES = """
SELECT c.relname AS name, greatest(c.reltuples, 0)::bigint AS rows, pg_table_size(c.oid) AS bytes,
    pg_indexes_size(c.oid) AS indexes
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY pg_total_relation_size(c.oid) DESC
"""


def measure(connection: Connection) -> Iterator[str]:
    """Lines about a database: each table's rows and bytes, and what that is for an hour of speech and a recording."""
    connection.execute(text("ANALYZE"))
    hours = float(connection.scalar(text('SELECT coalesce(sum("end" - start), 0) / 3600 FROM segments')) or 0)
    recordings = int(connection.scalar(text("SELECT count(*) FROM transcriptions")) or 0)
    hnsw = int(connection.scalar(text("SELECT pg_relation_size('ix_passages_embedding')")) or 0)
    sizes = connection.execute(text(SIZES)).all()
    for row in sizes[:12]:
        yield f"{row.name}: {row.rows:,} rows, {row.bytes / 1e6:,.1f} MB and {row.indexes / 1e6:,.1f} MB of indexes"
    whole = {row.name: row.bytes + row.indexes for row in sizes}
    others = sum(size for name, size in whole.items() if name not in ("segments", "passages"))
    yield f"{recordings:,} recordings, {hours:,.1f} hours of segments"
    if hours and recordings:
        yield f"segments {whole['segments'] / hours:,.0f} bytes for each hour"
        passages = whole["passages"] - hnsw
        yield f"passages {passages / hours:,.0f} bytes for each hour, beside {hnsw / hours:,.0f} of HNSW"
        yield f"everything else {others / recordings:,.0f} bytes for each recording"


def bred(meetings: str, segments: int) -> None:
    """Breed a library as `bench.library` does, and measure it."""
    import json
    from pathlib import Path

    from sqlalchemy.orm import Session

    import db
    from bench.breeding import breed, build
    from bench.library import application, directory

    said = [json.loads(path.read_text()) for path in sorted(Path(meetings).glob("*.json"))]
    with directory(None) as data_dir, application(data_dir):
        with Session(db.engine()) as session:
            breed(session, said, segments)
            build(session)
        with db.engine().connect() as connection:
            print(*measure(connection), sep="\n")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0, help="of a recording, in the mean")
    parser.add_argument("--per-day", type=float, help="recordings a day; all of them within a year unless given")
    parser.add_argument("--wait", type=float, default=60.0, help="seconds in a queue, in the mean of the busiest hour")
    parser.add_argument("--meetings")
    parser.add_argument("--segments", type=int, default=200_000)
    parser.add_argument("--database")
    options = parser.parse_args(arguments)
    if options.meetings:
        bred(options.meetings, options.segments)
    elif options.database:
        url = options.database.replace("postgresql://", "postgresql+psycopg://", 1)
        with create_engine(url).connect() as connection:
            print(*measure(connection), sep="\n")
    else:
        print(*table(options.minutes, options.per_day, options.wait), sep="\n")


if __name__ == "__main__":
    main()
