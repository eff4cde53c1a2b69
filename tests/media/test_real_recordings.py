"""Real recordings, where a folder of them is given: TRANSCRIBE_TEST_AUDIO names one with a manifest.json in it."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.engine import transcribe, warm_host
from errors import MediaNoAudio, MediaUndecodable
from speech import audio
from speech.engines import weights

FOLDER = Path(os.environ.get("TRANSCRIBE_TEST_AUDIO", ""))
MANIFEST = FOLDER / "manifest.json"
FILES: list[dict[str, Any]] = json.loads(MANIFEST.read_text())["files"] if MANIFEST.is_file() else []
pytestmark = pytest.mark.skipif(not FILES, reason="TRANSCRIBE_TEST_AUDIO names no folder of recordings")

WHOLE = [entry for entry in FILES if entry["container"] and "broken" not in entry["kind"]]
CALLS = [entry for entry in WHOLE if entry["channels"] == 2 and entry["rttm"]]
SPEECHLESS = [entry for entry in WHOLE if "nospeech" in entry["kind"]]
ORDINARY = [entry for entry in WHOLE if entry["channels"] == 2 and not entry["rttm"]]


def decoded(entry: dict[str, Any], tmp_path: Path) -> audio.DecodedAudio:
    media, pcm = FOLDER / entry["file"], tmp_path / "pcm"
    return audio.decode(media, pcm, max_seconds=4 * 3600, deadline_seconds=600, on_tick=lambda: None)


@pytest.mark.parametrize("entry", WHOLE, ids=lambda entry: entry["file"])
def test_a_real_recording_is_as_long_as_it_is(entry: dict[str, Any], tmp_path: Path) -> None:
    found = decoded(entry, tmp_path)

    # Of a raw AAC stream its length is estimated.
    assert found.duration_seconds == pytest.approx(entry["seconds"], abs=0.5)
    assert found.channels == entry["channels"]


@pytest.mark.parametrize(
    "entry", [entry for entry in FILES if "broken" in entry["kind"]], ids=lambda entry: entry["file"]
)
def test_a_broken_one_is_refused(entry: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(MediaNoAudio if entry["container"] else MediaUndecodable):
        decoded(entry, tmp_path)


@pytest.mark.parametrize("entry", ORDINARY, ids=lambda entry: entry["file"])
def test_no_ordinary_stereo_recording_passes_for_a_call(entry: dict[str, Any], tmp_path: Path) -> None:
    assert decoded(entry, tmp_path).turns is None


@pytest.mark.parametrize("entry", CALLS, ids=lambda entry: entry["file"])
def test_a_real_call_has_its_speakers_on_its_channels(entry: dict[str, Any], tmp_path: Path) -> None:
    turns = decoded(entry, tmp_path).turns
    assert turns is not None
    utterances = json.loads((FOLDER / entry["utterances"]).read_text())

    for channel, side in enumerate(("left", "right")):
        told, found = (np.zeros(round(entry["seconds"] * 100), bool) for _ in range(2))
        for utterance in (each for each in utterances if each["channel"] == channel):
            told[round(utterance["start"] * 100) : round(utterance["end"] * 100)] = True
        for turn in (each for each in turns if each.speaker == side):
            found[round(turn.start * 100) : round(turn.end * 100)] = True
        assert (told & ~found).sum() < 0.15 * told.sum()
        assert (found & ~told).sum() < 0.05 * told.sum()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with warm_host(tmp_path_factory.mktemp("engine"), model="base", threads=2) as socket:
        yield socket


@pytest.mark.whole
@pytest.mark.engine
@pytest.mark.skipif(not weights.is_packaged(), reason="the weight packages are not installed")
@pytest.mark.parametrize("entry", SPEECHLESS, ids=lambda entry: entry["file"])
def test_nothing_is_heard_where_nobody_speaks(entry: dict[str, Any], engine: Path, tmp_path: Path) -> None:
    heard = transcribe(engine, FOLDER / entry["file"], tmp_path).transcript

    assert (heard.text, heard.language) == ("", None)
