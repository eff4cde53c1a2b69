"""Untrusted media in, 16 kHz mono samples out, or only how many there would be.

The decoding itself happens in `decode_program.py`, a child process that has given up everything but its two files;
this module starts it, watches it, and says in our own words what came of it.
"""

import errno
import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from errors import MediaNoAudio, MediaTooLong, MediaUndecodable, Outcome
from speech.diarization import SpeakerTurn

SAMPLE_RATE = 16_000
TICK_SECONDS = 0.5
KEPT_OUTPUT_BYTES = 16_384
READY = b"ready"
NOWHERE = Path(os.devnull)
PROGRAM = Path(__file__).resolve().with_name("decode_program.py")

logger = logging.getLogger(__name__)


class DecoderKilled(MediaUndecodable):
    """Somebody else ended the decoder: a machine without memory, say. Trying again helps, unless the file is why."""

    transient = True


class DecoderBroken(RuntimeError):
    """The decoder itself does not work here: PyAV is not installed, say, or a path is wrong."""


@dataclass(frozen=True, slots=True)
class DecodedAudio:
    """What was decoded. `duration_seconds` counts samples; `declared_seconds` is what the file says of itself.

    Of a recording with one voice a channel `turns` says when each speaks, and `stereo` holds both channels.
    """

    duration_seconds: float
    sample_count: int
    container: str
    codec: str
    channels: int
    sample_rate: int
    declared_seconds: float | None
    turns: tuple[SpeakerTurn, ...] | None = None
    stereo: Path | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """How long a recording is. Where not `is_exact`, it was not decoded to its end, and `duration_seconds` is the
    `declared_seconds` of its header, an estimate in many containers; None where it declares nothing."""

    duration_seconds: float | None
    is_exact: bool
    container: str | None
    declared_seconds: float | None


def decode(
    media: Path, pcm: Path, *, max_seconds: float, deadline_seconds: float, on_tick: Callable[[], None]
) -> DecodedAudio:
    """Write the sound of `media` to `pcm` as 16 kHz mono s16le, with silence where a player would be silent.

    Where each of two channels has a voice of its own (`speech.channels`), both lie beside it, left and right in turn.
    `on_tick` is called about every half second and may raise to cancel: the child is killed and the exception rises.
    A truncated file yields what decodes up to the cut; its `declared_seconds` is then the longer one.

    Raises MediaUndecodable (not media, a playlist, broken, hostile, or not done in `deadline_seconds`), MediaNoAudio,
    MediaTooLong beyond `max_seconds`; DecoderKilled (transient); DecoderBroken where the fault is ours, and OSError
    where there is no room for `pcm`.
    """
    output, in_time = _run(
        media, pcm, max_seconds=max_seconds, deadline_seconds=deadline_seconds, channels=2, on_tick=on_tick
    )
    if not in_time:
        raise MediaUndecodable()
    decoded, channels = _decoded(_reports(output, max_seconds))
    return decoded if channels == 1 else _mixed_down(decoded, pcm, on_tick)


def measure(media: Path, *, max_seconds: float, deadline_seconds: float) -> Measured:
    """How long `media` is: counted as `decode` counts, or as declared where that takes more than `deadline_seconds`.

    No sample is kept, and any number of threads may call it. Raises what `decode` raises, but nothing for the
    deadline; a length that is only declared may be beyond `max_seconds`.
    """
    output, in_time = _run(media, NOWHERE, max_seconds=max_seconds, deadline_seconds=deadline_seconds)
    if not in_time and not output:
        return Measured(duration_seconds=None, is_exact=False, container=None, declared_seconds=None)
    reports = _reports(output, max_seconds)
    if in_time or len(reports) > 1:
        decoded, _ = _decoded(reports)
        return Measured(decoded.duration_seconds, True, decoded.container, decoded.declared_seconds)
    header = reports[0] if reports else {"container": None, "declared_seconds": None}
    declared = header["declared_seconds"]
    return Measured(declared if declared and declared > 0 else None, False, **header)


