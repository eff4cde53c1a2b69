"""The hosted pipelines through the whole service, from the POST to the result, against stand-ins of their providers."""

import wave
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from bench.running import ROOT, Api, served, service
from speech.audio import decode
from speech.engines.weights import is_packaged
from tests.descendants import descendants, parent
from tests.providers import openai_standin, qwen_standin, voxtral_standin
from tests.providers.fakes import RATE, Line
from tests.providers.openai_standin import OpenAiStandin
from tests.providers.qwen_standin import QwenStandin
from tests.providers.voxtral_standin import VoxtralStandin
from tests.waiting import until

pytestmark = [
    pytest.mark.whole,
    pytest.mark.engine,
    pytest.mark.skipif(not is_packaged(), reason="the packaged weights are not installed"),
]

QWEN, OPENAI, VOXTRAL = "qwen3-asr-flash-filetrans", "gpt-4o-transcribe-diarize", "voxtral-mini-transcribe"
SPEECH = (
    Line(0.3, 2.15, "a", "And so, my fellow Americans,"),
    Line(3.25, 4.35, "a", "ask not"),
    Line(5.3, 7.65, "a", "what your country can do for you,"),
    Line(8.1, 10.6, "b", "ask what you can do for your country."),
)

# What OpenAI takes in one request ends at 1,400 s.
LONG_SECONDS = 27 * 60
MANY = 20
FINISHED = 5


@dataclass(frozen=True)
class Hosted:
    """A service with every provider's key, what it may fetch, and the providers."""

    api: Api
    files: str
    folder: Path
    supervisor: int
    qwen: QwenStandin
    openai: OpenAiStandin
    voxtral: VoxtralStandin

    def post(self, pipeline_code: str, name: str = "jfk.flac", **fields: Any) -> dict[str, Any]:
        body = {"source": "external_url", "url": f"{self.files}/{name}", "pipeline_code": pipeline_code, **fields}
        return self.api.call("POST", "/transcriptions", body)

    def result(self, made: Mapping[str, Any]) -> dict[str, Any]:
        return self.api.call("GET", f"/transcriptions/{made['id']}/result")


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    folder = Path(str(tmp_path_factory.mktemp("hosted")))
    recordings = folder / "recordings"
    recordings.mkdir()
    (recordings / "jfk.flac").write_bytes((ROOT / "assets" / "jfk.flac").read_bytes())
    qwen, openai, voxtral = QwenStandin(), OpenAiStandin(), VoxtralStandin()
    settings = {
        "DASHSCOPE_API_KEY": qwen_standin.API_KEY,
        "DASHSCOPE_BASE_URL": qwen.base_url,
        "OPENAI_API_KEY": openai_standin.API_KEY,
        "OPENAI_BASE_URL": openai.url,
        "MISTRAL_API_KEY": voxtral_standin.API_KEY,
        "MISTRAL_BASE_URL": voxtral.url,
    }
    try:
        with (
            service(folder / "data", folder / "log", settings) as (base, key, supervisor),
            served(recordings) as files,
        ):
            yield Hosted(Api(base, key), files, recordings, supervisor, qwen, openai, voxtral)
    finally:
        for standin in (qwen, openai, voxtral):
            standin.close()


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> npt.NDArray[np.int16]:
    """The samples of the clip that the project brings along, 16 kHz mono."""
    pcm = Path(str(tmp_path_factory.mktemp("speech"))) / "pcm"
    decode(ROOT / "assets" / "jfk.flac", pcm, max_seconds=60, deadline_seconds=60, on_tick=lambda: None)
    return np.frombuffer(pcm.read_bytes(), np.int16)


def text_of(lines: Sequence[Line]) -> str:
    return " ".join(line.text for line in lines)


@pytest.mark.parametrize(
    ("pipeline_code", "charged_usd", "language", "speakers", "word_times"),
    [
        # It names no speakers; ours hear one voice, as there is.
        (QWEN, "0.005225", "en", {"S1"}, "measured"),
        # These two do not say what language they heard, the second not where times are asked for: the words tell.
        (OPENAI, "0.011862", "en", {"S1", "S2"}, "estimated"),
        (VOXTRAL, "0.005427", "en", {"S1", "S2"}, "estimated"),
    ],
)
def test_a_url_becomes_a_transcript(
    hosted: Hosted,
    speech: npt.NDArray[np.int16],
    pipeline_code: str,
    charged_usd: str,
    language: str,
    speakers: set[str],
    word_times: str,
) -> None:
    hosted.qwen.script = list(SPEECH)
    hosted.openai.listen(speech.tobytes(), SPEECH)
    hosted.voxtral.listen(speech.tobytes(), SPEECH)

    done = hosted.api.final(hosted.post(pipeline_code))

    assert (done["status"], done["error"], done["cost"]["charged_usd"]) == ("completed", None, charged_usd)
    result = hosted.result(done)
    assert (result["text"], result["language"]) == (text_of(SPEECH), language)
    assert {segment["speaker"] for segment in result["segments"]} - {None} == speakers
    assert result["engine"]["word_times"] == word_times
    words = [word for segment in result["segments"] for word in segment["words"]]
    assert " ".join(word["word"].strip() for word in words) == text_of(SPEECH)
    assert all(word["confidence"] is None for word in words)


