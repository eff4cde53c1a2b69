"""OpenAI's diarizing model, against a stand-in that decodes what it is sent."""

import logging
import wave
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from errors import ProviderError, ProviderRejected, ProviderTimeout
from outbound import retries
from speech.providers import encoding, openai_diarize
from speech.providers.openai_diarize import OpenAiDiarize
from speech.providers.provider import Heard, Recording, Wishes
from speech.providers.words import estimated_words
from speech.transcript import Segment
from tests.providers.fakes import RATE, Line, Notebook, TakenOver, make_recording
from tests.providers.openai_standin import API_KEY, NO_QUOTA, RATE_LIMIT, OpenAiStandin, error


@pytest.fixture(scope="module")
def running_standin() -> Iterator[OpenAiStandin]:
    standin = OpenAiStandin()
    yield standin
    standin.close()


@pytest.fixture
def standin(running_standin: OpenAiStandin, monkeypatch: pytest.MonkeyPatch) -> OpenAiStandin:
    running_standin.reset()
    running_standin.max_bytes, running_standin.max_seconds = 26_214_400, 1400
    monkeypatch.setattr(retries, "FIRST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(openai_diarize, "TICK_SECONDS", 0.05)
    return running_standin


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


def provider(standin: OpenAiStandin, **settings: Any) -> OpenAiDiarize:
    return OpenAiDiarize(**{"api_key": API_KEY, "base_url": standin.url, **settings})


def conversation(seconds: float, speakers: str, *, pauses: bool = True, seed: int = 1) -> list[Line]:
    """Lines of two to seven seconds, no word twice; the speakers begin in their order."""
    dice = np.random.default_rng(seed)
    lines: list[Line] = []
    at, spoken = 0.5, 0
    while at < seconds - 8:
        speaker = speakers[len(lines)] if len(lines) < len(speakers) else speakers[dice.integers(len(speakers))]
        length = round(float(dice.uniform(2, 7)), 2)
        words = [f"word{spoken + number}" for number in range(int(length * 2.5))]
        spoken += len(words)
        lines.append(Line(round(at, 2), round(at + length, 2), speaker, " ".join(words)))
        at += length + (float(dice.uniform(0.4, 2.0)) if pauses else 0.0)
    return lines


def record(folder: Path, lines: Sequence[Line], seconds: float, *, paused: bool = True) -> Recording:
    """Each word of the lines a tone of its own height and loudness."""
    dice = np.random.default_rng(2)
    samples = np.zeros(round(seconds * RATE), np.int16)
    for line in lines:
        for word in estimated_words(Segment(line.start, line.end, line.text)):
            start, end = round(word.start * RATE), round((word.end - 0.04) * RATE)
            at = np.arange(max(0, end - start)) / RATE
            tone = dice.uniform(1500, 12000) * np.sin(2 * np.pi * dice.uniform(150, 3000) * at)
            samples[start : start + len(at)] = tone.astype(np.int16)
    pcm, media = folder / "talk.pcm", folder / "talk.wav"
    pcm.write_bytes(samples.tobytes())
    with wave.open(str(media), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples[:RATE].tobytes())
    speech = [(line.start, line.end) for line in lines] if paused else [(0.0, seconds)]
    return Recording(media, "audio/wav", media.stat().st_size, pcm, seconds, None, lambda: speech)


@pytest.fixture
def quick_encoding(standin: OpenAiStandin, monkeypatch: pytest.MonkeyPatch) -> None:
    """Samples as they are instead of MP3, which takes LAME most of a minute for the long recordings."""
    for name, value in {
        "CONTAINER": "wav",
        "CODEC": "pcm_s16le",
        "EXTENSION": "wav",
        "MEDIA_TYPE": "audio/wav",
    }.items():
        monkeypatch.setattr(encoding, name, value)
    monkeypatch.setattr(encoding, "OPTIONS", {})
    standin.max_bytes *= 2


@pytest.fixture(scope="module")
def recorded_talk(tmp_path_factory: pytest.TempPathFactory) -> tuple[Recording, list[Line]]:
    lines = conversation(70, "ab")
    return record(tmp_path_factory.mktemp("talk"), lines, 70), lines


@pytest.fixture
def talk(
    recorded_talk: tuple[Recording, list[Line]], standin: OpenAiStandin, quick_encoding: None
) -> tuple[Recording, list[Line]]:
    """Seventy seconds of two speakers, which a limit of 25 s makes four chunks."""
    recording, lines = recorded_talk
    standin.listen(recording.pcm, lines)
    return recording, lines


@pytest.fixture
def short(tmp_path: Path, standin: OpenAiStandin) -> Recording:
    """Ten seconds in which two greet each other."""
    lines = [Line(1, 4, "a", "Hello, who is there?"), Line(4.5, 8, "b", "It is me."), Line(8, 9, "a", "Come in!")]
    recording = make_recording(tmp_path, seconds=10, spoken=lines)
    standin.listen(recording.pcm, lines)
    return recording


def spoken(heard: Heard) -> list[str]:
    return " ".join(segment.text for segment in heard.segments).split()


def in_script(lines: Sequence[Line]) -> list[str]:
    return " ".join(line.text for line in lines).split()


def speakers(heard: Heard, lines: Sequence[Line]) -> dict[str, set[str]]:
    """Whom each label stands for, by the script."""
    found: dict[str, set[str]] = {}
    for segment in heard.segments:
        middle = (segment.start + segment.end) / 2
        found.setdefault(str(segment.speaker), set()).update(
            line.speaker for line in lines if line.start <= middle <= line.end
        )
    return found


# One request


def test_a_short_recording_is_heard_in_one_request(
    standin: OpenAiStandin, short: Recording, notebook: Notebook
) -> None:
    heard = provider(standin).advance(short, Wishes(), notebook)
    assert [(segment.start, segment.end, segment.speaker, segment.text) for segment in heard.segments] == [
        (1, 4, "S1", "Hello, who is there?"),
        (4.5, 8, "S2", "It is me."),
        (8, 9, "S1", "Come in!"),
    ]
    assert (heard.language, heard.model, heard.word_times) == (None, "gpt-4o-transcribe-diarize", "estimated")
    assert (heard.billed_seconds, heard.notes) == (10, {})
    assert standin.requests == 1


def test_words_are_estimated_and_have_no_confidence(
    standin: OpenAiStandin, short: Recording, notebook: Notebook
) -> None:
    heard = provider(standin).advance(short, Wishes(), notebook)
    words = heard.segments[1].words or ()
    assert [word.text for word in words] == ["It", "is", "me."]
    assert (words[0].start, words[-1].end, words[0].confidence) == (4.5, 8, None)


def test_the_form_is_what_the_documentation_asks_for(
    standin: OpenAiStandin, short: Recording, notebook: Notebook
) -> None:
    provider(standin).advance(short, Wishes(), notebook)
    asked = standin.asked[0]
    assert asked.fields == {
        "model": ["gpt-4o-transcribe-diarize"],
        "response_format": ["diarized_json"],
        "chunking_strategy": ["auto"],
    }
    assert (asked.file_name, asked.container) == ("audio.mp3", "mp3")
    assert (asked.start, asked.end) == pytest.approx((0, 10), abs=0.01)


def test_a_language_is_passed_on_and_is_the_result_s(
    standin: OpenAiStandin, short: Recording, notebook: Notebook
) -> None:
    heard = provider(standin).advance(short, Wishes(language="de"), notebook)
    assert standin.asked[0].fields["language"] == ["de"]
    assert heard.language == "de"


def test_a_vocabulary_is_left_out_and_that_is_said(
    standin: OpenAiStandin, short: Recording, notebook: Notebook
) -> None:
    heard = provider(standin).advance(short, Wishes(vocabulary=["Kubernetes"]), notebook)
    assert "vocabulary" in heard.notes


def test_without_diarization_nobody_is_named(standin: OpenAiStandin, short: Recording, notebook: Notebook) -> None:
    heard = provider(standin).advance(short, Wishes(diarize=False), notebook)
    assert [segment.speaker for segment in heard.segments] == [None, None, None]


def test_a_usage_in_tokens_is_billed_by_the_duration(
    standin: OpenAiStandin, short: Recording, notebook: Notebook
) -> None:
    standin.usage = "tokens"
    assert provider(standin).advance(short, Wishes(), notebook).billed_seconds == 10.0


def test_silence_is_an_empty_transcript(standin: OpenAiStandin, tmp_path: Path, notebook: Notebook) -> None:
    recording = make_recording(tmp_path)
    standin.listen(recording.pcm, ())
    heard = provider(standin).advance(recording, Wishes(), notebook)
    assert (heard.segments, heard.word_times, heard.billed_seconds) == ((), "none", 3)


def test_a_moment_too_short_for_the_provider_is_not_sent(
    standin: OpenAiStandin, tmp_path: Path, notebook: Notebook
) -> None:
    heard = provider(standin).advance(make_recording(tmp_path, seconds=0.05), Wishes(), notebook)
    assert (heard.segments, heard.billed_seconds, standin.requests) == ((), 0, 0)


def test_odd_segments_are_put_in_order(standin: OpenAiStandin, short: Recording, notebook: Notebook) -> None:
    standin.say_next(
        b'{"text": "", "segments": [{"start": 9, "end": 14, "text": "late", "speaker": "B"}, {"start": 1, "end": 2, '
        b'"text": "  ", "speaker": "C"}, {"start": -1, "end": 3, "text": " early ", "speaker": "A", "new": []}]}'
    )
    heard = provider(standin).advance(short, Wishes(), notebook)
    assert [(segment.start, segment.end, segment.speaker, segment.text) for segment in heard.segments] == [
        (0, 3, "S1", "early"),
        (9, 10, "S2", "late"),
    ]
    assert heard.billed_seconds is None


def test_a_text_without_segments_is_not_lost(standin: OpenAiStandin, short: Recording, notebook: Notebook) -> None:
    standin.say_next(b'{"text": "Who knows when.", "segments": [], "usage": {"type": "duration", "seconds": 10}}')
    heard = provider(standin).advance(short, Wishes(), notebook)
    assert [(segment.start, segment.end, segment.text) for segment in heard.segments] == [(0, 10, "Who knows when.")]


# Several chunks


def test_three_quarters_of_an_hour_become_one_transcript(
    standin: OpenAiStandin, tmp_path: Path, notebook: Notebook, quick_encoding: None
) -> None:
    lines = conversation(2700, "abcd")
    recording = record(tmp_path, lines, 2700)
    standin.listen(recording.pcm, lines)
    heard = provider(standin).advance(recording, Wishes(), notebook)
    assert spoken(heard) == in_script(lines)
    assert len(standin.asked) == 3
    assert max(asked.end - asked.start for asked in standin.asked) < 1390
    for segment, line in zip(heard.segments, lines, strict=True):
        assert (segment.start, segment.end) == pytest.approx((line.start, line.end), abs=0.3)
        assert segment.speaker == f"S{'abcd'.index(line.speaker) + 1}"
    assert heard.billed_seconds == pytest.approx(heard.sent_seconds, abs=2)


def test_a_soft_voice_that_was_taken_for_a_pause_is_heard_whole(
    standin: OpenAiStandin, talk: tuple[Recording, list[Line]], notebook: Notebook
) -> None:
    recording, lines = talk
    soft = {number for number, line in enumerate(lines) if 15 < line.start < 55 and number % 2}
    loud = tuple((line.start, line.end) for number, line in enumerate(lines) if number not in soft)
    heard = provider(standin, max_seconds=25).advance(replace(recording, speech=lambda: loud), Wishes(), notebook)
    assert spoken(heard) == in_script(lines)


def test_chunks_are_cut_in_pauses_and_put_together(
    standin: OpenAiStandin, talk: tuple[Recording, list[Line]], notebook: Notebook
) -> None:
    recording, lines = talk
    heard = provider(standin, max_seconds=25).advance(recording, Wishes(), notebook)
    assert [(segment.text, segment.speaker) for segment in heard.segments] == [
        (line.text, {"a": "S1", "b": "S2"}[line.speaker]) for line in lines
    ]
    assert len(standin.asked) == 4
    assert "speakers" not in heard.notes


def test_where_nobody_pauses_no_word_is_lost_or_doubled(
    standin: OpenAiStandin, tmp_path: Path, notebook: Notebook, quick_encoding: None
) -> None:
    lines = conversation(120, "ab", pauses=False)
    recording = record(tmp_path, lines, 120, paused=False)
    standin.listen(recording.pcm, lines)
    heard = provider(standin, max_seconds=40).advance(recording, Wishes(), notebook)
    assert spoken(heard) == in_script(lines)
    assert sum(asked.end - asked.start for asked in standin.asked) > 130
    truth = [word for line in lines for word in estimated_words(Segment(line.start, line.end, line.text))]
    found = [word for segment in heard.segments for word in segment.words or ()]
    for word, true in zip(found, truth, strict=True):
        assert (word.start, word.end) == pytest.approx((true.start, true.end), abs=0.3)


def test_the_first_chunk_goes_alone_and_the_others_know_its_voices(
    standin: OpenAiStandin, talk: tuple[Recording, list[Line]], notebook: Notebook
) -> None:
    recording, _ = talk
    standin.slow_next(0.3, count=4)
    provider(standin, max_seconds=25, concurrency=2).advance(recording, Wishes(), notebook)
    assert [sorted(asked.names) for asked in standin.asked] == [[], *[["voice_0_1", "voice_0_2"]] * 3]
    assert (standin.asked[0].start, standin.most_at_once) == (0, 2)


def test_without_diarization_all_chunks_go_at_once_and_no_voices(
    standin: OpenAiStandin, talk: tuple[Recording, list[Line]], notebook: Notebook
) -> None:
    recording, lines = talk
    standin.slow_next(0.2, count=4)
    heard = provider(standin, max_seconds=25, concurrency=4).advance(recording, Wishes(diarize=False), notebook)
    assert spoken(heard) == in_script(lines)
    assert (standin.most_at_once, [asked.names for asked in standin.asked]) == (4, [[]] * 4)


def test_somebody_who_comes_later_is_known_in_the_chunks_after(
    standin: OpenAiStandin, tmp_path: Path, notebook: Notebook, quick_encoding: None
) -> None:
    lines = [replace(line, speaker="a" if line.start < 40 else line.speaker) for line in conversation(150, "ab")]
    recording = record(tmp_path, lines, 150)
    standin.listen(recording.pcm, lines)
    heard = provider(standin, max_seconds=40, concurrency=1).advance(recording, Wishes(), notebook)
    assert speakers(heard, lines) == {"S1": {"a"}, "S2": {"b"}}
    assert "speakers" in heard.notes


def test_of_more_speakers_than_can_be_sent_no_two_share_a_label(
    standin: OpenAiStandin, tmp_path: Path, notebook: Notebook, quick_encoding: None
) -> None:
    lines = conversation(150, "abcdef")
    recording = record(tmp_path, lines, 150)
    standin.listen(recording.pcm, lines)
    heard = provider(standin, max_seconds=60).advance(recording, Wishes(), notebook)
    assert all(len(people) == 1 for people in speakers(heard, lines).values())
    assert [segment.speaker for segment in heard.segments][:6] == ["S1", "S2", "S3", "S4", "S5", "S6"]
    assert "speakers" in heard.notes


# What is kept


def test_the_plan_is_kept_before_anything_is_asked(
    standin: OpenAiStandin, short: Recording, notebook: Notebook
) -> None:
    standin.fail_next(400, error("no"))
    with pytest.raises(ProviderRejected):
        provider(standin).advance(short, Wishes(), notebook)
    assert notebook.written == {"chunks": [[0, 10]]}


def test_after_a_crash_only_missing_chunks_are_asked_for(
    standin: OpenAiStandin, talk: tuple[Recording, list[Line]], notebook: Notebook
) -> None:
    recording, lines = talk
    standin.fail_next(400, error("no"), covering=42)
    with pytest.raises(ProviderRejected):
        provider(standin, max_seconds=25, concurrency=1).advance(recording, Wishes(), notebook)
    kept = len(notebook.files)
    standin.asked.clear()
    heard = provider(standin, max_seconds=25).advance(recording, Wishes(), notebook)
    assert (kept, len(standin.asked)) == (2, 2)
    assert spoken(heard) == in_script(lines)
    assert speakers(heard, lines) == {"S1": {"a"}, "S2": {"b"}}


def test_what_is_all_there_is_not_asked_for_again(
    standin: OpenAiStandin, talk: tuple[Recording, list[Line]], notebook: Notebook
) -> None:
    recording, _ = talk
    first = provider(standin, max_seconds=25).advance(recording, Wishes(), notebook)
    again = provider(standin, max_seconds=1400).advance(recording, Wishes(), notebook)
    assert (again, standin.requests) == (first, 4)


def test_progress_grows_with_the_chunks(
    standin: OpenAiStandin, talk: tuple[Recording, list[Line]], notebook: Notebook
) -> None:
    provider(standin, max_seconds=25).advance(talk[0], Wishes(), notebook)
    assert notebook.done == sorted(notebook.done)
    assert (notebook.done[0] < 0.5, notebook.done[-1]) == (True, 1.0)


def test_a_job_that_is_taken_over_stops_in_the_middle_of_a_request(
    standin: OpenAiStandin, short: Recording, notebook: Notebook
) -> None:
    standin.slow_next(600)
    notebook.lose_after_ticks = 3
    with pytest.raises(TakenOver):
        provider(standin).advance(short, Wishes(), notebook)


# Faults that pass


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (429, RATE_LIMIT, {"Retry-After": "0"}),
        (429, RATE_LIMIT, {"retry-after-ms": "50"}),
        (429, RATE_LIMIT, {}),
        (503, None, {}),
        (500, error("oops", kind="server_error"), {}),
        (408, None, {}),
        (0, None, {}),
    ],
)
def test_a_passing_fault_costs_one_more_request(
    standin: OpenAiStandin,
    short: Recording,
    notebook: Notebook,
    status: int,
    body: dict[str, Any] | None,
    headers: dict[str, str],
) -> None:
    standin.fail_next(status, body, headers=headers)
    heard = provider(standin).advance(short, Wishes(), notebook)
    assert (len(heard.segments), standin.requests) == (3, 2)


