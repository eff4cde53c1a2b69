"""Recordings of every kind that people have, and what should not be one: how each is made, and its outcome."""

import random
import struct
import wave
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.media.making import CLIP, encoded, packets, picture_stream, pictures
from tests.media.silence import silent_flac

DAY_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Good:
    """A file that holds the whole clip. `likeness` is what the codec leaves of it, as a correlation."""

    name: str
    container: str
    codec: str
    options: dict[str, Any] = field(default_factory=dict)
    likeness: float = 0.95

    def make(self, path: Path) -> Path:
        return encoded(path, self.container, self.codec, **self.options)


@dataclass(frozen=True)
class Bad:
    """A file that ends as `code`, or, where that is None, as what of the clip is left in it."""

    name: str
    code: str | None
    make: Callable[[Path], Path]


CD = {"rate": 44_100, "layout": "stereo"}
STUDIO = {"rate": 48_000, "layout": "stereo"}
CALL = {"rate": 8_000, "layout": "stereo", "bit_rate": None}
PHONE = {"rate": 8_000, "bit_rate": None}

GOOD = [
    Good("wav of 16 bits", "wav", "pcm_s16le", CD),
    Good("wav of 24 bits", "wav", "pcm_s24le", STUDIO),
    Good("wav of 32 bits floating", "wav", "pcm_f32le", STUDIO),
    Good("wav of 8 bits", "wav", "pcm_u8", PHONE, 0.9),
    Good("wav with µ-law", "wav", "pcm_mulaw", PHONE, 0.9),
    Good("wav with A-law, a call", "wav", "pcm_alaw", CALL, 0.9),
    Good("wav with µ-law, a call", "wav", "pcm_mulaw", CALL, 0.9),
    Good("wav with IMA ADPCM", "wav", "adpcm_ima_wav", {**CD, "bit_rate": None}, 0.9),
    Good("wav with Microsoft's ADPCM", "wav", "adpcm_ms", CALL, 0.9),
    Good("wav with G.726", "wav", "g726", {"rate": 8_000, "bit_rate": 32_000}, 0.85),
    Good("wav with MP3", "wav", "libmp3lame", CD),
    Good("wav beyond 4 GB by its header", "wav", "pcm_s16le", {**CD, "rf64": "always"}),
    Good("mp3", "mp3", "libmp3lame", CD),
    Good("mp3 of 16 kbit/s", "mp3", "libmp3lame", {"rate": 16_000, "bit_rate": 16_000}, 0.85),
    Good("mp2", "mp2", "mp2", STUDIO),
    Good("m4a", "ipod", "aac", CD),
    Good("m4a with ALAC", "ipod", "alac", {**CD, "bit_rate": None}),
    Good("mp4 with picture", "mp4", "aac", {**STUDIO, "picture": True}),
    Good(
        "mp4 in fragments", "mp4", "aac", {**STUDIO, "movflags": "frag_keyframe+empty_moov", "frag_duration": "500000"}
    ),
    Good("mov with picture", "mov", "pcm_s16be", {**STUDIO, "picture": True}),
    Good("3gp with AMR", "3gp", "libopencore_amrnb", {"rate": 8_000, "bit_rate": 12_200}, 0.8),
    Good("3gp with AAC", "3gp", "aac", {"rate": 16_000}),
    Good("ogg with Vorbis", "ogg", "vorbis", {**STUDIO, "experimental": True}, 0.9),
    Good("ogg with Opus", "ogg", "libopus", STUDIO),
    Good("ogg with Opus for telephony", "ogg", "libopus", {"rate": 16_000, "bit_rate": 12_000}, 0.75),
    Good("ogg with FLAC", "ogg", "flac", {**CD, "bit_rate": None}),
    Good("flac", "flac", "flac", {**CD, "bit_rate": None}),
    Good("aac", "adts", "aac", CD),
    Good("ac3 of 5.1", "ac3", "ac3", {"rate": 48_000, "layout": "5.1", "bit_rate": 384_000}),
    Good("matroska with FLAC and picture", "matroska", "flac", {**CD, "bit_rate": None, "picture": True}),
    Good("matroska with AC-3", "matroska", "ac3", {**STUDIO, "bit_rate": 192_000, "picture": True}),
    Good("webm with Opus", "webm", "libopus", STUDIO),
    Good("aiff", "aiff", "pcm_s16be", CD),
    Good("au with µ-law", "au", "pcm_mulaw", PHONE, 0.9),
    Good("amr", "amr", "libopencore_amrnb", {"rate": 8_000, "bit_rate": 12_200}, 0.8),
    Good("caf", "caf", "pcm_s16le", CD),
    Good("caf with ALAC", "caf", "alac", {**CD, "bit_rate": None}),
    Good("wma", "asf", "wmav2", {**CD, "bit_rate": 128_000}, 0.9),
    Good("avi with MP3 and picture", "avi", "libmp3lame", {**CD, "picture": True}),
    Good("mpeg-ts with AAC and picture", "mpegts", "aac", {**STUDIO, "picture": True}),
    Good("mpeg-ts with MP2", "mpegts", "mp2", STUDIO),
]


