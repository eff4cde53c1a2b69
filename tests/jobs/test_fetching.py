"""The first stage, in a process of its own, against a real server on loopback."""

import hashlib
import io
import os
import signal
import socket
import time
import wave
from collections.abc import Callable

import pytest

import db
from handlers.transcriptions import audio_key, cancel_transcription, delete_transcription
from jobs import queues
from jobs.queues import DUE, QueueName
from models import Account, Media, Source, Stage, Status, Transcription
from runtime import store
from tests.factories import make_media
from tests.jobs.conftest import CLIP, Runner, now, scratch
from tests.outbound.loopback_server import Exchange, LoopbackServer
from tests.waiting import until

Accept = Callable[..., Transcription]
PAGE = b"<!doctype html><html><title>Sign in</title></html>"


def drip(exchange: Exchange) -> None:
    """Half a recording, and then nothing for long."""
    exchange.head(200, {"Content-Length": str(len(CLIP))})
    exchange.wfile.write(CLIP[: len(CLIP) // 2])
    time.sleep(20)


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_recording_is_fetched_decoded_and_its_price_held(
    runner: Runner, source: LoopbackServer, accept: Accept
) -> None:
    transcription = accept(source.url("/talk.flac"), headers={"X-Secret": "hush"})

    assert runner.run(QueueName.FETCH, transcription.public_id) == 0

    after = now(transcription)
    assert (after.status, after.stage, after.title) == (Status.PROCESSING, Stage.TRANSCRIBING, "talk.flac")
    assert after.duration_seconds == pytest.approx(11.0, abs=0.1)
    assert (after.quoted_microusd, after.charged_microusd, after.warnings) == (917, None, [])
    assert queues.waiting(QueueName.TRANSCRIBE) == {DUE}
    pcm_bytes = store().size_bytes(audio_key(transcription.public_id))
    assert pcm_bytes == pytest.approx((after.duration_seconds or 0) * 32_000, abs=2)
    assert scratch() == []


def test_what_was_fetched_is_kept_as_it_came(runner: Runner, source: LoopbackServer, accept: Accept) -> None:
    transcription = accept(source.url("/talk.flac"))

    runner.run(QueueName.FETCH, transcription.public_id)

    with db.transaction() as session:
        media = session.get_one(Media, now(transcription).media_id)
        looks = media.waveform
    assert (media.size_bytes, media.content_type, media.filename) == (len(CLIP), "audio/flac", "talk.flac")
    assert looks is not None
    assert (len(looks), max(looks)) == (1500, 255)
    with store().local_copy(media.object_key) as path:
        assert path.read_bytes() == CLIP


def test_headers_are_sent_then_forgotten_and_never_logged(
    runner: Runner, source: LoopbackServer, accept: Accept
) -> None:
    transcription = accept(source.url("/talk.flac?token=quiet"), headers={"X-Secret": "hush"})

    runner.run(QueueName.FETCH, transcription.public_id)

    assert source.requests[0][1]["X-Secret"] == "hush"
    assert now(transcription).url_headers is None
    assert "stage done" in runner.log()
    assert "hush" not in runner.log()
    assert "quiet" not in runner.log()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (CLIP[:2000], "media_undecodable"),
        (CLIP[: len(CLIP) // 2], "media_undecodable"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\xff" * 100, "media_undecodable"),
        (bytes(range(256)) * 40, "media_undecodable"),
        (b"", "media_undecodable"),
        (PAGE, "url_not_media"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "media_undecodable"),
    ],
    ids=["cut off", "half of it", "lying header", "noise", "empty", "page", "playlist"],
)
def test_what_is_no_recording_fails_at_once_and_is_not_kept(
    runner: Runner, source: LoopbackServer, accept: Accept, body: bytes, code: str
) -> None:
    source.routes["/a.mp3"] = lambda exchange: exchange.reply(body)
    transcription = accept(source.url("/a.mp3"))

    assert runner.run(QueueName.FETCH, transcription.public_id) == 0

    after = now(transcription)
    assert (after.status, after.error_code, after.charged_microusd) == (Status.FAILED, code, 0)
    assert after.media_id is None
    assert list(store().keys(f"media/{transcription.public_id}")) == []
    assert scratch() == []


def test_a_cut_wav_is_taken_up_to_the_cut(runner: Runner, source: LoopbackServer, accept: Accept) -> None:
    """Its header often holds a filler instead of a length, so it cannot prove that anything is missing."""
    whole = io.BytesIO()
    with wave.open(whole, "wb") as recording:
        recording.setparams((1, 2, 16_000, 0, "NONE", ""))
        recording.writeframes(bytes(16_000 * 2 * 8))
    source.routes["/a.wav"] = lambda exchange: exchange.reply(whole.getvalue()[: 16_000 * 2 * 4])
    transcription = accept(source.url("/a.wav"))

    runner.run(QueueName.FETCH, transcription.public_id)

    after = now(transcription)
    assert after.stage is Stage.TRANSCRIBING
    assert after.duration_seconds == pytest.approx(4.0, abs=0.1)


def test_a_source_that_refuses_is_tried_again_later(runner: Runner, accept: Accept) -> None:
    transcription = accept(f"http://127.0.0.1:{closed_port()}/a.mp3")

    assert runner.run(QueueName.FETCH, transcription.public_id) == 0

    after = now(transcription)
    assert (after.status, after.tries, after.crashes) == (Status.PROCESSING, 1, 0)
    assert (after.due_at > after.created_at, after.lease_token) == (True, None)


def test_a_missing_file_fails_at_once(runner: Runner, source: LoopbackServer, accept: Accept) -> None:
    transcription = accept(source.url("/nothing.mp3"))

    runner.run(QueueName.FETCH, transcription.public_id)

    assert (now(transcription).status, now(transcription).error_code) == (Status.FAILED, "source_unreachable")
    assert len(source.requests) == 1


def test_more_than_the_limit_is_not_spent(runner: Runner, source: LoopbackServer, accept: Accept) -> None:
    transcription = accept(source.url("/talk.flac"), max_cost_microusd=100)

    assert runner.run(QueueName.FETCH, transcription.public_id) == 0

    after = now(transcription)
    assert (after.status, after.error_code, after.charged_microusd) == (Status.FAILED, "max_cost_exceeded", 0)
    assert queues.waiting(QueueName.TRANSCRIBE) == set()
    assert store().size_bytes(audio_key(transcription.public_id)) is None


@pytest.mark.parametrize("end", [cancel_transcription, delete_transcription])
def test_a_cancel_or_a_deletion_stops_the_fetch(
    runner: Runner, source: LoopbackServer, accept: Accept, bob: Account, end: Callable[..., object]
) -> None:
    source.routes["/slow.flac"] = drip
    transcription = accept(source.url("/slow.flac"))
    runner.start(QueueName.FETCH, transcription.public_id)
    until(lambda: source.requests)
    began = time.monotonic()

    with db.transaction() as session:
        end(session, bob, transcription.public_id)

    assert runner.finish() == 0
    assert time.monotonic() - began < 10
    assert "stage given up" in runner.log()
    assert scratch() == []
    assert list(store().keys(f"media/{transcription.public_id}")) == []


def test_P13_sigterm_hands_the_fetch_back(runner: Runner, source: LoopbackServer, accept: Accept) -> None:
    source.routes["/slow.flac"] = drip
    transcription = accept(source.url("/slow.flac"))
    queues.connection().flushdb()
    job = runner.start(QueueName.FETCH, transcription.public_id)
    until(lambda: source.requests)

    os.kill(job, signal.SIGTERM)

    assert runner.finish() == 0
    after = now(transcription)
    assert (after.status, after.lease_token, after.crashes) == (Status.PROCESSING, None, 0)
    assert queues.waiting(QueueName.FETCH) == {DUE}
    assert scratch() == []


def test_a_fetch_that_nobody_needs_does_nothing(runner: Runner, source: LoopbackServer, accept: Accept) -> None:
    transcription = accept(source.url("/talk.flac"))
    runner.run(QueueName.FETCH, transcription.public_id)

    assert runner.run(QueueName.FETCH, transcription.public_id) == 0
    assert runner.run(QueueName.FETCH, "tr_0") == 0

    assert len(source.requests) == 1


@pytest.mark.parametrize(
    ("sha256", "stage", "code"),
    [
        (hashlib.sha256(CLIP).hexdigest(), Stage.TRANSCRIBING, None),
        (hashlib.sha256(b"another").hexdigest(), None, "upload_corrupted"),
    ],
    ids=["as it was given", "another"],
)
def test_an_uploads_checksum_is_checked_when_it_is_read(
    runner: Runner, accept: Accept, sha256: str, stage: Stage | None, code: str | None, bob: Account
) -> None:
    transcription = accept("http://127.0.0.1:9/never-asked")
    with db.transaction() as session:
        media = make_media(session, bob, CLIP, sha256=sha256)
        row = session.get_one(Transcription, transcription.id)
        row.source, row.media_id = Source.UPLOAD, media.id

    runner.run(QueueName.FETCH, transcription.public_id)

    after = now(transcription)
    assert (after.error_code, after.stage if stage else None) == (code, stage)
