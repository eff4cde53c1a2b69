"""How much our door costs: bare faster-whisper on a clip against decode() and a warm engine host, in one run.

    python -m bench.engine [--clip assets/jfk.flac] [--repeat 5] [--threads 2]

Both sides decode the file and transcribe it with the same weights, beam 5 and word times. Their runs alternate, so that
a busy machine slows both; the medians and their ratio are printed.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from speech import audio
from speech.engines import client
from speech.engines.trial import hear
from speech.engines.weights import resolve_model

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def warm_host(folder: Path, *, model: str, threads: int) -> Iterator[Path]:
    """The socket of an engine host of our own, ready to work."""
    path = folder / "engine.sock"
    options = {"--socket": path, "--cache": folder, "--model": model, "--threads": threads}
    command = [sys.executable, "-m", "speech.engines.host", *(str(part) for pair in options.items() for part in pair)]
    host = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        client.ping(path, timeout_seconds=120)
        yield path
    finally:
        host.terminate()
        host.wait()


def transcribe(engine: Path, media: Path, folder: Path) -> client.EngineResult:
    """`media` through decode() and the engine."""
    return hear(engine, media, folder, max_seconds=14_400, deadline_seconds=900)


def bare_model(folder: Path, *, model: str, threads: int) -> Any:
    from faster_whisper import WhisperModel

    return WhisperModel(str(resolve_model(model, folder)), device="cpu", compute_type="int8", cpu_threads=threads)


def bare_transcribe(model: Any, media: Path) -> tuple[str | None, list[Any]]:
    segments, info = model.transcribe(str(media), beam_size=5, word_timestamps=True)
    return info.language, list(segments)


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clip", type=Path, default=ROOT / "assets" / "jfk.flac")
    parser.add_argument("--model", default="base")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bare = bare_model(folder, model=options.model, threads=options.threads)
        with warm_host(folder, model=options.model, threads=options.threads) as engine:
            bare_transcribe(bare, options.clip)
            transcribe(engine, options.clip, folder)
            theirs, ours = [], []
            for _ in range(options.repeat):
                theirs.append(seconds(lambda: bare_transcribe(bare, options.clip)))
                ours.append(seconds(lambda: transcribe(engine, options.clip, folder)))
            pcm = folder / "samples.pcm"
            decoding = seconds(
                lambda: audio.decode(options.clip, pcm, max_seconds=14_400, deadline_seconds=900, on_tick=lambda: None)
            )
    print(f"clip             {options.clip.name}, {options.threads} threads, median of {options.repeat}")
    print(f"bare             {statistics.median(theirs):.2f} s   (best {min(theirs):.2f})")
    print(
        f"decode + engine  {statistics.median(ours):.2f} s   (best {min(ours):.2f}), of which decode {decoding:.2f} s"
    )
    ratio, best = statistics.median(ours) / statistics.median(theirs), min(ours) / min(theirs)
    print(f"ratio            {ratio:.2f}   (best {best:.2f})")


if __name__ == "__main__":
    main()