def header_length(prefix: Path, *, total_bytes: int | None, deadline_seconds: float) -> float | None:
    """The length in seconds that the header of a file vouches for, where `prefix` holds only the file's first bytes.

    `total_bytes` is how long the whole file is; where it is not known, a WAV's header vouches for nothing. None for
    a container that states no exact length, a header that is not all in `prefix`, and whatever cannot be read, or not
    in `deadline_seconds`. Any number of threads may call it. Raises DecoderBroken where the fault is ours.
    """
    output, in_time = _run(
        prefix, NOWHERE, max_seconds=0, deadline_seconds=deadline_seconds, total_bytes=total_bytes or 0
    )
    if not in_time:
        return None
    try:
        reports = _reports(output, max_seconds=0)
    except (MediaUndecodable, MediaNoAudio):
        return None
    return reports[0]["stated_seconds"] if reports else None


def _run(
    media: Path,
    pcm: Path,
    *,
    max_seconds: float,
    deadline_seconds: float,
    channels: int = 1,
    on_tick: Callable[[], None] = lambda: None,
    total_bytes: int | None = None,
) -> tuple[bytes, bool]:
    """What the decoder said, and whether it ended before the deadline. No child is left behind."""
    arguments = [os.getpid(), max_seconds, int(deadline_seconds) + 1, media.resolve(), pcm.resolve(), channels]
    child = _start(arguments if total_bytes is None else [*arguments, total_bytes])
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
    if in_time and exit_status == -signal.SIGKILL:
        raise DecoderKilled()
    return output, in_time


def _start(arguments: list[object]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 (our own program, and no shell)
        [sys.executable, "-I", str(PROGRAM), *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={},
        cwd="/",
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
                return outputs[child.stdout], outputs[child.stderr], False
            if now >= next_tick:
                on_tick()
                next_tick = now + TICK_SECONDS
            for key, _ in selector.select(min(next_tick, deadline) - now if next_tick > now else 0):
                block = os.read(key.fd, 65_536)
                if not block:
                    selector.unregister(key.fileobj)
                outputs[key.fileobj] = (outputs[key.fileobj] + block)[:KEPT_OUTPUT_BYTES]  # type: ignore[index]
    return outputs[child.stdout], outputs[child.stderr], True


def _reports(output: bytes, max_seconds: float) -> list[dict[str, Any]]:
    """The decoder's lines of JSON. Raises the refusal that the last one tells of, and DecoderBroken without any."""
    ready, *lines = output.split(b"\n")
    if ready != READY:
        raise DecoderBroken("the decoder did not start; its log line says why")
    reports = [json.loads(line) for line in lines[:-1]]
    if reports and reports[-1].get("error") == "full":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if reports and "error" in reports[-1]:
        raise _refusal(reports[-1]["error"], max_seconds)
    return reports


def _refusal(reason: str, max_seconds: float) -> Outcome:
    match reason:
        case "no_audio":
            return MediaNoAudio()
        case "too_long":
            return MediaTooLong.beyond(max_seconds)
        case _:
            return MediaUndecodable()


def _decoded(reports: list[dict[str, Any]]) -> tuple[DecodedAudio, int]:
    """What was decoded, and how many channels of it were written."""
    try:
        _header, report = reports
    except ValueError:
        # It fell over this file: FFmpeg crashed, or a limit ended it.
        raise MediaUndecodable() from None
    channels = report.pop("channels_kept")
    return DecodedAudio(duration_seconds=report["sample_count"] / SAMPLE_RATE, **report), channels


def _mixed_down(decoded: DecodedAudio, pcm: Path, on_tick: Callable[[], None]) -> DecodedAudio:
    # Not at the top: what forks, and the web process, load no numpy.
    from speech.channels import mix_down

    stereo = pcm.with_name(f"{pcm.name}.stereo")
    pcm.replace(stereo)
    turns = None
    try:
        turns = mix_down(stereo, pcm, on_tick=on_tick)
    finally:
        if turns is None:
            stereo.unlink()
    return decoded if turns is None else replace(decoded, turns=turns, stereo=stereo)