def test_a_chunk_that_failed_is_asked_for_again_alone(
    standin: OpenAiStandin, talk: tuple[Recording, list[Line]], notebook: Notebook
) -> None:
    recording, lines = talk
    standin.fail_next(503, covering=30)
    heard = provider(standin, max_seconds=25).advance(recording, Wishes(), notebook)
    assert spoken(heard) == in_script(lines)
    assert standin.requests == 5


def test_an_answer_that_does_not_come_is_asked_for_again(
    standin: OpenAiStandin, short: Recording, notebook: Notebook
) -> None:
    standin.slow_next(600)
    heard = provider(standin, timeout_seconds=1).advance(short, Wishes(), notebook)
    assert (len(heard.segments), standin.requests) == (3, 2)


def test_a_page_of_a_proxy_is_asked_past(standin: OpenAiStandin, short: Recording, notebook: Notebook) -> None:
    standin.say_next(b"<html>Gateway</html>")
    heard = provider(standin).advance(short, Wishes(), notebook)
    assert (len(heard.segments), standin.requests) == (3, 2)


def test_a_fault_that_does_not_pass_is_the_providers(
    standin: OpenAiStandin, short: Recording, notebook: Notebook
) -> None:
    standin.fail_next(503, count=99)
    with pytest.raises(ProviderError):
        provider(standin).advance(short, Wishes(), notebook)
    assert standin.requests == retries.TRIES


