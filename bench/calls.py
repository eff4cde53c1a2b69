"""Word error rate of each speaker in stereo calls: both channels mixed and heard once, and each channel by itself.

    python -m bench.calls --manifest AUDIO/manifest.json --scorer EVAL/wer.py [--scorer-python PYTHON]
                          [--left english/libri_1688.flac] [--right english/libri_533.flac] [--overlap 0 --overlap 1.5]

The calls are made of the utterances of two recordings of one speaker each, in turn and on a channel each; with an
overlap each begins so many seconds before the other ends. The scorer is run as by `bench.wer`.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.engine import warm_host
from bench.wer import report, score
from speech import audio, calls
from speech.channels import keep_apart, mix_down
from speech.diarization import SpeakerTurn, assign
from speech.engines import client
from speech.transcript import Segment

RATE = audio.SAMPLE_RATE
Sound = npt.NDArray[np.int16]


def main() -> None:
    options = parse()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        told = [utterances(options.manifest, recording, folder) for recording in (options.left, options.right)]
        entries: list[dict[str, Any]] = []
        with warm_host(folder, model=options.model, threads=options.threads) as engine:
            for overlap in options.overlap or [0.0, 1.5]:
                case = f"{overlap:g} s early"
                entries += references(folder, case, told)
                hear(engine, together([[sound for sound, _ in voice] for voice in told], overlap), folder, case)
        manifest = folder / "manifest.json"
        manifest.write_text(json.dumps({"files": entries}))
        options.manifest = manifest
        names = {entry["file"] for entry in entries}
        print("bare: the mix; ours: each channel")
        report({"bare": score(options, folder / "mix", names), "ours": score(options, folder / "each", names)})


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--manifest", type=Path, required=True)
    parser.add_argument("--scorer", type=Path, required=True)
    parser.add_argument("--scorer-python", default=sys.executable)
    parser.add_argument("--left", default="english/libri_1688.flac")
    parser.add_argument("--right", default="english/libri_533.flac")
    parser.add_argument("--overlap", type=float, action="append", help="seconds; may be repeated")
    parser.add_argument("--model", default="base")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def utterances(manifest: Path, recording: str, folder: Path) -> list[tuple[Sound, str]]:
    """Samples and text of each utterance of a recording."""
    entry = next(entry for entry in json.loads(manifest.read_text())["files"] if entry["file"] == recording)
    pcm = folder / "pcm"
    audio.decode(manifest.parent / recording, pcm, max_seconds=14_400, deadline_seconds=900, on_tick=lambda: None)
    samples = np.frombuffer(pcm.read_bytes(), "<i2")
    told = json.loads((manifest.parent / entry["utterances"]).read_text())
    return [(samples[round(one["start"] * RATE) : round(one["end"] * RATE)], one["text"]) for one in told]


def together(voices: Sequence[Sequence[Sound]], overlap: float) -> Sound:
    """The utterances in turn, left and right: shape (samples, 2)."""
    placed, end = [], 0
    for pair in zip(*voices, strict=False):
        for side, sound in enumerate(pair):
            start = max(0, end - round(overlap * RATE))
            placed.append((side, start, sound))
            end = start + len(sound)
    both = np.zeros((end + RATE, 2), "<i2")
    for side, start, sound in placed:
        both[start : start + len(sound), side] += sound
    return both


def references(folder: Path, case: str, told: Sequence[Sequence[tuple[Sound, str]]]) -> Iterable[dict[str, Any]]:
    """Manifest entries of what each side said."""
    count = min(map(len, told))
    for side, voice in zip(calls.SIDES, told, strict=True):
        text = folder / case / f"{side}.txt"
        text.parent.mkdir(exist_ok=True)
        text.write_text(" ".join(said for _, said in voice[:count]))
        name = f"{case}/{side}.wav"
        yield {"file": name, "reference": f"{case}/{side}.txt", "language": "en", "kind": ["wer"]}


def hear(engine: Path, both: Sound, folder: Path, case: str) -> None:
    stereo, mono = folder / "stereo", folder / "mono"
    stereo.write_bytes(both.tobytes())
    turns = mix_down(stereo, mono, on_tick=lambda: None)
    if turns is None:
        raise SystemExit(f"{case}: not recognised as a call")
    started = time.monotonic()
    mixed = client.transcribe(
        engine,
        mono,
        language="en",
        vocabulary=(),
        on_tick=lambda: None,
        on_segments=lambda segments: None,
        on_progress=lambda done, total: None,
    )
    keep(folder / "mix" / case, turns, assign(mixed.transcript.segments, turns))
    halfway = time.monotonic()
    keep_apart(stereo, turns, on_tick=lambda: None)
    each = calls.transcribe(
        engine,
        stereo,
        turns,
        language="en",
        vocabulary=(),
        on_tick=lambda: None,
        on_progress=lambda done, total: None,
    )
    keep(folder / "each" / case, turns, each.transcript.segments)
    ended = time.monotonic()
    print(f"{case}: {len(both) / RATE:.0f} s, mix in {halfway - started:.1f} s, each in {ended - halfway:.1f} s")


def keep(results: Path, turns: Sequence[SpeakerTurn], segments: Sequence[Segment]) -> None:
    """Each speaker's words as a result of its own; who speaks first is S1."""
    results.mkdir(parents=True)
    sides = dict(zip(dict.fromkeys(turn.speaker for turn in turns), ("S1", "S2"), strict=True))
    for side, speaker in sides.items():
        said = [{"text": segment.text} for segment in segments if segment.speaker == speaker]
        (results / f"{side}.wav.json").write_text(json.dumps({"segments": said}))


if __name__ == "__main__":
    main()
