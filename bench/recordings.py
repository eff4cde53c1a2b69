"""Long recordings for measurements, made of the recordings of a manifest, with what is said in them."""

import json
import wave
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from speech import audio

RATE = audio.SAMPLE_RATE
PAUSE = bytes(2 * RATE)  # a second
NAME = "long.wav"


def entries(manifest: Path) -> list[dict[str, Any]]:
    """What the manifest lists, without files that are broken on purpose."""
    return [each for each in json.loads(manifest.read_text())["files"] if "broken" not in each["kind"]]


def long_recording(manifest: Path, folder: Path, seconds: float) -> Path:
    """English recordings one after the other until they last `seconds`, the longest first, and then again.

    Beside the recording lies a manifest of its own with its reference.
    """
    chosen = [each for each in entries(manifest) if each["reference"] and each["language"] == "en"]
    chosen.sort(key=lambda each: -each["seconds"])
    said = []
    with wave.open(str(folder / NAME), "wb") as long:
        long.setnchannels(1)
        long.setsampwidth(2)
        long.setframerate(RATE)
        for each in _until(chosen, seconds):
            long.writeframes(_samples(manifest.parent / each["file"], folder) + PAUSE)
            said.append((manifest.parent / each["reference"]).read_text().strip())
    (folder / "long.txt").write_text("\n".join(said))
    listed = {"file": NAME, "reference": "long.txt", "language": "en", "kind": ["long"]}
    (folder / "manifest.json").write_text(json.dumps({"files": [listed]}))
    return folder / NAME


def _until(chosen: Sequence[dict[str, Any]], seconds: float) -> Iterator[dict[str, Any]]:
    total = 0.0
    for each in chain.from_iterable(iter(lambda: chosen, None)):
        if total + each["seconds"] > seconds:
            return
        total += each["seconds"] + 1
        yield each


def _samples(media: Path, folder: Path) -> bytes:
    pcm = folder / "part.pcm"
    audio.decode(media, pcm, max_seconds=14_400, deadline_seconds=900, on_tick=lambda: None)
    return pcm.read_bytes()
