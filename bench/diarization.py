"""Diarization error rate, cost and memory of our speakers, over a manifest of recordings with RTTM.

    python -m bench.diarization --manifest AUDIO/manifest.json --scorer EVAL/der.py [--scorer-python PYTHON]
                                [--kind meeting] [--words] [--spans 60] [--results DIR] [--threads 2] [--hours 3]

The scorer is run as a program, `SCORER --manifest … --results … --json`, and may live in an environment of its own.
With --words the transcript with its speakers is scored, and not the turns themselves, which overlap. With --spans each
recording is heard in spans of so many seconds, wherever that cuts it. With --hours the recordings are also repeated
until they are so long, and diarized as one.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import asdict
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any

import psutil

from bench.engine import transcribe, warm_host
from bench.recordings import entries
from bench.scoring import rows
from speech import audio
from speech.audio import SAMPLE_RATE
from speech.diarization import SpeakerTurn, assign
from speech.engines import client
from speech.engines.speakers.listening import FRAME_SAMPLES

WAYS = {
    "collar 0": ["--collar", "0"],
    "collar 0.25": ["--collar", "0.25"],
    "± 0.25 s": ["--collar", "0.5"],
    "± 0.25 s, no overlap": ["--collar", "0.5", "--skip-overlap"],
}
BYTES_A_SECOND = 32_000


def main() -> None:
    options = parse()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        results = options.results or folder / "results"
        samples = decoded(options.manifest, options.kind, folder / "samples")
        with warm_host(folder, model=options.model, threads=options.threads) as engine:
            # The first request loads the networks.
            speaker_turns(engine, next(iter(samples.values())), None)
            for media, found in measured(engine, samples, options.spans).items():
                segments = (
                    transcript(engine, options.manifest.parent / media, found, folder) if options.words else found
                )
                write(results / f"{media}.json", segments)
            if options.hours:
                long = repeated(samples.values(), options.hours, folder / "long.pcm")
                measured(engine, {f"{options.hours} hours": long}, options.spans)
        report(options, results)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--manifest", type=Path, required=True)
    parser.add_argument("--scorer", type=Path, required=True)
    parser.add_argument("--scorer-python", default=sys.executable)
    parser.add_argument("--kind", default="der", help="only recordings of this kind in the manifest")
    parser.add_argument("--words", action="store_true")
    parser.add_argument("--spans", type=int, metavar="SECONDS")
    parser.add_argument("--results", type=Path)
    parser.add_argument("--hours", type=float)
    parser.add_argument("--model", default="base")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def decoded(manifest: Path, kind: str, folder: Path) -> dict[str, Path]:
    """The samples of every recording with speaker turns, by its name in the manifest."""
    names = [each["file"] for each in entries(manifest) if each.get("rttm") and kind in each["kind"]]
    folder.mkdir()
    samples = {name: folder / name.replace("/", "_") for name in names}
    for name, pcm in samples.items():
        audio.decode(manifest.parent / name, pcm, max_seconds=14_400, deadline_seconds=900, on_tick=lambda: None)
    return samples


def speaker_turns(engine: Path, pcm: Path, span_seconds: int | None) -> list[SpeakerTurn]:
    voices = []
    for first, after in spans_of(pcm.stat().st_size // 2, span_seconds):
        target = pcm.with_name(f"{pcm.name}.{first}")
        client.take_voices(
            engine, pcm, span=(first, after), target=target, on_tick=lambda: None, on_progress=lambda done, total: None
        )
        voices.append((first, target))
    return client.speaker_turns(engine, voices, speakers_expected=None, on_tick=lambda: None)


def spans_of(samples: int, span_seconds: int | None) -> list[tuple[int, int]]:
    """The whole as spans of about equal length, each beginning with a frame of the segmentation."""
    count = max(1, round(samples / SAMPLE_RATE / span_seconds)) if span_seconds else 1
    cuts = [samples * number // count // FRAME_SAMPLES * FRAME_SAMPLES for number in range(count)]
    return list(pairwise([*cuts, samples]))


def measured(engine: Path, samples: dict[str, Path], span_seconds: int | None) -> dict[str, list[SpeakerTurn]]:
    """The turns of each recording, and a line about what they cost."""
    process = psutil.Process(client.ping(engine)["pid"])
    seconds = sum(pcm.stat().st_size for pcm in samples.values()) / BYTES_A_SECOND
    started, cpu = time.perf_counter(), sum(process.cpu_times()[:2])
    turns = {name: speaker_turns(engine, pcm, span_seconds) for name, pcm in samples.items()}
    wall, cpu = time.perf_counter() - started, sum(process.cpu_times()[:2]) - cpu
    print(
        f"{', '.join(samples) if len(samples) == 1 else f'{len(samples)} recordings'}: {seconds:.0f} s of audio"
        f" in {wall:.1f} s, {cpu / seconds:.4f} s of CPU per second, peak memory {peak_mib(process.pid)} MiB,"
        f" {sum(len({turn.speaker for turn in found}) for found in turns.values())} speakers",
        flush=True,
    )
    return turns


def peak_mib(pid: int) -> int:
    """The most memory that the process, Whisper included, ever had."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def transcript(engine: Path, media: Path, turns: list[SpeakerTurn], folder: Path) -> Iterable[Any]:
    return assign(transcribe(engine, media, folder).transcript.segments, turns)


def write(target: Path, segments: Iterable[Any]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({"segments": [asdict(segment) for segment in segments]}, ensure_ascii=False))


def repeated(samples: Iterable[Path], hours: float, target: Path) -> Path:
    size = int(hours * 3600) * BYTES_A_SECOND
    with target.open("wb") as joined:
        for pcm in cycle(list(samples)):
            joined.write(pcm.read_bytes()[: size - joined.tell()])
            if joined.tell() == size:
                return target
    return target


def report(options: argparse.Namespace, results: Path) -> None:
    print(f"{'':22}{'DER':>8}{'missed':>9}{'made up':>9}{'confused':>9}")
    for way, arguments in WAYS.items():
        *_, whole = rows(
            options.scorer_python, options.scorer, options.manifest, results, "--kind", options.kind, *arguments
        )
        rates = (whole[key] for key in ("der", "missed", "false_alarm", "confusion"))
        print(f"{way:22}" + "".join(f"{100 * rate:8.1f}%" for rate in rates))
    print(whole["file"])


if __name__ == "__main__":
    main()
