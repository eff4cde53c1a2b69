"""measure and header_length: how long a recording is, without transcribing it or even having all of it."""

import struct
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from errors import MediaNoAudio, MediaTooLong, MediaUndecodable
from speech import audio
from tests.descendants import children
from tests.media.silence import silent_flac

Record = Callable[..., Path]

# A busy machine may take seconds to start an interpreter; the tests of the deadline itself set a shorter one.
DEADLINE_SECONDS = 30.0
JFK = Path(__file__).parents[2] / "assets" / "jfk.flac"
PREFIX_BYTES = 20_000
WAV = ("wav", "pcm_s16le")
HEADER = '{"container": "wav", "declared_seconds": 1.5}'
DAY_SECONDS = 24 * 3600


def measure(media: Path, *, max_seconds: float = 60, deadline_seconds: float = DEADLINE_SECONDS) -> audio.Measured:
    return audio.measure(media, max_seconds=max_seconds, deadline_seconds=deadline_seconds)


def decoded_seconds(media: Path) -> float:
    pcm = media.with_name("samples.pcm")
    decoded = audio.decode(media, pcm, max_seconds=60, deadline_seconds=DEADLINE_SECONDS, on_tick=lambda: None)
    return decoded.duration_seconds


def stated_length(media: Path, keep_bytes: int = PREFIX_BYTES, *, total_bytes: int | None = None) -> float | None:
    """What the first `keep_bytes` of `media` tell, where the whole is said to be as long as it is."""
    content = media.read_bytes()
    prefix = media.with_name("prefix")
    prefix.write_bytes(content[:keep_bytes])
    return audio.header_length(
        prefix, total_bytes=len(content) if total_bytes is None else total_bytes, deadline_seconds=DEADLINE_SECONDS
    )


# measure


@pytest.mark.parametrize(
    ("container", "codec"),
    [
        WAV,
        ("mp3", "libmp3lame"),
        ("mp4", "aac"),
        ("ogg", "libopus"),
        ("flac", "flac"),
        ("webm", "libopus"),
        ("adts", "aac"),
    ],
)
def test_a_recording_is_measured_as_it_is_decoded(record: Record, container: str, codec: str) -> None:
    media = record(container, codec, seconds=1.7, rate=48_000)

    measured = measure(media)

    assert measured.is_exact
    assert measured.duration_seconds == decoded_seconds(media)


def test_a_real_recording_is_measured() -> None:
    assert measure(JFK) == audio.Measured(11.0, True, "flac", 11.0)


def test_silence_in_front_is_counted(record: Record) -> None:
    media = record("matroska", "flac", picture=True, start=2.0)

    assert measure(media).duration_seconds == decoded_seconds(media) == pytest.approx(3.0, abs=0.1)


