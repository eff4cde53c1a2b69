"""`make bench-asr`: what the local engine hears, how well and how fast, beside plain faster-whisper, in one run.

    BENCH_AUDIO=AUDIO BENCH_SCORERS=EVAL [BENCH_SCORER_PYTHON=PYTHON] make bench-asr
    python -m bench.asr --audio AUDIO --scorers EVAL [--only words|speed|speakers|memory] [--hours 3]

AUDIO has a manifest.json, EVAL the scorers wer.py, timing.py and der.py, which may need an environment of their own.
Plain faster-whisper has the same weights, beam 5, word times, and as many threads as there are cores. The parts:

- words: error rate by folder, words made up where nobody speaks, languages named right, word start errors;
- speed: from POST to completed of the whole service on about half an hour, without and with speakers;
- speakers: diarization error rate of the meetings;
- memory: the most that the engine and a worker need for a recording of so many hours. Takes long, so only on request.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from bench import wer
from bench.engine import bare_model, seconds, warm_host
from bench.recordings import entries, long_recording
from bench.running import Api, served, service, took_seconds
from bench.scoring import rows

PARTS = ("words", "speed", "speakers")
SPEED_SECONDS = 1800.0
SIDES = ("bare", "ours")
ENGINE, WORKER, EMBEDDER = "speech.engines.host", "jobs.worker", "insights.host"


def main() -> None:
    options = parse()
    measure: dict[str, Callable[[argparse.Namespace, Path], None]] = {
        "words": words,
        "speed": speed,
        "speakers": speakers,
        "memory": memory,
    }
    for part in options.only or PARTS:
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            Path(name).chmod(0o711)  # The database server may run as another user, who must get through.
            print(f"\n{part}\n", flush=True)
            measure[part](options, Path(name))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    audio, scorers = (os.environ.get(f"BENCH_{name}") for name in ("AUDIO", "SCORERS"))
    parser.add_argument("--audio", type=Path, default=audio, required=not audio)
    parser.add_argument("--scorers", type=Path, default=scorers, required=not scorers)
    parser.add_argument("--scorer-python", default=os.environ.get("BENCH_SCORER_PYTHON", sys.executable))
    parser.add_argument("--only", action="append", choices=[*PARTS, "memory"])
    parser.add_argument("--hours", type=float, default=3.0)
    parser.add_argument("--model", default="base")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    options.manifest = options.audio / "manifest.json"
    return options


def scored(options: argparse.Namespace, script: str, manifest: Path, results: Path) -> list[wer.Result]:
    return rows(options.scorer_python, options.scorers / script, manifest, results)


def words(options: argparse.Namespace, folder: Path) -> None:
    listed = entries(options.manifest)
    media = {each["file"]: options.audio / each["file"] for each in listed}
    bare = bare_model(folder, model=options.model, threads=options.threads)
    wer.run(media, folder / "bare", lambda path: wer.bare_result(bare, path))
    with warm_host(folder, model=options.model, threads=options.threads) as engine:
        wer.run(media, folder / "ours", lambda path: wer.our_result(engine, path, folder))
    with_text = {each["file"] for each in listed if each["reference"]}
    errors = {side: scored(options, "wer.py", options.manifest, folder / side) for side in SIDES}
    wer.report({side: wer.pooled(found, with_text) for side, found in errors.items()})
    found = {side: {name: json.loads((folder / side / f"{name}.json").read_text()) for name in media} for side in SIDES}
    silent = [each["file"] for each in listed if "nospeech" in each["kind"]]
    # Where nobody wrote down a word, there may be none to tell a language by.
    spoken = {each["file"]: each["language"] for each in listed if each["language"] and each["reference"]}
    times = {side: scored(options, "timing.py", options.manifest, folder / side)[-1] for side in SIDES}
    print(f"\n{'':36}{'bare':>9}{'ours':>9}")
    row("words where nobody speaks", lambda side: f"{sum(_count_words(found[side][name]) for name in silent)}")
    row("languages named right", lambda side: f"{_named_right(found[side], spoken)}/{len(spoken)}")
    row("word start error, median", lambda side: f"{1000 * times[side]['start_median']:.0f} ms")
    row("word start error, 90th percentile", lambda side: f"{1000 * times[side]['start_p90']:.0f} ms")


def row(label: str, value: Callable[[str], str]) -> None:
    print(f"{label:36}" + "".join(f"{value(side):>9}" for side in SIDES), flush=True)


def _count_words(result: wer.Result) -> int:
    return sum(len(segment["text"].split()) for segment in result["segments"])


def _named_right(results: dict[str, wer.Result], languages: dict[str, str]) -> int:
    return sum(results[name].get("language") == language for name, language in languages.items())


def speed(options: argparse.Namespace, folder: Path) -> None:
    (folder / "media").mkdir()
    media = long_recording(options.manifest, folder / "media", SPEED_SECONDS)
    results: dict[str, tuple[float, wer.Result]] = {}
    with service(folder / "data") as (base, key, _), served(media.parent) as files:
        api = Api(base, key)
        bare = bare_model(folder, model=options.model, threads=options.threads)
        heard: list[wer.Result] = []
        bare_seconds = seconds(lambda: heard.append(wer.bare_result(bare, media)))
        results["faster-whisper"] = bare_seconds, heard[0]
        for label, diarize in {"service": False, "service, speakers": True}.items():
            made = api.transcription(f"{files}/{media.name}", diarize=diarize)
            results[label] = took_seconds(made), api.call("GET", f"/transcriptions/{made['id']}/result")
    lasts = results["service"][1]["duration_seconds"]
    print(f"{lasts:.0f} s of English, {options.threads} threads, load {os.getloadavg()[0]:.1f} at the end")
    print(f"{'':22}{'seconds':>9}{'real time':>11}{'ratio':>7}{'errors':>9}")
    for label, (took, result) in results.items():
        kept = folder / label
        kept.mkdir()
        (kept / f"{media.name}.json").write_text(json.dumps(result))
        rate = scored(options, "wer.py", media.parent / "manifest.json", kept)[0]["wer"]
        print(f"{label:22}{took:9.1f}{took / lasts:11.4f}{bare_seconds / took:7.2f}{100 * rate:8.2f}%", flush=True)


def speakers(options: argparse.Namespace, folder: Path) -> None:
    command = [sys.executable, "-m", "bench.diarization", "--manifest", str(options.manifest), "--kind", "meeting"]
    command += ["--scorer", str(options.scorers / "der.py"), "--scorer-python", options.scorer_python]
    subprocess.run(command, check=True)


def memory(options: argparse.Namespace, folder: Path) -> None:
    (folder / "media").mkdir()
    media = long_recording(options.manifest, folder / "media", options.hours * 3600)
    with service(folder / "data") as (base, key, pid), served(media.parent) as files, peaks(pid) as most:
        made = Api(base, key).transcription(f"{files}/{media.name}", diarize=True)
    print(f"{made['duration_seconds']:.0f} s with speakers took {took_seconds(made):.0f} s; resident at most")
    for name, size in most.items():
        print(f"{name:22}{size / 2**20:7.0f} MiB")


@contextmanager
def peaks(pid: int) -> Iterator[dict[str, int]]:
    """The most resident bytes that a process of each program below `pid` has, looked at twice a second."""
    most = dict.fromkeys((ENGINE, WORKER, EMBEDDER), 0)
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.5):
            for process in psutil.Process(pid).children(recursive=True):
                try:
                    command, size = " ".join(process.cmdline()), process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
                for name in most:
                    if name in command:
                        most[name] = max(most[name], size)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield most
    finally:
        over.set()
        looking.join()


if __name__ == "__main__":
    main()
