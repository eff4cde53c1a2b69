"""The program that decodes one untrusted file, started by `speech.audio` as a confined child process.

    python -I decode_program.py PARENT_PID MAX_SECONDS CPU_SECONDS MEDIA PCM CHANNELS [TOTAL_BYTES]

Writes 16 kHz s16le samples to PCM: where CHANNELS is 2 and the recording is stereo left and right in turn, else mono.
Standard output gets the line READY once the program is set up, so that what goes wrong before is never blamed on the
file, and then two JSON lines: what the header says, for a parent that will not wait for the end, and what was decoded.
`{"error": "undecodable" | "no_audio" | "too_long" | "full"}` takes the place of either and is the last; `full` is the
disk that PCM is on. With TOTAL_BYTES, MEDIA is the beginning of a file of that length (0: nobody knows), nothing is
decoded, and the one JSON line is what length the header vouches for.

By the time the first byte of MEDIA is looked at the process has no network, no privileges to gain, bounded memory, CPU
time and output, and, where the kernel has Landlock, no way to open any file at all: MEDIA and PCM are opened before,
and handed to FFmpeg as an open file without a name.
"""

import ctypes
import errno
import io
import json
import os
import sys
import wave
from collections.abc import Iterator, Sequence
from itertools import islice, tee, zip_longest
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

READY = "ready"
SAMPLE_RATE = 16_000
BYTES_PER_SAMPLE = 2
# With PyAV loaded the process has 120 MiB of address space, and an hour of MP3 takes it to about 150: 1 GiB leaves
# room for the largest legitimate probe (several 4K video streams) and none for a file that claims gigabytes.
MEMORY_BYTES = 1 << 30
OPEN_FILES = 32
MAX_STREAMS = 64
# FFmpeg's demuxer names for the containers we accept. Playlists and scripts (hls, dash, concat, sdp, …) are not here,
# so a file that is one is refused whatever it is called.
DEMUXERS = (
    "wav", "mp3", "mov", "mp4", "m4a", "3gp", "ogg", "flac", "aac", "ac3",
    "matroska", "webm", "aiff", "au", "amr", "caf", "asf", "avi", "mpegts",
)  # fmt: skip
MP4 = "mov,mp4,m4a,3gp,3g2,mj2"
MAX_BOXES_BEFORE_INDEX = 64
SHORTEST_PAUSE_SECONDS = 0.1
LANDLOCK_CREATE_RULESET, LANDLOCK_RESTRICT_SELF = 444, 446
LANDLOCK_READ_WRITE_EXECUTE = (1 << 13) - 1  # every file system right of Landlock's first version


class Refused(Exception):
    """The file is not something we transcribe; the argument is the reason that goes to the parent."""


def main(arguments: list[str]) -> None:
    parent_pid, max_seconds, cpu_seconds, media, pcm, channels, *total_bytes = arguments
    av = confine_and_load(int(parent_pid), float(max_seconds), int(cpu_seconds))
    with open(media, "rb") as source, open(pcm, "wb") as samples:
        rehearse(av)
        forbid_files()
        sys.stdout.write(f"{READY}\n")
        sys.stdout.flush()
        try:
            if total_bytes:
                say({"stated_seconds": stated_seconds(av, source, int(total_bytes[0]))})
                return
            container, stream = open_audio(av, source)
            say({"container": container.format.name, "declared_seconds": declared_seconds(av, container, stream)})
            report = decode(av, container, stream, samples, max_seconds=float(max_seconds), most_channels=int(channels))
            samples.flush()
            say(report)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            say({"error": "full"})
            os._exit(1)  # Closing the file would write what is left in its buffer.
        except Refused as refusal:
            sys.stderr.write(f"{refusal}: {refusal.__cause__!r:.500}\n")
            say({"error": str(refusal)})


def say(report: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(report) + "\n")
    sys.stdout.flush()


def confine_and_load(parent_pid: int, max_seconds: float, cpu_seconds: int) -> Any:
    """PyAV, imported after this process has given up what it will not need."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from processes import confinement

    confinement.die_with_parent(parent_pid)
    confinement.forbid_new_privileges()
    confinement.leave_network()
    confinement.limit_resources(
        memory_bytes=MEMORY_BYTES,
        cpu_seconds=cpu_seconds,
        file_bytes=int((max_seconds + 2) * SAMPLE_RATE * BYTES_PER_SAMPLE * 2) + 65_536,
        open_files=OPEN_FILES,
    )
    import av

    # Standard error belongs to our own messages: a hostile file can make FFmpeg complain without end.
    av.logging.set_level(av.logging.PANIC)
    return av


def rehearse(av: Any) -> None:
    """Decode a moment of silence, so that what PyAV imports at its first use is there before files are forbidden."""
    source = io.BytesIO()
    with wave.open(source, "wb") as recording:
        recording.setnchannels(2)
        recording.setsampwidth(2)
        recording.setframerate(8_000)
        recording.writeframes(bytes(320))
    source.seek(0)
    decode(av, *open_audio(av, source), io.BytesIO(), max_seconds=1, most_channels=2)


def forbid_files() -> None:
    """Refuse this process every further file, where the kernel has Landlock (5.13). See landlock(7)."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    handled = ctypes.c_uint64(LANDLOCK_READ_WRITE_EXECUTE)
    ruleset = libc.syscall(LANDLOCK_CREATE_RULESET, ctypes.byref(handled), ctypes.c_size_t(8), 0)
    if ruleset >= 0:
        libc.syscall(LANDLOCK_RESTRICT_SELF, ruleset, 0)
        os.close(ruleset)


