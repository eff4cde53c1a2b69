"""The engine process with the real model on a real clip."""

import contextlib
import os
import shutil
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from errors import TranscriptionFailed
from speech import audio
from speech.diarization import SpeakerTurn
from speech.engines import client, weights

pytestmark = [
    pytest.mark.whole,
    pytest.mark.engine,
    pytest.mark.skipif(not weights.is_packaged(), reason="the weight packages are not installed"),
]
ROOT = Path(__file__).resolve().parents[2]
CLIP = ROOT / "assets" / "jfk.flac"
# Where the clip is not silent.
SPOKEN = [(0.3, 2.2), (3.3, 4.4), (5.4, 7.6), (8.1, 10.5)]
LAST_WORDS = "ask what you can do for your country."


def stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[subprocess.Popen[bytes]]":
    folder = tmp_path_factory.mktemp("h")
    options = ["--socket", str(folder / "socket"), "--cache", str(folder / "models")]
    command = [sys.executable, "-m", "speech.engines.host", *options]
    running = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    yield running
    stop(running)
    # The joined model is too large to lie about.
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def host(process: "subprocess.Popen[bytes]") -> Path:
    assert isinstance(process.args, list)
    path = Path(process.args[4])
    client.ping(path, timeout_seconds=120)
    return path


def seconds(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pcm = tmp_path_factory.mktemp("clip") / "clip.pcm"
    audio.decode(CLIP, pcm, max_seconds=60, deadline_seconds=60, on_tick=lambda: None)
    return pcm


def transcribe(host: Path, pcm: Path, **options: Any) -> client.EngineResult:
    defaults: dict[str, Any] = {
        "language": None,
        "vocabulary": (),
        "on_tick": lambda: None,
        "on_segments": lambda segments: None,
        "on_progress": lambda done, total: None,
    }
    return client.transcribe(host, pcm, **{**defaults, **options})


def test_the_clip_is_transcribed(host: Path, clip: Path) -> None:
    transcript = transcribe(host, clip).transcript

    assert transcript.text.endswith(LAST_WORDS)
    assert transcript.language == "en"
    assert transcript.coverage > 0.9


def test_words_have_times_and_confidence(host: Path, clip: Path) -> None:
    segment = transcribe(host, clip).transcript.segments[-1]

    assert segment.words
    assert segment.words[-1].text == "country."
    assert segment.words[-1].end == pytest.approx(10.5, abs=0.5)
    assert 0.5 < (segment.confidence or 0) <= 1


def test_progress_ends_at_the_length_of_the_recording(host: Path, clip: Path) -> None:
    told: list[tuple[float, float]] = []

    transcribe(host, clip, on_progress=lambda done, total: told.append((done, total)))

    assert told[-1] == (11.0, 11.0)


def test_a_span_is_heard_with_its_times_in_the_whole(host: Path, clip: Path, tmp_path: Path) -> None:
    pcm = tmp_path / "twice.pcm"
    pcm.write_bytes(clip.read_bytes() * 2)
    told: list[float] = []

    heard = transcribe(
        host, pcm, span=(11 * 16_000, 22 * 16_000), on_segments=lambda found: told.extend(each.start for each in found)
    ).transcript

    assert heard.text.endswith(LAST_WORDS)
    assert "fellow Americans" in heard.text
    assert [segment.start for segment in heard.segments] == told
    assert 11.0 <= told[0] < 12.0
    assert heard.segments[-1].words is not None
    assert heard.segments[-1].words[-1].end == pytest.approx(21.5, abs=0.5)
    assert (heard.duration_seconds, heard.speech_seconds < 11.0) == (22.0, True)


def test_a_recording_is_cut_in_its_pauses_and_its_language_found(host: Path, clip: Path, tmp_path: Path) -> None:
    pcm = tmp_path / "often.pcm"
    pcm.write_bytes(clip.read_bytes() * 4)

    plan = client.plan(host, pcm, chunk_seconds=11.0, detect=True, on_tick=lambda: None)

    assert plan.language == "en"
    assert (len(plan.spans), plan.spans[0][0], plan.spans[-1][1]) == (4, 0, 44 * 16_000)
    for _, cut in plan.spans[:-1]:
        assert not any(start < cut / 16_000 % 11 < end for start, end in SPOKEN)


def test_silence_has_no_language(host: Path, tmp_path: Path) -> None:
    pcm = tmp_path / "silence.pcm"
    pcm.write_bytes(bytes(16_000 * 2 * 9))

    plan = client.plan(host, pcm, chunk_seconds=3.0, detect=True, on_tick=lambda: None)

    assert (len(plan.spans), plan.language) == (3, None)


def test_silence_and_noise_give_no_words(host: Path, tmp_path: Path) -> None:
    pcm = tmp_path / "noise.pcm"
    pcm.write_bytes(bytes(16_000 * 4) + bytes(value % 7 for value in range(16_000 * 4)))

    transcript = transcribe(host, pcm).transcript

    assert (transcript.segments, transcript.language, transcript.speech_seconds) == ((), None, 0)


def test_speech_is_found_without_a_transcription(host: Path, clip: Path, tmp_path: Path) -> None:
    spans = client.speech_spans(host, clip, on_tick=lambda: None)
    (tmp_path / "silence").write_bytes(bytes(2 * 16_000 * 3))

    assert 1 < len(spans) < 12
    assert all(0 <= start < end <= 11.0 for start, end in spans)
    assert sum(end - start for start, end in spans) > 6
    assert client.speech_spans(host, tmp_path / "silence", on_tick=lambda: None) == []


def speaker_turns(host: Path, pcm: Path, expected: int | None = None, cuts: Sequence[int] = ()) -> list[SpeakerTurn]:
    """The turns of the recording, heard in one piece or in spans that begin at the `cuts`."""
    voices = []
    for first, after in pairwise([0, *cuts, pcm.stat().st_size // 2]):
        voices.append((first, pcm.with_name(f"{pcm.name}.{first}")))
        client.take_voices(
            host,
            pcm,
            span=(first, after) if cuts else None,
            target=voices[-1][1],
            on_tick=lambda: None,
            on_progress=lambda done, total: None,
        )
    return client.speaker_turns(host, voices, speakers_expected=expected, on_tick=lambda: None)


def in_another_voice(clip: Path) -> bytes:
    """The clip played a quarter faster, which raises the voice as much."""
    samples = np.fromfile(clip, dtype="<i2")
    faster = np.interp(np.arange(0, len(samples), 1.25), np.arange(len(samples)), samples)
    return bytes(faster.astype("<i2"))


def error_rate(turns: list[SpeakerTurn], said: list[tuple[float, float, str]]) -> float:
    """The share of what was said that is missed, made up or the wrong speaker's; labels must be those of `said`."""
    grid = np.arange(0, 60, 0.01)
    found = {(n, turn.speaker) for turn in turns for n in np.flatnonzero((grid >= turn.start) & (grid < turn.end))}
    truth = {(n, who) for start, end, who in said for n in np.flatnonzero((grid >= start) & (grid < end))}
    return len(found ^ truth) / 2 / len(truth)


def test_one_voice_is_one_speaker_even_where_more_are_expected(host: Path, clip: Path) -> None:
    for expected in (None, 4):
        turns = speaker_turns(host, clip, expected)

        assert {turn.speaker for turn in turns} == {"S1"}
        assert error_rate(turns, [(start, end, "S1") for start, end in SPOKEN]) < 0.05


def test_two_voices_in_turn_are_told_apart(host: Path, clip: Path, tmp_path: Path) -> None:
    pcm = tmp_path / "two.pcm"
    pcm.write_bytes(clip.read_bytes() + in_another_voice(clip) + clip.read_bytes())

    turns = speaker_turns(host, pcm)

    first, last = ([(at + start, at + end, "S1") for start, end in SPOKEN] for at in (0.0, 19.8))
    second = [(11.0 + start / 1.25, 11.0 + end / 1.25, "S2") for start, end in SPOKEN]
    assert error_rate(turns, [*first, *second, *last]) < 0.06


@pytest.mark.parametrize("at", [24.65, 30.7], ids=["in the longest pause", "where another begins"])
def test_spans_heard_apart_have_the_speakers_of_the_whole(host: Path, clip: Path, tmp_path: Path, at: float) -> None:
    pcm = tmp_path / "long.pcm"
    pcm.write_bytes((clip.read_bytes() + in_another_voice(clip)) * 3)

    whole, apart = speaker_turns(host, pcm), speaker_turns(host, pcm, cuts=[int(at * 16_000) // 270 * 270])

    assert {turn.speaker for turn in whole} == {turn.speaker for turn in apart} == {"S1", "S2"}
    assert error_rate(apart, [(turn.start, turn.end, turn.speaker) for turn in whole]) < 0.01


@pytest.mark.parametrize("span", [(270, 270 * 10_000), (540, 270), (-270, 270)])
def test_a_span_that_the_recording_has_not_is_refused(
    host: Path, clip: Path, tmp_path: Path, span: tuple[int, int]
) -> None:
    with pytest.raises(TranscriptionFailed):
        client.take_voices(
            host,
            clip,
            span=span,
            target=tmp_path / "voices",
            on_tick=lambda: None,
            on_progress=lambda done, total: None,
        )

    assert not (tmp_path / "voices").exists()


def test_two_voices_at_once_are_both_heard(host: Path, clip: Path, tmp_path: Path) -> None:
    one, other = (np.frombuffer(voice, "<i2").astype(int) for voice in (clip.read_bytes(), in_another_voice(clip)))
    both = np.concatenate([one, np.zeros(len(other) // 2, int)])
    both[-len(other) :] += other
    pcm = tmp_path / "both.pcm"
    pcm.write_bytes(both.clip(-32_768, 32_767).astype("<i2").tobytes())

    turns = speaker_turns(host, pcm)

    begins = (len(both) - len(other)) / 16_000
    said = [(start, end, "S1") for start, end in SPOKEN]
    assert error_rate(turns, said + [(begins + a / 1.25, begins + b / 1.25, "S2") for a, b in SPOKEN]) < 0.15


def test_speakers_are_found_beside_a_transcription(host: Path, clip: Path, tmp_path: Path) -> None:
    long = tmp_path / "long.pcm"
    long.write_bytes(clip.read_bytes() * 100)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(host))
        connection.sendall(f'{{"type":"transcribe","pcm":"{long}","language":"en","vocabulary":[]}}\n'.encode())

        assert speaker_turns(host, clip)
        connection.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            assert b'"done"' not in connection.recv(1 << 20)


def test_a_large_vocabulary_leaves_room_to_answer(host: Path, clip: Path) -> None:
    vocabulary = [f"Name{number} Surname{number}" for number in range(100)]

    assert "your country" in transcribe(host, clip, vocabulary=vocabulary).transcript.text


def test_only_this_user_may_connect(host: Path) -> None:
    assert stat.S_IMODE(host.stat().st_mode) == 0o600


def test_a_ping_tells_what_runs(host: Path) -> None:
    answer = client.ping(host)

    assert (answer["model"], answer["device"]) == ("base", "cpu")
    assert answer["pid"] != os.getpid()


def test_a_request_that_is_none_is_answered_with_an_error(host: Path) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(host))
        connection.sendall(b'{"type": "sing"}\n')

        assert b"bad_request" in connection.recv(4096)


def test_a_client_that_hangs_up_frees_the_engine(host: Path, clip: Path, tmp_path: Path) -> None:
    long = tmp_path / "long.pcm"
    long.write_bytes(clip.read_bytes() * 100)

    class HungUp(Exception):
        pass

    def hang_up() -> None:
        raise HungUp

    alone = seconds(lambda: transcribe(host, clip))
    with pytest.raises(HungUp):
        transcribe(host, long, on_tick=hang_up)

    # The rest of the long recording would take some eighty times as long as the clip; lanes end with their windows.
    assert seconds(lambda: transcribe(host, clip)) < 25 * alone


# Last, since it ends the host of the others.
def test_sigterm_ends_it_within_a_second_even_in_the_middle(
    process: "subprocess.Popen[bytes]", host: Path, clip: Path
) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(host))
        connection.sendall(f'{{"type":"transcribe","pcm":"{clip}","language":null,"vocabulary":[]}}\n'.encode())
        time.sleep(0.5)

        assert seconds(lambda: stop(process)) < 1.0

    assert not host.exists()
