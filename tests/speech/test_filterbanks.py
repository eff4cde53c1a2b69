"""Mel energies against those of kaldi-native-fbank's own computer."""

import numpy as np
import numpy.typing as npt
import pytest

fbank = pytest.importorskip("kaldi_native_fbank")
pytest.importorskip("torch")

from speech.engines.speakers.filterbanks import Filterbank  # noqa: E402

# Loading torch takes seconds.
pytestmark = pytest.mark.whole
SECOND = 16_000


def kaldi(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    options = fbank.FbankOptions()
    options.frame_opts.samp_freq = SECOND
    options.frame_opts.dither = 0
    options.frame_opts.snip_edges = False
    options.mel_opts.num_bins = 80
    computer = fbank.OnlineFbank(options)
    computer.accept_waveform(SECOND, samples.tolist())
    computer.input_finished()
    return np.stack([computer.get_frame(number) for number in range(computer.num_frames_ready)])


def recordings() -> dict[str, npt.NDArray[np.float32]]:
    random, seconds = np.random.default_rng(4), np.arange(10 * SECOND) / SECOND
    chirp = 0.3 * np.sin(2 * np.pi * (60 + 300 * seconds) * seconds) + 0.01
    noise = random.normal(scale=0.1, size=10 * SECOND)
    return {
        "noise": noise.astype(np.float32),
        "a chirp that is off centre": chirp.astype(np.float32),
        "a burst in silence": np.where((seconds > 4) & (seconds < 5), noise, 0).astype(np.float32),
    }


@pytest.mark.parametrize("name", recordings())
def test_energies_are_those_of_kaldi(name: str) -> None:
    samples = recordings()[name]

    ours, theirs = Filterbank()(samples), kaldi(samples)

    assert ours.shape == theirs.shape == (1000, 80)
    assert np.abs(ours - theirs).max() < 0.01
    assert np.abs(ours - theirs).mean() < 1e-3