def open_audio(av: Any, source: BinaryIO, total_bytes: int = 0) -> tuple[Any, Any]:
    """The container and the audio stream that a player would play. Raises Refused."""
    container = open_container(av, source, total_bytes)
    if not container.streams.audio:
        raise Refused("no_audio")
    return container, chosen(container.streams.audio, av.stream.Disposition)


def chosen(streams: Sequence[Any], disposition: Any) -> Any:
    """Of several audio streams the default one, of several of those the first; a commentary or a description of the
    picture for the blind only where there is nothing else, and what FFmpeg has no decoder for last of all."""
    aside = disposition.comment | disposition.visual_impaired | disposition.hearing_impaired

    def rank(stream: Any) -> tuple[bool, bool, bool]:
        return (
            stream.codec_context is None,
            bool(stream.disposition & aside),
            not stream.disposition & disposition.default,
        )

    return min(streams, key=rank)


def decode(
    av: Any, container: Any, stream: Any, samples: BinaryIO, *, max_seconds: float, most_channels: int
) -> dict[str, Any]:
    """Write the stream's samples and return what it was. Raises Refused."""
    most_samples = int((max_seconds + 1) * SAMPLE_RATE)
    written = 0
    decoder = Decoder(av, container, stream, most_channels)
    for block in decoder:
        written += len(block)
        if written > most_samples * decoder.frame_bytes:
            raise Refused("too_long")
        samples.write(block)
    if not decoder.heard:
        raise Refused("undecodable" if decoder.broken else "no_audio")
    return {
        "sample_count": written // decoder.frame_bytes,
        "channels_kept": decoder.channels,
        "container": container.format.name,
        "codec": stream.codec_context.name,
        "channels": stream.codec_context.channels,
        "sample_rate": stream.codec_context.sample_rate,
        "declared_seconds": declared_seconds(av, container, stream),
    }


def open_container(av: Any, source: BinaryIO, total_bytes: int) -> Any:
    options = {
        "format_whitelist": ",".join(DEMUXERS),
        "protocol_whitelist": "file",
        "max_streams": str(MAX_STREAMS),
    }
    try:
        return av.open(
            Nameless(source, total_bytes),
            mode="r",
            container_options=options,
            metadata_errors="replace",
            io_open=refuse_to_open,
        )
    except av.error.FFmpegError as error:
        raise Refused("undecodable") from error


class Nameless:
    """An open file without its name, so that neither FFmpeg's guess nor a log line can depend on it.

    With `total_bytes` it passes for that long, for where a header is held against the file's length.
    """

    def __init__(self, file: BinaryIO, total_bytes: int = 0) -> None:
        self.read, self.seek, self.tell = file.read, file.seek, file.tell
        if total_bytes:
            self.seek = lambda offset, whence=os.SEEK_SET: (
                file.seek(total_bytes + offset) if whence == os.SEEK_END else file.seek(offset, whence)
            )


def refuse_to_open(url: str, *_: object) -> NoReturn:
    raise PermissionError("a media file may not open another file")