def test_a_truncated_file_is_as_long_as_what_is_there(record: Record) -> None:
    media = record("flac", "flac", seconds=4.0)
    media.write_bytes(media.read_bytes()[: media.stat().st_size // 2])

    measured = measure(media)

    assert measured.duration_seconds == decoded_seconds(media)
    assert measured.declared_seconds == pytest.approx(4.0)


def test_measuring_leaves_no_file(record: Record, tmp_path: Path) -> None:
    media = record(*WAV)

    measure(media)

    assert list(tmp_path.iterdir()) == [media]


def test_what_cannot_be_decoded_cannot_be_measured(record: Record, tmp_path: Path) -> None:
    playlist = tmp_path / "media.mp3"
    playlist.write_text(f"#EXTM3U\n#EXTINF:1,\n{record('mp3', 'libmp3lame').as_uri()}\n#EXT-X-ENDLIST\n")

    with pytest.raises(MediaUndecodable):
        measure(playlist)
    with pytest.raises(MediaNoAudio):
        measure(record("mp4", None, picture=True))
    with pytest.raises(MediaTooLong):
        measure(record("flac", "flac", seconds=10, silent=True), max_seconds=5)
    with pytest.raises(audio.DecoderBroken):
        measure(tmp_path / "never fetched")


def test_a_decoder_that_falls_over_ends_as_undecodable(
    record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "fragile.py"
    program.write_text(f"print('ready\\n{HEADER}', flush=True)\nraise MemoryError\n")
    monkeypatch.setattr(audio, "PROGRAM", program)

    with pytest.raises(MediaUndecodable):
        measure(record(*WAV))


def test_what_the_header_declares_is_told_when_the_time_is_up(
    record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "slow.py"
    program.write_text(f"import time\nprint('ready\\n{HEADER}', flush=True)\ntime.sleep(60)\n")
    monkeypatch.setattr(audio, "PROGRAM", program)
    before, began = children(), time.monotonic()

    measured = measure(record(*WAV), deadline_seconds=2)

    assert measured == audio.Measured(1.5, False, "wav", 1.5)
    assert time.monotonic() - began < 10
    assert children() <= before


def test_nothing_is_told_where_time_is_up_before_the_header_was_read(record: Record) -> None:
    assert measure(record(*WAV), deadline_seconds=0.01) == audio.Measured(None, False, None, None)


@pytest.fixture(scope="module")
def day_of_silence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    media = tmp_path_factory.mktemp("day") / "silence.flac"
    media.write_bytes(silent_flac(DAY_SECONDS))
    assert media.stat().st_size < 400_000
    return media


def test_a_day_of_silence_takes_no_longer_than_the_deadline(day_of_silence: Path) -> None:
    before, began = children(), time.monotonic()

    measured = measure(day_of_silence, max_seconds=DAY_SECONDS + 1, deadline_seconds=3)

    assert time.monotonic() - began < 8
    # A machine that decodes a day in that time may.
    assert measured.duration_seconds == DAY_SECONDS
    assert children() <= before


def test_a_day_of_silence_is_too_long_as_soon_as_it_is_counted(day_of_silence: Path) -> None:
    with pytest.raises(MediaTooLong):
        measure(day_of_silence, max_seconds=4 * 3600)


# header_length


def test_a_flac_states_its_length_in_its_beginning() -> None:
    assert stated_length(JFK) == 11.0
    assert stated_length(JFK, total_bytes=0) == 11.0


def test_a_flac_that_was_streamed_states_none(record: Record) -> None:
    media = record("flac", "flac", seconds=4.0)
    content = bytearray(media.read_bytes())
    content[21] &= 0xF0
    content[22:26] = bytes(4)
    media.write_bytes(content)

    assert stated_length(media) is None


def test_an_aiff_states_its_length_in_its_beginning(record: Record) -> None:
    assert stated_length(record("aiff", "pcm_s16be", seconds=4.0)) == 4.0


@pytest.mark.parametrize("data_bytes", [None, 0, 0xFFFF_FFFF, 64_000])
def test_a_wav_is_as_long_as_its_samples_wherever_its_header_is_wrong(record: Record, data_bytes: int | None) -> None:
    media = record(*WAV, seconds=4.0)
    content = media.read_bytes()
    if data_bytes is not None:
        size_at = content.index(b"data") + 4
        media.write_bytes(content[:size_at] + struct.pack("<I", data_bytes) + content[size_at + 4 :])

    assert stated_length(media) == decoded_seconds(media) == (2.0 if data_bytes == 64_000 else 4.0)


def test_a_wav_of_unknown_size_states_no_length(record: Record) -> None:
    assert stated_length(record(*WAV, seconds=4.0), total_bytes=0) is None


def test_a_compressed_wav_states_no_length(record: Record) -> None:
    assert stated_length(record("wav", "adpcm_ms", seconds=4.0)) is None


def test_an_mp4_states_its_length_where_its_index_comes_first(record: Record) -> None:
    media = record("mp4", "aac", seconds=4.0)

    assert stated_length(remuxed(media, movflags="faststart")) == pytest.approx(4.0, abs=0.1)
    assert stated_length(media) is None


def test_an_mp4_index_that_is_cut_off_states_nothing(record: Record) -> None:
    media = remuxed(record("mp4", "aac", seconds=4.0), movflags="faststart")
    content = media.read_bytes()
    index_at = content.index(b"moov") - 4
    index_end = index_at + int.from_bytes(content[index_at : index_at + 4], "big")

    assert stated_length(media, index_end) is not None
    for keep_bytes in (index_end // 2, index_end - 100, index_end - 1):
        assert stated_length(media, keep_bytes) is None


@pytest.mark.parametrize("movflags", ["frag_keyframe", "frag_keyframe+empty_moov", "dash+frag_keyframe"])
def test_a_fragmented_mp4_states_no_length(record: Record, movflags: str) -> None:
    media = remuxed(record("mp4", "aac", seconds=4.0), movflags=movflags, frag_duration="500000")

    assert stated_length(media) is None


@pytest.mark.parametrize(
    ("container", "codec"),
    [("mp3", "libmp3lame"), ("ogg", "libopus"), ("webm", "libopus"), ("adts", "aac"), ("caf", "pcm_s16le")],
)
def test_where_headers_only_estimate_none_is_taken(record: Record, container: str, codec: str) -> None:
    assert stated_length(record(container, codec, seconds=4.0, rate=48_000)) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"just some text\n",
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n",
        b"fLaC\x80\x00\x00\x22",
        b"\x00\x00\x00\x01ftyp" + b"\xff" * 100,
        b"\x00\x00\x00\x18ftypisom" + bytes(12) + b"\x00\x00\x00\x01moov" + b"\x7f" * 100,
    ],
    ids=["empty", "text", "playlist", "cut flac", "huge box", "huge index"],
)
def test_what_cannot_be_read_states_nothing(tmp_path: Path, content: bytes) -> None:
    media = tmp_path / "media"
    media.write_bytes(content)

    assert stated_length(media) is None


def test_a_silent_film_states_no_length(record: Record) -> None:
    assert stated_length(remuxed(record("mp4", None, picture=True), movflags="faststart")) is None


def test_a_header_not_read_in_time_states_nothing() -> None:
    assert audio.header_length(JFK, total_bytes=None, deadline_seconds=0.01) is None


def remuxed(media: Path, **options: str) -> Path:
    """The same packets in an MP4 written with these options of FFmpeg's."""
    av = pytest.importorskip("av")
    path = media.with_name("remuxed.mp4")
    with av.open(str(media)) as source, av.open(str(path), "w", format="mp4", options=options) as target:
        streams = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                target.mux(packet)
    return path