def test_what_a_provider_refuses_costs_nothing(hosted: Hosted) -> None:
    hosted.voxtral.fail_next(401, {"detail": "Unauthorized"})

    failed = hosted.api.final(hosted.post(VOXTRAL))

    assert (failed["status"], failed["error"]["code"]) == ("failed", "provider_error")
    assert failed["cost"]["charged_usd"] == "0.000000"


def test_what_is_too_long_for_one_request_becomes_one_transcript(hosted: Hosted, speech: npt.NDArray[np.int16]) -> None:
    lines, samples = conversation(speech, LONG_SECONDS)
    with wave.open(str(hosted.folder / "long.wav"), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    hosted.openai.reset()
    hosted.openai.listen(samples.tobytes(), lines)

    done = hosted.api.final(hosted.post(OPENAI, "long.wav"), seconds=240)

    assert (done["status"], done["cost"]["charged_usd"]) == ("completed", "1.746900")
    result = hosted.result(done)
    assert result["text"].split() == text_of(lines).split()
    assert len(hosted.openai.asked) > 1
    for segment, line in zip(result["segments"], lines, strict=True):
        assert (segment["start"], segment["end"]) == pytest.approx((line.start, line.end), abs=0.3)
        assert segment["speaker"] == f"S{'ab'.index(line.speaker) + 1}"


def conversation(speech: npt.NDArray[np.int16], seconds: float) -> tuple[list[Line], npt.NDArray[np.int16]]:
    """The clip's sentences in any order and loudness, with pauses between; each has words of its own in the script."""
    dice = np.random.default_rng(1)
    samples = dice.normal(0, 20, round(seconds * RATE)).astype(np.int16)
    lines: list[Line] = []
    at = 0.5
    while at < seconds - 6:
        said = SPEECH[dice.integers(len(SPEECH))]
        part = speech[round(said.start * RATE) : round(said.end * RATE)]
        begin = round(at * RATE)
        samples[begin : begin + len(part)] = part * dice.uniform(0.4, 1.0)
        end = at + len(part) / RATE
        words = [f"{word}-{len(lines)}" for word in said.text.split()]
        speaker = "ab"[len(lines)] if len(lines) < 2 else "ab"[dice.integers(2)]
        lines.append(Line(round(at, 2), round(end, 2), speaker, " ".join(words)))
        at = end + float(dice.uniform(0.4, 2.0))
    return lines, samples


def test_one_worker_waits_for_many_and_has_time_for_more(hosted: Hosted) -> None:
    hosted.qwen.reset()
    hosted.qwen.script = list(SPEECH)
    hosted.qwen.busy_seconds = 3600.0

    # Speakers, found afterwards on this machine, are not what is waited for here.
    waiting = [hosted.post(QWEN, f"jfk.flac?{number}", diarize=False) for number in range(MANY)]
    until(lambda: len(hosted.qwen.tasks) == MANY, seconds=120)
    shown = [hosted.api.call("GET", f"/transcriptions/{made['id']}") for made in waiting]
    assert {one["stage"] for one in shown} == {"transcribing"}
    pollers = descendants(hosted.supervisor, "jobs.worker poll")
    # The worker and, when it looks after one of them, its work-horse.
    assert len({parent(process) for process in pollers} - {process.pid for process in pollers} - {None}) == 1
    one_more = hosted.post(QWEN, "jfk.flac?more", diarize=False)
    until(lambda: len(hosted.qwen.tasks) == MANY + 1, seconds=30)

    # Most have shown what they are here for.
    for made in waiting[FINISHED:]:
        hosted.api.call("POST", f"/transcriptions/{made['id']}/cancel", {})
    hosted.qwen.busy_seconds = 0.0
    assert {hosted.api.final(made, seconds=120)["status"] for made in [*waiting[:FINISHED], one_more]} == {"completed"}
    assert hosted.qwen.submits == MANY + 1