class Decoder:
    """The stream's samples as blocks of s16le bytes, with silence where by its time stamps there is no sound.

    That is where the sound starts after the container does, and where a recorder paused. A broken packet is skipped,
    and a file that breaks off ends there: what was heard until then counts. `heard` says whether any sample came out,
    `broken` whether anything was skipped; `channels` are two where the first frame has two and so many are wanted.
    """

    def __init__(self, av: Any, container: Any, stream: Any, most_channels: int) -> None:
        self.av, self.container, self.stream, self.most_channels = av, container, stream, most_channels
        self.heard = self.broken = False
        self.channels = 1
        self.resampler: Any = None
        self.source_format: tuple[object, ...] | None = None
        start = (container.start_time or 0) / av.time_base
        self.has_clock = container.start_time is not None
        self.latest = start + (container.duration or 0) / av.time_base
        # When the next frame is to sound: the end of the last one, at first the start of the container. Seconds. The
        # edit lists of an MP4 count from zero; the fragments of one, like the clocks of broadcasts, from anywhere.
        self.due = min(start, 0.0) if container.format.name == MP4 and stream.frames else start

    def __iter__(self) -> Iterator[bytes]:
        frames, following = tee(self.frames())
        for frame, after in zip_longest(frames, islice(following, 1, None)):
            if not self.heard:
                self.heard = True
                self.channels = 2 if self.most_channels > 1 and frame.layout.nb_channels == 2 else 1
            missing_seconds = self.missing_seconds(frame, after)
            if missing_seconds:
                yield from self.flushed()
                yield from silence(missing_seconds, self.frame_bytes)
            yield from self.resampled(frame)
        yield from self.flushed()

    @property
    def frame_bytes(self) -> int:
        """The bytes of one moment, all channels."""
        return BYTES_PER_SAMPLE * self.channels

    def frames(self) -> Iterator[Any]:
        packets = self.container.demux(self.stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except self.av.error.FFmpegError:
                self.broken = True
                return
            try:
                frames = packet.decode()
            except self.av.error.FFmpegError:
                self.broken = True
                continue
            yield from (frame for frame in frames if frame.samples)

    def missing_seconds(self, frame: Any, after: Any) -> float:
        """How long after the sound before it a frame sounds: a player shows that as silence."""
        starts, length = frame.time, frame.samples / frame.sample_rate
        # A stamp after which the time does not go on is a broken one.
        if starts is None or after is None or after.time is None or after.time < starts or not self.has_clock:
            self.due += length
            return 0.0
        missing: float = starts - self.due
        self.due = max(self.due, starts + length)
        # Below a tenth of a second it is an encoder's delay or rounding; beyond the file's end, a broken time stamp.
        return missing if missing > SHORTEST_PAUSE_SECONDS and starts < self.latest else 0.0

    def resampled(self, frame: Any) -> Iterator[bytes]:
        source_format = (frame.format.name, frame.layout.name, frame.sample_rate)
        if source_format != self.source_format:
            yield from self.flushed()
            self.source_format = source_format
            layout = "mono" if self.channels == 1 else "stereo"
            self.resampler = self.av.AudioResampler(format="s16", layout=layout, rate=SAMPLE_RATE)
        yield from map(self.sample_bytes, self.resampler.resample(frame))

    def flushed(self) -> Iterator[bytes]:
        """What the resampler still holds; the next frame gets a new one."""
        if self.resampler is not None:
            yield from (self.sample_bytes(frame) for frame in self.resampler.resample(None) if frame is not None)
            self.resampler = self.source_format = None

    def sample_bytes(self, frame: Any) -> bytes:
        # A plane is padded to the codec's alignment, hence the cut.
        return bytes(frame.planes[0])[: frame.samples * self.frame_bytes]


def silence(seconds: float, frame_bytes: int) -> Iterator[bytes]:
    remaining = round(seconds * SAMPLE_RATE) * frame_bytes
    while remaining > 0:
        block = bytes(min(remaining, 1 << 16))
        remaining -= len(block)
        yield block


def declared_seconds(av: Any, container: Any, stream: Any) -> float | None:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration else None


def stated_seconds(av: Any, source: BinaryIO, total_bytes: int) -> float | None:
    """The length that the header of a file of `total_bytes` vouches for; None where it is no more than an estimate.

    `source` needs to hold only the file's beginning. Raises Refused.
    """
    container, stream = open_audio(av, source, total_bytes)
    if stream.codec_context is None or not stream.duration or stream.duration < 0:
        return None
    match container.format.name:
        case "flac" | "aiff":
            is_stated = True
        case "wav":
            # A recorder may have left a filler for the size of its samples: FFmpeg counts no further than the file is
            # long. What is compressed it does not hold against that.
            is_stated = total_bytes > 0 and stream.codec_context.name.startswith("pcm_")
        case format_name if format_name == MP4:
            is_stated = has_whole_index(source)
        case _:
            is_stated = False
    return float(stream.duration * stream.time_base) if is_stated else None


def has_whole_index(source: BinaryIO) -> bool:
    """Whether all of an MP4's index is here, and is all there is (ISO/IEC 14496-12: `moov` without `mvex`).

    Of an index that is cut off, and of fragments, FFmpeg adds up what it sees.
    """
    here_bytes = source.seek(0, os.SEEK_END)
    position = 0
    for _ in range(MAX_BOXES_BEFORE_INDEX):
        source.seek(position)
        header = source.read(16)
        size, kind = int.from_bytes(header[:4], "big"), header[4:8]
        if size == 1:
            size = int.from_bytes(header[8:16], "big")
        if size < 8 or position + size > here_bytes:
            return False
        if kind == b"moov":
            source.seek(position)
            return b"mvex" not in source.read(size)
        position += size
    return False


if __name__ == "__main__":
    main(sys.argv[1:])
