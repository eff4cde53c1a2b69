"""A short recording through the engine, to tell what a machine will do with long ones."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from speech.audio import decode
from speech.engines import client

LONGEST_SECONDS = 3600.0
DECODE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Trial:
    """What the engine is, and how long it took for so much sound, decoding included. Seconds."""

    model: str
    device: str
    threads: int
    loaded_seconds: float
    sound_seconds: float
    took_seconds: float

    @property
    def times_real_time(self) -> float:
        """How many times as fast as it is spoken."""
        return self.sound_seconds / self.took_seconds


def hear(
    socket_path: Path, recording: Path, folder: Path, *, max_seconds: float, deadline_seconds: float
) -> client.EngineResult:
    """What the engine at `socket_path` hears in a recording, decoded into `folder` within these bounds and waited for.

    Raises as `audio.decode` and `client.transcribe` do.
    """
    pcm = folder / "samples.pcm"
    decode(recording, pcm, max_seconds=max_seconds, deadline_seconds=deadline_seconds, on_tick=lambda: None)
    return hear_samples(socket_path, pcm)


def hear_samples(socket_path: Path, pcm: Path) -> client.EngineResult:
    """What the engine hears in samples (16 kHz mono s16le), waited for. Raises as `client.transcribe` does."""
    return client.transcribe(
        socket_path,
        pcm,
        language=None,
        vocabulary=(),
        on_tick=lambda: None,
        on_segments=lambda segments: None,
        on_progress=lambda done, total: None,
    )


def try_engine(socket_path: Path, recording: Path, scratch: Path, *, start_seconds: float) -> Trial:
    """The trial of the engine at `socket_path`, which may take `start_seconds` to be there. Raises as `hear` does.

    `scratch` is a folder that the engine sees as well: under systemd it has a /tmp of its own.
    """
    engine = client.ping(socket_path, timeout_seconds=start_seconds)
    with tempfile.TemporaryDirectory(prefix="trial.", dir=scratch) as folder:
        began = time.monotonic()
        heard = hear(socket_path, recording, Path(folder), max_seconds=LONGEST_SECONDS, deadline_seconds=DECODE_SECONDS)
        took_seconds = time.monotonic() - began
    return Trial(
        engine["model"],
        engine["device"],
        engine["threads"],
        engine["loaded_seconds"],
        heard.transcript.duration_seconds,
        took_seconds,
    )
