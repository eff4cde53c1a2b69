"""Word error rate of our engine beside bare faster-whisper, over a manifest of labelled recordings, in one run.

    python -m bench.wer --manifest AUDIO/manifest.json --scorer EVAL/wer.py [--scorer-python PYTHON]
                        [--folder english --folder noisy …] [--results DIR]

The scorer is run as a program, `SCORER --manifest … --results … --json`, and may live in an environment of its own.
Its rows are pooled by folder of the manifest. Results are kept in DIR where one is given.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from bench.engine import bare_model, bare_transcribe, transcribe, warm_host
from bench.recordings import entries
from bench.scoring import rows
from errors import AppError

Result = dict[str, Any]


def main() -> None:
    options = parse()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        results = options.results or folder / "results"
        media = recordings(options.manifest, options.folder)
        bare = bare_model(folder, model=options.model, threads=options.threads)
        run(media, results / "bare", lambda path: bare_result(bare, path))
        with warm_host(folder, model=options.model, threads=options.threads) as engine:
            run(media, results / "ours", lambda path: our_result(engine, path, folder))
        rates = {side: score(options, results / side, set(media)) for side in ("bare", "ours")}
    report(rates)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--manifest", type=Path, required=True)
    parser.add_argument("--scorer", type=Path, required=True)
    parser.add_argument("--scorer-python", default=sys.executable)
    parser.add_argument("--folder", action="append", help="only recordings in this folder; may be repeated")
    parser.add_argument("--results", type=Path)
    parser.add_argument("--model", default="base")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def recordings(manifest: Path, folders: list[str] | None) -> dict[str, Path]:
    """Path of every recording with a reference text, by its name in the manifest."""
    names = [each["file"] for each in entries(manifest) if each["reference"]]
    return {name: manifest.parent / name for name in names if not folders or name.split("/")[0] in folders}


def run(media: dict[str, Path], results: Path, transcribed: Callable[[Path], Result]) -> None:
    started = time.monotonic()
    for name, path in media.items():
        target = results / f"{name}.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(transcribed(path), ensure_ascii=False))
    print(f"{results.name}: {len(media)} recordings in {time.monotonic() - started:.0f} s", flush=True)


def bare_result(model: Any, path: Path) -> Result:
    language, segments = bare_transcribe(model, path)
    return {"language": language, "segments": [_fields(segment, segment.words or (), "word") for segment in segments]}


def our_result(engine: Path, path: Path, folder: Path) -> Result:
    try:
        transcript = transcribe(engine, path, folder).transcript
    except AppError as error:
        print(f"{path}: {error.code}", file=sys.stderr)
        return {"segments": []}
    segments = [_fields(segment, segment.words or (), "text") for segment in transcript.segments]
    return {"language": transcript.language, "segments": segments}


def _fields(segment: Any, words: Any, text: str) -> Result:
    spoken = [{"start": word.start, "end": word.end, "word": getattr(word, text).strip()} for word in words]
    return {"start": segment.start, "end": segment.end, "text": segment.text, "words": spoken}


def score(options: argparse.Namespace, results: Path, names: set[str]) -> dict[str, tuple[int, int]]:
    """(errors, words) by folder."""
    return pooled(rows(options.scorer_python, options.scorer, options.manifest, results), names)


def pooled(scored: Iterable[Result], names: set[str]) -> dict[str, tuple[int, int]]:
    """(errors, words) by folder, of the recordings `names`."""
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for row in scored:
        if row["file"] in names:
            errors, words = found[folder := row["file"].split("/")[0]]
            found[folder] = errors + row["errors"], words + row["length"]
    return found


def report(rates: dict[str, dict[str, tuple[int, int]]]) -> None:
    print(f"{'folder':14}{'words':>7}{'bare':>9}{'ours':>9}{'difference':>12}")
    for folder, (errors, words) in rates["bare"].items():
        bare, ours = 100 * errors / max(1, words), 100 * rates["ours"][folder][0] / max(1, words)
        print(f"{folder:14}{words:7}{bare:8.2f}%{ours:8.2f}%{ours - bare:+11.2f}")


if __name__ == "__main__":
    main()