def test_waiting_longer_than_the_budget_is_not_begun(
    standin: OpenAiStandin, short: Recording, notebook: Notebook
) -> None:
    standin.fail_next(429, RATE_LIMIT, headers={"Retry-After": "86400"})
    with pytest.raises(ProviderError):
        provider(standin).advance(short, Wishes(), notebook)


def test_a_provider_that_never_answers_is_too_slow(
    standin: OpenAiStandin, short: Recording, notebook: Notebook
) -> None:
    standin.slow_next(600, count=9)
    with pytest.raises(ProviderTimeout):
        provider(standin, timeout_seconds=0.3, retry_seconds=0.4).advance(short, Wishes(), notebook)


def test_a_provider_that_is_not_there_is_at_fault(standin: OpenAiStandin, short: Recording, notebook: Notebook) -> None:
    with pytest.raises(ProviderError):
        provider(standin, base_url="http://127.0.0.1:9/v1", retry_seconds=0.1).advance(short, Wishes(), notebook)


# Faults that do not


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (429, NO_QUOTA),
        (429, error("Your credit is spent", kind="insufficient_quota", code="credit_balance_exhausted")),
        (403, error("Project `proj_1` does not have access to model", code="model_not_found")),
        (404, error("The model does not exist", code="model_not_found")),
        (400, error("Billing hard limit has been reached", code="billing_hard_limit_reached")),
        (302, error("elsewhere")),
        (405, error("no such method")),
    ],
)
def test_what_only_the_operator_can_mend_is_the_provider_s_fault_at_once(
    standin: OpenAiStandin, short: Recording, notebook: Notebook, status: int, body: dict[str, Any]
) -> None:
    standin.fail_next(status, body, headers={"Location": standin.url}, count=9)
    with pytest.raises(ProviderError):
        provider(standin).advance(short, Wishes(), notebook)
    assert standin.requests == 1


