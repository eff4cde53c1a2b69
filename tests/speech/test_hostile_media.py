"""Files that try to make the decoder read, connect or grow."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from errors import MediaUndecodable
from speech import audio, decode_program

HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10,\n{url}\n#EXT-X-ENDLIST\n"
CONCAT = "ffconcat version 1.0\nfile '{path}'\n"
SDP = "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n"
DASH = """<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT1S"
     profiles="urn:mpeg:dash:profile:isoff-on-demand:2011" minBufferTime="PT1S">
<Period><AdaptationSet mimeType="audio/mp4"><Representation id="1" bandwidth="1"><BaseURL>{url}</BaseURL>
</Representation></AdaptationSet></Period></MPD>
"""


@pytest.mark.parametrize("name", ["media", "media.mp3", "media.m3u8", "media.ffconcat", "media.mpd", "media.ts"])
@pytest.mark.parametrize("playlist", [HLS, CONCAT, SDP, DASH], ids=["hls", "concat", "sdp", "dash"])
def test_a_playlist_is_refused_and_its_neighbour_not_decoded(
    record: Callable[..., Path], tmp_path: Path, playlist: str, name: str
) -> None:
    neighbour = record("mp3", "libmp3lame", name="neighbour.mp3")
    media, pcm = tmp_path / name, tmp_path / "samples.pcm"
    media.write_text(playlist.format(url=neighbour.as_uri(), path=neighbour))

    with pytest.raises(MediaUndecodable):
        audio.decode(media, pcm, max_seconds=60, deadline_seconds=30, on_tick=lambda: None)

    assert pcm.stat().st_size == 0


def test_no_playlist_is_among_the_accepted_demuxers() -> None:
    assert not {"hls", "applehttp", "dash", "concat", "sdp", "rtsp", "image2", "lavfi"} & set(decode_program.DEMUXERS)


def test_after_files_are_forbidden_none_can_be_opened() -> None:
    attempt = "from speech.decode_program import forbid_files; forbid_files(); open('/etc/hostname')"

    outcome = subprocess.run([sys.executable, "-c", attempt], capture_output=True, text=True, check=False)

    if outcome.returncode == 0:
        pytest.skip("this kernel has no Landlock")
    assert "PermissionError" in outcome.stderr


def test_a_decoder_that_falls_over_ends_as_undecodable(
    record: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "fragile.py"
    program.write_text("print('ready', flush=True)\nraise MemoryError\n")
    monkeypatch.setattr(audio, "PROGRAM", program)

    with pytest.raises(MediaUndecodable):
        audio.decode(
            record("wav", "pcm_s16le"), tmp_path / "pcm", max_seconds=60, deadline_seconds=30, on_tick=lambda: None
        )


def test_what_the_decoder_says_is_bounded(
    record: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    program = tmp_path / "talkative.py"
    program.write_text("import sys\nprint('ready', flush=True)\nsys.stderr.write('x' * 5_000_000)\n")
    monkeypatch.setattr(audio, "PROGRAM", program)

    with pytest.raises(MediaUndecodable):
        audio.decode(
            record("wav", "pcm_s16le"), tmp_path / "pcm", max_seconds=60, deadline_seconds=30, on_tick=lambda: None
        )

    assert len(caplog.text) < 20_000
