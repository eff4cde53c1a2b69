"""What the real engine hears of the corpus: the same words whatever they came in."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bench.engine import transcribe, warm_host
from speech import audio, calls
from speech.engines import weights
from tests.media.corpus import BAD, good
from tests.media.making import CLIP, packets, sound

pytestmark = [
    pytest.mark.whole,
    pytest.mark.engine,
    pytest.mark.skipif(not weights.is_packaged(), reason="the weight packages are not installed"),
]
KINDS = [
    "mp3 of 16 kbit/s",
    "mp4 with picture",
    "3gp with AMR",
    "webm with Opus",
    "wav with µ-law, a call",
    "ac3 of 5.1",
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with warm_host(tmp_path_factory.mktemp("engine"), model="base", threads=2) as socket:
        yield socket


@pytest.mark.parametrize("name", KINDS)
def test_the_same_words_are_heard_in_every_kind(name: str, engine: Path, tmp_path: Path) -> None:
    heard = transcribe(engine, good(name).make(tmp_path / "media"), tmp_path).transcript

    assert "ask not what your country can do for you" in heard.text.replace(",", "")
    assert heard.text.rstrip(".").endswith("what you can do for your country")


def test_what_is_left_of_a_cut_recording_is_heard(engine: Path, tmp_path: Path) -> None:
    cut = next(sample for sample in BAD if sample.name == "an mp3 cut in half")

    assert "fellow Americans" in transcribe(engine, cut.make(tmp_path / "media"), tmp_path).transcript.text


def test_both_voices_of_a_call_are_heard_though_they_talk_at_once(engine: Path, tmp_path: Path) -> None:
    """One says the clip, the other its second half meanwhile."""
    av = pytest.importorskip("av")
    pcm, media = tmp_path / "pcm", tmp_path / "media"
    audio.decode(CLIP, pcm, max_seconds=60, deadline_seconds=60, on_tick=lambda: None)
    voice = np.frombuffer(pcm.read_bytes(), "<i2")
    both = np.zeros((len(voice) + 48_000, 2), "<i2")
    both[: len(voice), 0], both[8_000 : 8_000 + len(voice) - 86_400, 1] = voice, voice[86_400:]
    with av.open(str(media), "w", format="wav") as output:
        stream = output.add_stream("pcm_s16le", rate=16_000, layout="stereo")
        output.mux(packets(stream, sound(av, both, layout="stereo")))

    decoded = audio.decode(media, pcm, max_seconds=60, deadline_seconds=60, on_tick=lambda: None)
    assert decoded.stereo is not None
    heard = calls.transcribe(
        engine,
        decoded.stereo,
        decoded.turns or (),
        language=None,
        vocabulary=(),
        on_tick=lambda: None,
        on_progress=lambda done, total: None,
    ).transcript

    said = {name: " ".join(part.text for part in heard.segments if part.speaker == name) for name in ("S1", "S2")}
    assert heard.language == "en"
    assert all("what you can do for your country" in text for text in said.values())
    assert "Americans" in said["S1"]
    assert "Americans" not in said["S2"]