def test_a_wrong_key_is_told_to_nobody(
    standin: OpenAiStandin, short: Recording, notebook: Notebook, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(ProviderError) as raised:
        provider(standin, api_key="sk-proj-wrong0123456789").advance(short, Wishes(), notebook)
    assert "Incorrect API key provided" in caplog.text
    assert "wrong0123456789" not in caplog.text + str(raised.value)
    assert standin.requests == 1


def test_a_recording_that_is_too_long_for_it_is_refused(
    standin: OpenAiStandin, short: Recording, notebook: Notebook
) -> None:
    standin.max_seconds = 5
    with pytest.raises(ProviderRejected):
        provider(standin).advance(short, Wishes(), notebook)
    assert "is longer than 5 seconds" in standin.complaints[0]


def test_a_file_that_is_too_large_for_it_is_refused(
    standin: OpenAiStandin, short: Recording, notebook: Notebook
) -> None:
    standin.max_bytes = 10_000
    with pytest.raises(ProviderRejected):
        provider(standin).advance(short, Wishes(), notebook)
    assert "Maximum content size limit" in standin.complaints[0]


def test_chunks_are_short_enough_for_the_limit_of_bytes(
    standin: OpenAiStandin, recorded_talk: tuple[Recording, list[Line]], notebook: Notebook
) -> None:
    recording, lines = recorded_talk
    standin.listen(recording.pcm, lines)
    standin.max_bytes = 650_000
    heard = provider(standin, max_bytes=650_000).advance(recording, Wishes(), notebook)
    assert spoken(heard) == in_script(lines)
    assert len(standin.asked) > 2


def test_an_answer_of_another_shape_is_not_paid_for_twice(
    standin: OpenAiStandin, short: Recording, notebook: Notebook
) -> None:
    standin.say_next(b'{"text": "Hello"}')
    with pytest.raises(ProviderError):
        provider(standin).advance(short, Wishes(), notebook)
    assert (standin.requests, notebook.files) == (1, {})


def test_a_chunk_that_fails_for_good_ends_the_others(
    standin: OpenAiStandin, talk: tuple[Recording, list[Line]], notebook: Notebook
) -> None:
    standin.fail_next(400, error("no"), covering=30)
    standin.slow_next(600, covering=60)
    with pytest.raises(ProviderRejected):
        provider(standin, max_seconds=25).advance(talk[0], Wishes(), notebook)
    assert "chunk-0.json" in notebook.files


def test_canceling_needs_no_request(standin: OpenAiStandin, notebook: Notebook) -> None:
    provider(standin).cancel(notebook.state)
    assert standin.requests == 0


def test_limits_without_room_for_a_chunk_are_a_mistake(standin: OpenAiStandin) -> None:
    with pytest.raises(ValueError, match="no room"):
        provider(standin, max_bytes=400_000)