# What is broken


def of(content: bytes) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return make


def silent_film(path: Path) -> Path:
    return encoded(path, "mp4", None, picture=True)


def empty_track(path: Path) -> Path:
    av = pytest.importorskip("av")
    with av.open(str(path), "w", format="matroska") as output:
        video = picture_stream(output)
        output.add_stream("flac", rate=16_000, layout="mono")
        output.mux(packets(video, pictures(av)))
    return path


def part_of(name: str, share: float) -> Callable[[Path], Path]:
    """The first `share` of a good file's bytes."""

    def make(path: Path) -> Path:
        content = good(name).make(path).read_bytes()
        path.write_bytes(content[: int(len(content) * share)])
        return path

    return make


def without_beginning(name: str, count: int) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        path.write_bytes(good(name).make(path).read_bytes()[count:])
        return path

    return make


def behind(name: str, before: bytes) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        path.write_bytes(before + good(name).make(path).read_bytes())
        return path

    return make


def flipped(name: str, seed: int, ratio: float = 0.004) -> Callable[[Path], Path]:
    """A good file in which a share `ratio` of the bits is turned over, for one seed always the same, as by zzuf."""

    def make(path: Path) -> Path:
        content = bytearray(good(name).make(path).read_bytes())
        chance = random.Random(seed)
        for _ in range(int(len(content) * 8 * ratio)):
            bit = chance.randrange(len(content) * 8)
            content[bit // 8] ^= 1 << bit % 8
        path.write_bytes(content)
        return path

    return make


def wav_that_claims(data_bytes: int, **fields: int) -> Callable[[Path], Path]:
    """A WAV whose header says another size, rate or number of channels than its samples have."""

    def make(path: Path) -> Path:
        content = bytearray(encoded(path, "wav", "pcm_s16le", bit_rate=None).read_bytes())
        size_at = content.index(b"data") + 4
        content[size_at : size_at + 4] = struct.pack("<I", data_bytes)
        format_at = content.index(b"fmt ") + 8
        for place, name, kind in ((2, "channels", "<H"), (4, "rate", "<I"), (12, "block", "<H")):
            if name in fields:
                struct.pack_into(kind, content, format_at + place, fields[name])
        path.write_bytes(content)
        return path

    return make


def ogg_that_claims_a_year(path: Path) -> Path:
    """Its last page's position, from which the length is computed, lies far beyond its samples."""
    content = bytearray(good("ogg with Opus").make(path).read_bytes())
    last = content.rindex(b"OggS")
    struct.pack_into("<q", content, last + 6, 365 * DAY_SECONDS * 48_000)
    struct.pack_into("<I", content, last + 22, 0)
    page = bytes(content[last:])
    struct.pack_into("<I", content, last + 22, ogg_crc(page))
    path.write_bytes(content)
    return path


def ogg_crc(page: bytes) -> int:
    """RFC 3533, 6: a CRC-32 with the generator 0x04c11db7, neither reflected nor inverted."""
    remainder = 0
    for byte in page:
        remainder ^= byte << 24
        for _ in range(8):
            remainder = ((remainder << 1) ^ (0x04C11DB7 if remainder & 0x80000000 else 0)) & 0xFFFFFFFF
    return remainder


def zipped(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("recording.flac", CLIP.read_bytes())
    return path


def header_alone(path: Path) -> Path:
    with wave.open(str(path), "wb") as recording:
        recording.setparams((1, 2, 44_100, 0, "NONE", ""))
    return path


HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10,\n{url}\n#EXT-X-ENDLIST\n"
HLS_KEY = '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{url}"\n#EXTINF:10,\n{url}\n#EXT-X-ENDLIST\n'
CONCAT = "ffconcat version 1.0\nfile '{path}'\n"
SDP = "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n"
DASH = """<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT1S"
     profiles="urn:mpeg:dash:profile:isoff-on-demand:2011" minBufferTime="PT1S">
<Period><AdaptationSet mimeType="audio/mp4"><Representation id="1" bandwidth="1"><BaseURL>{url}</BaseURL>
</Representation></AdaptationSet></Period></MPD>
"""
PLS = "[playlist]\nFile1={path}\nNumberOfEntries=1\nVersion=2\n"
XSPF = """<?xml version="1.0"?>
<playlist version="1"><trackList><track><location>{url}</location></track></trackList></playlist>
"""
SCRIPTS = {
    "HLS": HLS,
    "HLS with a key": HLS_KEY,
    "concat": CONCAT,
    "SDP": SDP,
    "DASH": DASH,
    "PLS": PLS,
    "XSPF": XSPF,
    "subtitles": "1\n00:00:00,000 --> 00:00:01,000\n{path}\n",
    "metadata": ";FFMETADATA1\ntitle={path}\n",
    "an image sequence": "{path}%03d.jpg",
}


def script(text: str) -> Callable[[Path], Path]:
    """A playlist or the like that names a recording on this machine, which is really there."""

    def make(path: Path) -> Path:
        path.write_text(text.format(url=CLIP.as_uri(), path=CLIP))
        return path

    return make


MP3, MP4, OPUS = "mp3", "mp4 with picture", "ogg with Opus"
FUZZED = (
    "mp3",
    "mp4 with picture",
    "ogg with Opus",
    "flac",
    "webm with Opus",
    "wma",
    "mpeg-ts with AAC and picture",
    "amr",
)

BAD = [
    Bad("nothing", "media_undecodable", of(b"")),
    Bad("a byte", "media_undecodable", of(b"\xff")),
    Bad("text", "media_undecodable", of(b"just some text\n" * 40)),
    Bad("zeros", "media_undecodable", of(bytes(50_000))),
    Bad("noise", "media_undecodable", of(random.Random(7).randbytes(60_000))),
    Bad("a web page", "media_undecodable", of(b"<!doctype html><title>Sign in</title>" + b"<p>x</p>" * 900)),
    Bad("a PDF", "media_undecodable", of(b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n")),
    Bad("a picture", "media_undecodable", of(b"\x89PNG\r\n\x1a\n" + bytes(500))),
    Bad("a program", "media_undecodable", of(b"\x7fELF\x02\x01\x01" + bytes(500))),
    Bad("a zip", "media_undecodable", zipped),
    Bad("a header and no samples", "media_no_audio", header_alone),
    Bad("a wav's first bytes", "media_undecodable", of(b"RIFF\xff\xff\xff\xffWAVE")),
    Bad("a film without sound", "media_no_audio", silent_film),
    Bad("a track without samples", "media_no_audio", empty_track),
    Bad("a flac cut in half", None, part_of("flac", 0.5)),
    Bad("an mp3 cut in half", None, part_of(MP3, 0.5)),
    Bad("an ogg cut in half", None, part_of(OPUS, 0.5)),
    Bad("a matroska cut in half", None, part_of("webm with Opus", 0.5)),
    Bad("a wav cut in half", None, part_of("wav of 16 bits", 0.5)),
    Bad("an mp4 without its index", "media_undecodable", part_of(MP4, 0.5)),
    Bad("an mp4's tail", "media_undecodable", without_beginning(MP4, 5_000)),
    Bad("an mp3's tail", None, without_beginning(MP3, 5_000)),
    Bad("an mp3 behind a large picture", None, behind(MP3, b"ID3\x03\x00\x00\x00\x01\x00\x00" + bytes(16_384))),
    Bad("a day of silence", "media_too_long", of(silent_flac(DAY_SECONDS))),
    Bad("a wav of no size by its header", None, wav_that_claims(0)),
    Bad("a wav of 4 GB by its header", None, wav_that_claims(0xFFFF_FFFE)),
    Bad("a wav of 65535 channels", "media_undecodable", wav_that_claims(0, channels=65_535, block=0xFFFF)),
    Bad("an ogg of a year by its last page", None, ogg_that_claims_a_year),
    *(Bad(f"a script: {name}", "media_undecodable", script(text)) for name, text in SCRIPTS.items()),
]
ANY = "any"
FLIPPED = [Bad(f"{name}, bits flipped by {seed}", ANY, flipped(name, seed)) for name in FUZZED for seed in (1, 2)]


def good(name: str) -> Good:
    return next(each for each in GOOD if each.name == name)
