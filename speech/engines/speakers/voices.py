"""What was heard of a recording, or of a span of it, as a file; and spans put together to be one recording again.

Hearing is the work, and can be shared out. Telling speakers apart is quick, and done once for the whole recording, so
that a speaker is one person in all of it. A file is a numpy archive without pickled objects, about 0.7 MB for ten
minutes.
"""

from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from speech.audio import SAMPLE_RATE
from speech.engines.speakers.listening import FRAME_SAMPLES, Floats, Heard

# Counted up when a field changes its meaning: engines of two releases may share a recording.
FORMAT = 1


def save(heard: Heard, target: Path) -> None:
    """Write what was heard to `target`."""
    with target.open("wb") as file:
        np.savez_compressed(
            file,
            format=np.array(FORMAT),
            seconds=np.array(heard.seconds),
            offsets=heard.offsets.astype(np.int32),
            activity=heard.activity,
            stretch_of=heard.stretch_of.astype(np.int32),
            voiceprints=heard.voiceprints.astype(np.float16),
        )


def load(path: Path) -> Heard:
    """What `save` wrote, voiceprints rounded to three digits. Raises ValueError where it is something else."""
    try:
        # numpy leaves a file open that it cannot read.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            if stored["format"] != FORMAT:
                raise ValueError("these voices are another release's")
            return Heard(
                seconds=float(stored["seconds"]),
                offsets=stored["offsets"].astype(int),
                activity=stored["activity"],
                stretch_of=stored["stretch_of"].astype(int),
                voiceprints=stored["voiceprints"].astype(np.float32),
            )
    except (BadZipFile, EOFError, KeyError) as error:
        raise ValueError("this file holds no voices") from error


def joined(spans: Sequence[tuple[int, Heard]]) -> Heard:
    """One recording of its spans, each with its first sample, in their order.

    What is between two spans was heard by nobody; a few frames always are, as a frame is heard from a thousand samples.
    Raises ValueError where a span does not begin with a frame, or is still heard when the next begins, which one of
    less than ten seconds may be.
    """
    starts = [first // FRAME_SAMPLES for first, _ in spans]
    ends = [start + len(heard.stretch_of) for start, (_, heard) in zip(starts, spans, strict=True)]
    if any(first % FRAME_SAMPLES for first, _ in spans):
        raise ValueError(f"a span begins with a multiple of {FRAME_SAMPLES} samples")
    if any(end > start for end, start in zip(ends, starts[1:], strict=False)):
        raise ValueError("spans follow each other, and are of ten seconds at least")
    stretch_of = np.full(ends[-1], -1)
    stretches = 0
    for start, end, (_, heard) in zip(starts, ends, spans, strict=True):
        stretch_of[start:end] = np.where(heard.stretch_of < 0, -1, heard.stretch_of + stretches)
        stretches += len(heard.voiceprints)
    last, ending = spans[-1]
    return Heard(
        seconds=last / SAMPLE_RATE + ending.seconds,
        offsets=np.concatenate([start + heard.offsets for start, (_, heard) in zip(starts, spans, strict=True)]),
        activity=np.concatenate([heard.activity for _, heard in spans]),
        stretch_of=stretch_of,
        voiceprints=_all_voiceprints([heard for _, heard in spans]),
    )


def _all_voiceprints(spans: Sequence[Heard]) -> Floats:
    # Where nobody speaks there are none, not even of the right length.
    return np.concatenate([heard.voiceprints for heard in spans if len(heard.voiceprints)] or [spans[0].voiceprints])
