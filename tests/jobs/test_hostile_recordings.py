"""Broken and hostile files through the first stage: each ends with its code, and the worker goes on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from jobs.queues import QueueName
from models import Stage, Status, Transcription
from tests.jobs.conftest import Runner, now, scratch
from tests.media.corpus import BAD, FLIPPED, Bad
from tests.outbound.loopback_server import LoopbackServer

pytestmark = pytest.mark.whole

Accept = Callable[..., Transcription]

# Fetched, they are known for what they are before they are decoded, or by how much of them is missing.
FETCHED = {
    "a web page": "url_not_media",
    "a script: DASH": "url_not_media",
    "a script: XSPF": "url_not_media",
    "a flac cut in half": "media_undecodable",
}
NAMES = [
    *FETCHED,
    "nothing",
    "noise",
    "a zip",
    "a header and no samples",
    "a film without sound",
    "an mp3 cut in half",
    "a day of silence",
    "a wav of 65535 channels",
    "an ogg of a year by its last page",
    "a script: HLS",
    "a script: concat",
    "a script: SDP",
]


@pytest.mark.parametrize("sample", [sample for sample in BAD if sample.name in NAMES], ids=lambda sample: sample.name)
def test_a_broken_recording_ends_as_it_should(
    runner: Runner, source: LoopbackServer, accept: Accept, tmp_path: Path, sample: Bad
) -> None:
    body = sample.make(tmp_path / "media").read_bytes()
    source.routes["/talk.mp3"] = lambda exchange: exchange.reply(body, headers={"Content-Type": "audio/mpeg"})
    transcription = accept(source.url("/talk.mp3"))

    assert runner.run(QueueName.FETCH, transcription.public_id) == 0

    after = now(transcription)
    code = FETCHED.get(sample.name, sample.code)
    assert after.error_code == code
    if code:
        assert (after.status, after.charged_microusd) == (Status.FAILED, 0)
        assert after.error_message
    else:
        assert after.stage is Stage.TRANSCRIBING
    assert scratch() == []


def test_one_worker_outlives_them_all(runner: Runner, source: LoopbackServer, accept: Accept, tmp_path: Path) -> None:
    for number, sample in enumerate(FLIPPED[::4]):
        body = sample.make(tmp_path / "media").read_bytes()
        source.routes[f"/{number}"] = lambda exchange, body=body: exchange.reply(body)  # type: ignore[misc]
        transcription = accept(source.url(f"/{number}"))
        assert runner.run(QueueName.FETCH, transcription.public_id) == 0
        assert now(transcription).stage is Stage.TRANSCRIBING or now(transcription).error_code

    whole = accept(source.url("/talk.flac"))
    runner.run(QueueName.FETCH, whole.public_id)

    assert now(whole).stage is Stage.TRANSCRIBING
