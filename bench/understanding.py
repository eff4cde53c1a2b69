"""How well chapters agree with people's, over folders of transcripts with references, and what understanding costs.

    python -m bench.understanding --references DIR [DIR …] --scorer EVAL/segmentation.py [--scorer-python PYTHON]
                                  [--words] [--results DIR] [--threads 2] [--model NAME]

The scorer is run as a program, `SCORER --references … --results … --json`, and may live in an environment of its own.
With --words no model is loaded, as for a language that it does not know. The cost is that of one hour of the
transcripts, one after the other, and of 20,000 of their segments as if they were said in 10 hours.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy

from bench.diarization import peak_mib
from insights.embeddings import PACKAGED_MODEL, load
from insights.extraction.sentence_vectors import Embed
from insights.extraction.understanding import chapters_of, read, summary_of, topics_of
from models import Segment

HOUR = 3600.0
LONG_SECONDS, LONG_SEGMENTS = 10 * HOUR, 20_000
SAMPLES = 1000


def main() -> None:
    options = parse()
    embed = None if options.words else load(options.model, threads=options.threads).encode
    files = [file for folder in options.references for file in sorted(folder.glob("*.json"))]
    talks = {file: segments_of(json.loads(file.read_text())["segments"]) for file in files}
    with tempfile.TemporaryDirectory() as name:
        results = options.results or Path(name)
        for file, segments in talks.items():
            target = results / file.parent.name / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(json.dumps(understood(segments, embed), ensure_ascii=False))
        report(options, results)
    joined = list(islice(one_after_the_other(talks.values()), LONG_SEGMENTS))
    measure("1 hour", [segment for segment in joined if segment.end <= HOUR], embed)
    measure("20,000 segments", squeezed(joined, LONG_SECONDS), embed)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--references", type=Path, nargs="+", required=True)
    parser.add_argument("--scorer", type=Path, required=True)
    parser.add_argument("--scorer-python", default=sys.executable)
    parser.add_argument("--words", action="store_true")
    parser.add_argument("--results", type=Path)
    parser.add_argument("--model", default=PACKAGED_MODEL)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def segments_of(rows: Iterable[dict[str, Any]]) -> list[Segment]:
    return [
        Segment(number=i, start=row["start"], end=row["end"], text=row["text"], speaker=row.get("speaker"))
        for i, row in enumerate(rows)
    ]


def understood(segments: Sequence[Segment], embed: Embed | None) -> dict[str, Any]:
    """What the service would answer, as far as it is understood."""
    reading = read(segments, language="en", embed=embed)
    chapters = chapters_of(reading, duration=segments[-1].end)
    return {
        "chapters": [asdict(chapter) for chapter in chapters],
        "topics": [asdict(topic) for topic in topics_of(reading)],
        "summary": asdict(summary_of(reading, chapters)),
    }


def report(options: argparse.Namespace, results: Path) -> None:
    documents: list[dict[str, float]] = []
    print(f"{'':12}{'documents':>10}{'F1':>8}{'Pk':>8}{'WinDiff':>9}{'chapters':>10}{'people':>8}")
    for folder in options.references:
        command = [options.scorer_python, str(options.scorer), "--references", str(folder), "--json"]
        command += ["--results", str(results / folder.name)]
        scored = subprocess.run(command, check=True, capture_output=True, text=True)
        rows = [row for row in json.loads(scored.stdout) if row["file"] != "MEAN"]
        print_means(folder.name, rows)
        documents += rows
    print_means("all", documents)
    spread = [mean(random.Random(i).choices(documents, k=len(documents)), "f1") for i in range(SAMPLES)]
    low, high = numpy.percentile(spread, [2.5, 97.5])
    print(f"F1 over other documents of these kinds: {low:.3f} to {high:.3f} (95 % of {SAMPLES} bootstrap samples)")


def print_means(name: str, rows: Sequence[dict[str, float]]) -> None:
    f1, pk, windowdiff, found, people = (
        mean(rows, key) for key in ("f1", "pk", "windowdiff", "chapters", "true_chapters")
    )
    print(f"{name:12}{len(rows):10}{f1:8.3f}{pk:8.3f}{windowdiff:9.3f}{found:10.1f}{people:8.1f}")


def mean(rows: Sequence[dict[str, float]], key: str) -> float:
    return sum(row[key] for row in rows) / len(rows)


def one_after_the_other(talks: Iterable[Sequence[Segment]]) -> Iterable[Segment]:
    number, offset = 0, 0.0
    for talk in cycle(talks):
        for each in talk:
            yield Segment(
                number=number, start=offset + each.start, end=offset + each.end, text=each.text, speaker=each.speaker
            )
            number += 1
        offset += talk[-1].end


def squeezed(segments: Sequence[Segment], seconds: float) -> list[Segment]:
    scale = seconds / segments[-1].end
    return [
        Segment(
            number=each.number, start=scale * each.start, end=scale * each.end, text=each.text, speaker=each.speaker
        )
        for each in segments
    ]


def measure(name: str, segments: Sequence[Segment], embed: Embed | None) -> None:
    started, cpu = time.perf_counter(), cpu_seconds()
    found = understood(segments, embed)
    wall, cpu = time.perf_counter() - started, cpu_seconds() - cpu
    print(
        f"{name}: {len(segments)} segments, {segments[-1].end / HOUR:.1f} h, {len(found['chapters'])} chapters,"
        f" {wall:.1f} s, {cpu:.1f} s of CPU, peak memory {peak_mib(os.getpid())} MiB",
        flush=True,
    )


def cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
