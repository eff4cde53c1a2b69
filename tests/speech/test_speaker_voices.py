"""What was heard as a file, and spans that are put together."""

import pickle
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from speech.audio import SAMPLE_RATE
from speech.engines.speakers import voices
from speech.engines.speakers.listening import FRAME_SAMPLES, HOP_FRAMES, WINDOW_FRAMES, Floats, Heard

TEN_MINUTES = 600


def heard(seconds: float, *, seed: int = 1, silent: bool = False) -> Heard:
    """Noise of the shapes that a recording of so many seconds gives."""
    random = np.random.default_rng(seed)
    offsets = np.arange(0, int(seconds * SAMPLE_RATE) // FRAME_SAMPLES - WINDOW_FRAMES + 1, HOP_FRAMES)
    frames = int(offsets[-1]) + WINDOW_FRAMES
    voiceprints: Floats = random.normal(scale=0.07, size=(int(seconds / 1.4), 192)).astype(np.float32)
    return Heard(
        seconds=float(seconds),
        offsets=offsets,
        activity=random.random((len(offsets), WINDOW_FRAMES, 3)).astype(np.float16),
        stretch_of=np.full(frames, -1) if silent else np.arange(frames) * len(voiceprints) // frames,
        voiceprints=np.zeros((0, 1), np.float32) if silent else voiceprints,
    )


def test_what_was_heard_comes_back_from_its_file(tmp_path: Path) -> None:
    told = heard(60)

    voices.save(told, tmp_path / "voices")
    back = voices.load(tmp_path / "voices")

    assert back.voiceprints == pytest.approx(told.voiceprints, rel=1e-3, abs=1e-5)
    for each in fields(Heard):
        one, other = getattr(told, each.name), getattr(back, each.name)
        assert np.asarray(one).dtype == np.asarray(other).dtype
        assert each.name == "voiceprints" or np.array_equal(one, other)


def test_ten_minutes_are_less_than_a_megabyte(tmp_path: Path) -> None:
    voices.save(heard(TEN_MINUTES), tmp_path / "voices")

    assert (tmp_path / "voices").stat().st_size < 1_000_000


def test_what_is_no_such_file_is_refused(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    voices.save(heard(20), whole)
    np.savez(tmp_path / "others.npz", words=np.zeros(3))
    (tmp_path / "cut").write_bytes(whole.read_bytes()[:-100])
    (tmp_path / "pickle").write_bytes(pickle.dumps(heard(20)))
    (tmp_path / "empty").touch()

    for name in ("others.npz", "cut", "pickle", "empty"):
        with pytest.raises(ValueError):  # noqa: PT011
            voices.load(tmp_path / name)


def test_the_file_of_another_release_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    voices.save(heard(20), tmp_path / "voices")
    monkeypatch.setattr(voices, "FORMAT", 2)

    with pytest.raises(ValueError, match="another release"):
        voices.load(tmp_path / "voices")


def test_spans_become_one_recording() -> None:
    first, second = heard(60), heard(30, seed=2)
    start = 61 * SAMPLE_RATE // FRAME_SAMPLES

    whole = voices.joined([(0, first), (start * FRAME_SAMPLES, second)])

    assert whole.seconds == start * FRAME_SAMPLES / SAMPLE_RATE + 30
    assert whole.offsets.tolist() == [*first.offsets, *(second.offsets + start)]
    assert whole.voiceprints[whole.stretch_of[start + 700]].tolist() == (
        second.voiceprints[second.stretch_of[700]].tolist()
    )
    assert set(whole.stretch_of[len(first.stretch_of) : start]) == {-1}


def test_one_span_is_the_recording() -> None:
    alone = heard(60)

    whole = voices.joined([(0, alone)])

    assert all(np.array_equal(getattr(whole, each.name), getattr(alone, each.name)) for each in fields(Heard))


def test_spans_in_which_nobody_speaks_have_no_part_in_the_voiceprints() -> None:
    silence, speech = heard(27, silent=True), heard(27)

    whole = voices.joined([(0, silence), (1600 * FRAME_SAMPLES, speech), (3200 * FRAME_SAMPLES, silence)])

    assert whole.voiceprints.tolist() == speech.voiceprints.tolist()
    assert len(voices.joined([(0, silence), (1600 * FRAME_SAMPLES, silence)]).voiceprints) == 0


def test_a_span_that_begins_within_a_frame_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 270"):
        voices.joined([(0, heard(20)), (20 * SAMPLE_RATE, heard(20))])


def test_spans_that_overlap_or_are_out_of_order_are_refused() -> None:
    brief = replace(heard(20), seconds=4.0)

    for first, second in ((0, 237), (1600, 0)):
        with pytest.raises(ValueError, match="ten seconds"):
            voices.joined([(first * FRAME_SAMPLES, brief), (second * FRAME_SAMPLES, heard(20))])
