"""A span of a recording, read window by window: a mapped file would count as memory of the process, all of it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

SAMPLE_BYTES = 2


@dataclass(frozen=True, slots=True)
class Span:
    """The samples `first` to `after` of a 16 kHz mono s16le file; a slice of it is an array."""

    pcm: Path
    first: int
    after: int

    def __len__(self) -> int:
        return self.after - self.first

    def __getitem__(self, part: slice) -> npt.NDArray[np.int16]:
        start, stop, _ = part.indices(len(self))
        read: npt.NDArray[np.int16] = np.fromfile(
            self.pcm, dtype="<i2", count=max(0, stop - start), offset=(self.first + start) * SAMPLE_BYTES
        )
        return read


def span_of(pcm: Path, span: tuple[int, int] | None) -> Span:
    """The span of the file from its first sample to before its second, or all of it. Raises ValueError where there is
    no such span."""
    samples = pcm.stat().st_size // SAMPLE_BYTES
    first, after = span or (0, samples)
    if not 0 <= first <= after <= samples:
        raise ValueError("the recording has no such span")
    return Span(pcm, first, after)
