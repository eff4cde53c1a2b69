"""Log mel energies as Kaldi computes them, for all frames of a window at once.

The mel filters and the options are kaldi-native-fbank's. Its own computer takes samples as a Python list and gives
frames one by one, which costs five times as much and holds up the other threads.
"""

import kaldi_native_fbank  # type: ignore[import-untyped]
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from speech.audio import SAMPLE_RATE

MELS = 80
FRAME, HOP, FFT = 400, 160, 512
# A frame is centred on its hop; at the edges the samples are mirrored.
OVERHANG = (FRAME - HOP) // 2
PREEMPHASIS = 0.97
LEAST_ENERGY = float(np.finfo(np.float32).eps)

Floats = npt.NDArray[np.float32]


class Filterbank:
    """The filters and the window, made once; for any number of threads."""

    def __init__(self) -> None:
        options = kaldi_native_fbank.FbankOptions()
        options.frame_opts.samp_freq = SAMPLE_RATE
        options.mel_opts.num_bins = MELS
        filters = kaldi_native_fbank.MelBanks(options.mel_opts, options.frame_opts).get_matrix()
        self._filters = torch.from_numpy(np.array(filters, dtype=np.float32)).T.contiguous()
        # Povey's window.
        self._window = torch.hann_window(FRAME, periodic=False).pow(0.85)

    def __call__(self, samples: Floats) -> Floats:
        """Energies of 25 ms each 10 ms, shape (frames, MELS). `samples` are float32 −1..1, a whole number of hops."""
        with torch.inference_mode():
            energies: Floats = self._energies(torch.from_numpy(samples)).numpy()
        return energies

    def _energies(self, samples: Tensor) -> Tensor:
        mirrored = torch.cat([samples[:OVERHANG].flip(0), samples, samples[-OVERHANG:].flip(0)])
        frames = mirrored.unfold(0, FRAME, HOP)
        frames = frames - frames.mean(dim=1, keepdim=True)
        # The sample before a frame's first is taken to be the first.
        before = functional.pad(frames[:, None], (1, 0), mode="replicate")[:, 0, :-1]
        spectrum = torch.fft.rfft((frames - PREEMPHASIS * before) * self._window, FFT)
        power = spectrum.real.square() + spectrum.imag.square()
        return (power[:, : len(self._filters)] @ self._filters).clamp(min=LEAST_ENERGY).log()
