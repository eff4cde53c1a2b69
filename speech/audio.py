"""Untrusted media in, 16 kHz mono samples out.

The decoding itself happens in `decode_program.py`, a child process that has given up everything but its two files;
this module starts it, watches it, and says in our own words what came of it.
"""

import json
import logging
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from errors import MediaNoAudio, MediaTooLong, MediaUndecodable

SAMPLE_RATE = 16_000
TICK_SECONDS = 0.5
KEPT_OUTPUT_BYTES = 16_384
READY = b"ready"
PROGRAM = Path(__file__).resolve().with_name("decode_program.py")
REFUSALS = {"undecodable": MediaUndecodable, "no_audio": MediaNoAudio, "too_long": MediaTooLong}

logger = logging.getLogger(__name__)


class DecoderBroken(RuntimeError):
    """The decoder itself does not work here: PyAV is not installed, say, or a path is wrong."""


@dataclass(frozen=True, slots=True)
class DecodedAudio:
    """What was decoded. `duration_seconds` counts samples; `declared_seconds` is what the file says of itself."""

    duration_seconds: float
    sample_count: int
    container: str
    codec: str
    channels: int
    sample_rate: int
    declared_seconds: float | None


def decode(
    media: Path, pcm: Path, *, max_seconds: float, deadline_seconds: float, on_tick: Callable[[], None]
) -> DecodedAudio:
    """Write the first audio stream of `media` to `pcm` as 16 kHz mono s16le, silence in front where it starts late.

    `on_tick` is called about every half second and may raise to cancel: the child is killed and the exception rises.
    A truncated file yields what decodes up to the cut; its `declared_seconds` is then the longer one.

    Raises MediaUndecodable (not media, a playlist, broken, hostile, or not done in `deadline_seconds`), MediaNoAudio,
    MediaTooLong beyond `max_seconds`, and DecoderBroken where the fault is ours.
    """
    child = _start(media, pcm, max_seconds=max_seconds, deadline_seconds=deadline_seconds)
    try:
        output, complaints, in_time = _watch(child, time.monotonic() + deadline_seconds, on_tick)
    finally:
        child.kill()
        exit_status = child.wait()
        for pipe in (child.stdout, child.stderr):
            if pipe is not None:
                pipe.close()
    if complaints or not in_time:
        logger.warning(
            "decoder %s: %s", f"exit {exit_status}" if in_time else "too slow", complaints.decode(errors="replace")
        )
    if not in_time:
        raise MediaUndecodable()
    return _outcome(output)


def _start(media: Path, pcm: Path, *, max_seconds: float, deadline_seconds: float) -> subprocess.Popen[bytes]:
    arguments = [os.getpid(), max_seconds, int(deadline_seconds) + 1, media.resolve(), pcm.resolve()]
    return subprocess.Popen(  # noqa: S603 (our own program, and no shell)
        [sys.executable, "-I", str(PROGRAM), *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={},
        cwd=pcm.resolve().parent,
        close_fds=True,
    )


def _watch(child: subprocess.Popen[bytes], deadline: float, on_tick: Callable[[], None]) -> tuple[bytes, bytes, bool]:
    """The first bytes of the child's two outputs, and whether it closed both before the deadline."""
    outputs = {child.stdout: b"", child.stderr: b""}
    next_tick = time.monotonic() + TICK_SECONDS
    with selectors.DefaultSelector() as selector:
        for pipe in outputs:
            selector.register(pipe, selectors.EVENT_READ)  # type: ignore[arg-type]
        while selector.get_map():
            now = time.monotonic()
            if now >= deadline:
                return b"", outputs[child.stderr], False
            if now >= next_tick:
                on_tick()
                next_tick = now + TICK_SECONDS
            for key, _ in selector.select(min(next_tick, deadline) - now if next_tick > now else 0):
                block = os.read(key.fd, 65_536)
                if not block:
                    selector.unregister(key.fileobj)
                outputs[key.fileobj] = (outputs[key.fileobj] + block)[:KEPT_OUTPUT_BYTES]  # type: ignore[index]
    return outputs[child.stdout], outputs[child.stderr], True


def _outcome(output: bytes) -> DecodedAudio:
    ready, _, result = output.partition(b"\n")
    if ready != READY:
        raise DecoderBroken("the decoder did not start; its log line says why")
    try:
        report = json.loads(result)
    except ValueError:
        raise MediaUndecodable() from None
    if "error" in report:
        raise REFUSALS[report["error"]]()
    return DecodedAudio(duration_seconds=report["sample_count"] / SAMPLE_RATE, **report)
