"""Qwen against a loopback DashScope: what is paid for once, what is asked again, and what is heard in the end."""

import dataclasses
import itertools
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from errors import Outcome, ProviderError, ProviderRejected, ProviderTimeout
from speech.providers.provider import Heard, Later, Recording, Wishes
from speech.providers.qwen import NOT_READ, Qwen
from speech.providers.qwen_service import ResultRefused, Service, Unclear
from speech.transcript import Word
from tests.outbound.loopback_server import Exchange, LoopbackServer, loopback_server
from tests.outbound.wire import PUBLIC, lay_wire
from tests.providers.fakes import Notebook, TakenOver, make_recording
from tests.providers.qwen_standin import API_KEY, QwenStandin, lines

HOURS = 3600.0


class Clock:
    """Our clock; the stand-in's goes along."""

    def __init__(self, standin: QwenStandin) -> None:
        self.standin = standin
        self.seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds

    def advance(self, seconds: float) -> None:
        self.seconds += seconds
        self.standin.clock_ahead_seconds += seconds


@pytest.fixture(scope="module")
def service() -> Iterator[QwenStandin]:
    standin = QwenStandin()
    yield standin
    standin.close()


@pytest.fixture
def standin(service: QwenStandin) -> QwenStandin:
    service.reset()
    return service


@pytest.fixture(scope="module")
def bucket() -> Iterator[LoopbackServer]:
    with loopback_server() as server:
        yield server


@pytest.fixture
def recording(tmp_path: Path, bucket: LoopbackServer, standin: QwenStandin) -> Recording:
    """In a bucket that signs each address anew."""
    made = make_recording(tmp_path, seconds=3.0)
    content = made.media.read_bytes()
    standin.expected_bytes = content
    bucket.requests.clear()
    bucket.routes["/a.wav"] = lambda exchange: exchange.reply(content)
    signatures = itertools.count(1)
    return dataclasses.replace(made, address=lambda: bucket.url(f"/a.wav?X-Signature=secret{next(signatures)}"))


@pytest.fixture
def clock(standin: QwenStandin) -> Clock:
    return Clock(standin)


@pytest.fixture
def notebook(standin: QwenStandin) -> Notebook:
    notebook = Notebook()
    standin.on_request = notebook.add
    return notebook


@pytest.fixture
def sleeps() -> list[float]:
    return []


@pytest.fixture
def make(standin: QwenStandin, clock: Clock, sleeps: list[float]) -> Callable[..., Qwen]:
    def make(**settings: object) -> Qwen:
        defaults: dict[str, object] = {
            "base_url": standin.base_url,
            "result_hosts_allowed": frozenset({"127.0.0.1"}),
            "sleep": sleeps.append,
            "random": lambda: 0.5,
            "now": clock,
            "answer_seconds": 5.0,
        }
        return Qwen(API_KEY, **(defaults | settings))  # type: ignore[arg-type]

    return make


@pytest.fixture
def qwen(make: Callable[..., Qwen]) -> Qwen:
    return make()


def finished(qwen: Qwen, recording: Recording, notebook: Notebook, clock: Clock, wishes: Wishes | None = None) -> Heard:
    """What is heard in the end, by a new job each time."""
    for _ in range(100):
        step = qwen.advance(recording, wishes or Wishes(), notebook)
        if isinstance(step, Heard):
            return step
        clock.advance(step.seconds)
    raise AssertionError("it never ends")


# The road from submit to transcript


def test_a_recording_is_submitted_followed_and_heard(
    qwen: Qwen, recording: Recording, notebook: Notebook, clock: Clock, standin: QwenStandin
) -> None:
    standin.script = lines((0.1, 1.1, "A", "Good morning, everyone."), (1.2, 2.8, "B", "Shall we begin?"))
    heard = finished(qwen, recording, notebook, clock)
    assert [(segment.start, segment.end, segment.text) for segment in heard.segments] == [
        (0.1, 1.1, "Good morning, everyone."),
        (1.2, 2.8, "Shall we begin?"),
    ]
    words = heard.segments[0].words
    assert words is not None
    assert [word.text for word in words] == ["Good", "morning,", "everyone."]
    assert all(0.1 <= word.start <= word.end <= 1.1 for word in words)
    assert {segment.speaker for segment in heard.segments} == {None}
    assert (heard.language, heard.model, heard.word_times, heard.billed_seconds) == (
        "en",
        "qwen3-asr-flash-filetrans",
        "measured",
        3.0,
    )


def test_the_notebook_is_written_before_the_submit_and_right_after_it(
    qwen: Qwen, recording: Recording, notebook: Notebook, clock: Clock, standin: QwenStandin
) -> None:
    assert qwen.advance(recording, Wishes(), notebook) == Later(2.0)
    task_id = next(iter(standin.tasks))
    assert notebook.without_ticks() == [
        ("keep", {"phase": "submitting", "task_id": None, "tasks": 1}),
        ("request", "POST /api/v1/services/audio/asr/transcription"),
        ("keep", {"phase": "submitted", "task_id": task_id, "submitted_at": clock()}),
    ]


def test_the_order_names_one_channel_words_and_the_language(
    qwen: Qwen, recording: Recording, notebook: Notebook, standin: QwenStandin
) -> None:
    qwen.advance(recording, Wishes(language="de", vocabulary=("Kubernetes",)), notebook)
    (order,) = standin.orders
    assert order["parameters"] == {"channel_id": [0], "enable_words": True, "language": "de"}
    assert order["input"]["file_url"].endswith("/a.wav?X-Signature=secret1")


def test_a_language_that_it_does_not_know_is_left_to_it(
    qwen: Qwen, recording: Recording, notebook: Notebook, standin: QwenStandin
) -> None:
    qwen.advance(recording, Wishes(language="nl"), notebook)
    assert standin.orders[0]["parameters"] == {"channel_id": [0], "enable_words": True}


def test_the_waits_grow_from_two_to_fifteen_seconds(
    make: Callable[..., Qwen], recording: Recording, notebook: Notebook, clock: Clock, standin: QwenStandin
) -> None:
    standin.running_looks = 60
    qwen = make(random=lambda: 1.0)
    waits = []
    for _ in range(40):
        step = qwen.advance(recording, Wishes(), notebook)
        assert isinstance(step, Later)
        waits.append(step.seconds)
        clock.advance(step.seconds)
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (2.0, 15.0)


def test_waiting_writes_nothing(qwen: Qwen, recording: Recording, notebook: Notebook, standin: QwenStandin) -> None:
    standin.running_looks = 60
    qwen.advance(recording, Wishes(), notebook)
    written = len(notebook.kept)
    for _ in range(3):
        assert isinstance(qwen.advance(recording, Wishes(), notebook), Later)
    assert len(notebook.kept) == written


def test_a_job_that_takes_long_is_told_apart_from_one_that_was_lost(
    make: Callable[..., Qwen],
    recording: Recording,
    notebook: Notebook,
    standin: QwenStandin,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("speech.providers.qwen_attended.TICK_SECONDS", 0.05)
    standin.slow("submit", 0.4)
    make().advance(recording, Wishes(), notebook)
    asked = notebook.timeline.index(("request", "POST /api/v1/services/audio/asr/transcription"))
    answered = next(n for n, (what, _) in enumerate(notebook.timeline) if what == "keep" and n > asked)
    assert ("tick", None) in notebook.timeline[asked:answered]


# What is heard


def test_chinese_words_are_single_characters(
    qwen: Qwen, recording: Recording, notebook: Notebook, clock: Clock, standin: QwenStandin
) -> None:
    standin.language = "zh"
    standin.script = lines((0.0, 1.6, "A", "欢迎使用阿里云。"))
    heard = finished(qwen, recording, notebook, clock)
    (segment,) = heard.segments
    assert segment.text == "欢迎使用阿里云。"
    assert [word.text for word in segment.words or ()] == ["欢", "迎", "使", "用", "阿", "里", "云。"]
    assert heard.language == "zh"


def test_the_language_is_the_one_spoken_longest(
    qwen: Qwen, recording: Recording, notebook: Notebook, clock: Clock, standin: QwenStandin
) -> None:
    def sentence(begin: int, end: int, language: str) -> dict[str, object]:
        return {"begin_time": begin, "end_time": end, "text": "so", "language": language}

    standin.result = {
        "transcripts": [
            {"sentences": [sentence(0, 400, "en"), sentence(400, 800, "en"), sentence(900, 2900, "fr")]},
        ]
    }
    heard = finished(qwen, recording, notebook, clock)
    assert heard.language == "fr"
    assert heard.word_times == "none"
    assert [segment.words for segment in heard.segments] == [None, None, None]


def test_times_end_with_the_recording_and_words_stay_in_their_sentence(
    qwen: Qwen, recording: Recording, notebook: Notebook, clock: Clock, standin: QwenStandin
) -> None:
    words = [
        {"begin_time": -20, "end_time": 400, "text": " Well", "punctuation": None},
        {"begin_time": 400, "end_time": 400, "text": "", "punctuation": "…"},
        {"begin_time": 3100, "end_time": 3600, "text": " late ", "punctuation": "."},
    ]
    said = {"begin_time": 0, "end_time": 3500, "text": " Well… late. ", "words": words, "emotion": "happy"}
    standin.result = {
        "transcripts": [{"channel_id": 0, "sentences": [said, {"begin_time": 5, "end_time": 9, "text": " "}]}]
    }
    (segment,) = finished(qwen, recording, notebook, clock).segments
    assert (segment.start, segment.end, segment.text) == (0.0, 3.0, "Well… late.")
    assert segment.words == (Word(0.0, 0.4, "Well…"), Word(3.0, 3.0, "late."))


def test_a_sentence_whose_words_have_no_times_keeps_its_text(
    qwen: Qwen, recording: Recording, notebook: Notebook, clock: Clock, standin: QwenStandin
) -> None:
    said = {"begin_time": 0, "end_time": 900, "text": "Well.", "words": [{"text": "Well", "punctuation": "."}]}
    standin.result = {"transcripts": [{"sentences": [said]}]}
    heard = finished(qwen, recording, notebook, clock)
    assert [(segment.text, segment.words) for segment in heard.segments] == [("Well.", None)]
    assert (heard.language, heard.word_times) == (None, "none")


def test_models_with_speakers_name_them_in_the_order_they_speak(
    make: Callable[..., Qwen], recording: Recording, notebook: Notebook, clock: Clock, standin: QwenStandin
) -> None:
    standin.script = lines((2.0, 2.5, "A", "Late."), (0.0, 0.9, "B", "Early."), (1.0, 1.9, "A", "Then me."))
    qwen = make(model="qwen-audio-3.0-asr-flash-filetrans")
    wishes = Wishes(language="en", speakers_expected=2, vocabulary=("Kubernetes",))
    heard = finished(qwen, recording, notebook, clock, wishes)
    assert [(segment.speaker, segment.text) for segment in heard.segments] == [
        ("S1", "Early."),
        ("S2", "Then me."),
        ("S2", "Late."),
    ]
    assert (heard.billed_seconds, heard.word_times) == (3.0, "measured")
    assert standin.orders[0]["parameters"] == {
        "channel_id": [0],
        "diarization_enabled": True,
        "language_hints": ["en"],
        "speaker_count": 2,
        "vocabulary": {"Kubernetes": 4},
    }


@pytest.mark.parametrize("code", ["SUCCESS_WITH_NO_VALID_FRAGMENT", "ASR_RESPONSE_HAVE_NO_WORDS"])
@pytest.mark.parametrize("model", ["qwen3-asr-flash-filetrans", "fun-asr"])
def test_silence_is_no_failure(
    make: Callable[..., Qwen],
    recording: Recording,
    notebook: Notebook,
    clock: Clock,
    standin: QwenStandin,
    code: str,
    model: str,
) -> None:
    standin.fail_next_task(code)
    heard = finished(make(model=model), recording, notebook, clock)
    assert (heard.segments, heard.language, heard.word_times) == ((), None, "none")


def test_a_result_without_sentences_is_silence(
    qwen: Qwen, recording: Recording, notebook: Notebook, clock: Clock
) -> None:
    assert finished(qwen, recording, notebook, clock).segments == ()


@pytest.mark.parametrize(
    "result",
    [
        b"<html>sorry</html>",
        b'{"transcripts": [{"sentences": [{"begin_time": "soon", "end_time": 1, "text": "x"}]}]}',
        b'{"transcripts": [{"sentences": [{"begin_time": NaN, "end_time": 1, "text": "x"}]}]}',
        b"[]",
    ],
)
def test_a_result_that_cannot_be_read_is_the_providers_fault(
    qwen: Qwen, recording: Recording, notebook: Notebook, clock: Clock, standin: QwenStandin, result: bytes
) -> None:
    standin.result = result
    with pytest.raises(ProviderError):
        finished(qwen, recording, notebook, clock)


# Submits: never twice where it may be charged twice


@pytest.mark.parametrize("accepted", [True, False])
def test_a_submit_whose_answer_was_lost_is_never_sent_again(
    qwen: Qwen, recording: Recording, notebook: Notebook, standin: QwenStandin, accepted: bool
) -> None:
    standin.cut_next_submit(accepted=accepted)
    for _ in range(3):
        with pytest.raises(ProviderTimeout):
            qwen.advance(recording, Wishes(), notebook)
    assert standin.submits == 1


def test_a_submit_that_is_not_answered_in_time_is_never_sent_again(
    make: Callable[..., Qwen], recording: Recording, notebook: Notebook, standin: QwenStandin
) -> None:
    standin.slow("submit", 30)
    with pytest.raises(ProviderTimeout):
        make(answer_seconds=0.3).advance(recording, Wishes(), notebook)
    assert (standin.submits, notebook.state["phase"]) == (1, "submitting")


def test_a_job_that_finds_a_submit_begun_gives_up(
    qwen: Qwen, recording: Recording, notebook: Notebook, standin: QwenStandin
) -> None:
    notebook.written.update(phase="submitting", task_id=None, tasks=1)
    with pytest.raises(ProviderTimeout):
        qwen.advance(recording, Wishes(), notebook)
    assert standin.requests == []


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (504, b'{"code": "GatewayTimeout", "message": "later"}'),
        (500, b'{"code": "RequestTimeOut", "message": "later"}'),
        (502, b"<html>bad gateway</html>"),
        (503, b""),
        (200, b"<html>welcome</html>"),
        (200, b'{"request_id": "r", "output": {"task_status": "PENDING"}}'),
        (500, b'{"code": "InternalError", "output": {"task_id": "8fab76d0"}}'),
    ],
)
def test_an_answer_that_leaves_open_whether_it_was_taken_is_never_asked_for_again(
    qwen: Qwen, recording: Recording, notebook: Notebook, standin: QwenStandin, status: int, body: bytes
) -> None:
    standin.answer_next("submit", status, body)
    with pytest.raises(ProviderTimeout):
        qwen.advance(recording, Wishes(), notebook)
    assert standin.submits == 1


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (429, "Throttling.RateQuota"),
        (429, "LimitRequests"),
        (429, ""),
        (500, "InternalError"),
        (503, "ModelUnavailable"),
        (200, "Throttling"),
    ],
)
def test_a_submit_that_was_surely_not_taken_is_sent_again(
    qwen: Qwen, recording: Recording, notebook: Notebook, standin: QwenStandin, status: int, code: str
) -> None:
    standin.refuse_next("submit", status, code, count=2)
    assert qwen.advance(recording, Wishes(), notebook) == Later(2.0)
    assert (standin.submits, len(standin.tasks)) == (3, 1)


def test_between_two_submits_the_notebook_says_that_none_is_under_way(
    qwen: Qwen, recording: Recording, notebook: Notebook, standin: QwenStandin
) -> None:
    standin.refuse_next("submit", 429, "Throttling")
    qwen.advance(recording, Wishes(), notebook)
    assert [kept["phase"] for kept in notebook.kept] == ["submitting", "refused", "submitting", "submitted"]


def test_throttling_waits_as_long_as_it_is_told(
    qwen: Qwen, recording: Recording, notebook: Notebook, standin: QwenStandin, sleeps: list[float]
) -> None:
    standin.refuse_next("submit", 429, "Throttling.BurstRate", headers={"Retry-After": "17"})
    qwen.advance(recording, Wishes(), notebook)
    assert sum(sleeps) >= 17


def test_throttling_that_does_not_end_fails(
    qwen: Qwen, recording: Recording, notebook: Notebook, standin: QwenStandin
) -> None:
    standin.refuse_next("submit", 429, "Throttling", count=50)
    with pytest.raises(ProviderError):
        qwen.advance(recording, Wishes(), notebook)
    assert notebook.state["phase"] == "refused"
    assert standin.submits < 20


def test_a_service_that_is_not_there_is_asked_again_and_then_given_up(
    make: Callable[..., Qwen], recording: Recording, notebook: Notebook
) -> None:
    with pytest.raises(ProviderError):
        make(base_url="http://127.0.0.1:9/api/v1").advance(recording, Wishes(), notebook)
    assert [kept["phase"] for kept in notebook.kept][:3] == ["submitting", "refused", "submitting"]


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (400, "InvalidParameter", ProviderRejected),
        (400, "DataInspectionFailed", ProviderRejected),
        (413, "", ProviderRejected),
        (400, "Arrearage", ProviderError),
        (401, "InvalidApiKey", ProviderError),
        (403, "AccessDenied.Unpurchased", ProviderError),
        (403, "AllocationQuota.FreeTierOnly", ProviderError),
        (403, "", ProviderError),
        (404, "ModelNotFound", ProviderError),
        (429, "PrepaidBillOverdue", ProviderError),
        (429, "CommodityNotPurchased", ProviderError),
        (200, "InvalidApiKey", ProviderError),
    ],
)
def test_a_final_no_is_taken_at_once(
    qwen: Qwen,
    recording: Recording,
    notebook: Notebook,
    standin: QwenStandin,
    status: int,
    code: str,
    outcome: type[Outcome],
) -> None:
    standin.refuse_next("submit", status, code)
    with pytest.raises(outcome):
        qwen.advance(recording, Wishes(), notebook)
    assert standin.submits == 1


def test_a_wrong_key_is_refused_and_not_told_to_the_log(
    recording: Recording, notebook: Notebook, standin: QwenStandin, caplog: pytest.LogCaptureFixture
) -> None:
    key = "sk-0123456789abcdef0123456789abcdef"
    with caplog.at_level(logging.DEBUG), pytest.raises(ProviderError) as refused:
        Qwen(key, base_url=standin.base_url).advance(recording, Wishes(), notebook)
    assert "InvalidApiKey" in caplog.text
    assert key not in caplog.text + str(refused.value) + str(refused.value.__cause__)


def test_without_an_address_nothing_is_asked(
    qwen: Qwen, recording: Recording, notebook: Notebook, standin: QwenStandin, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ProviderError):
        qwen.advance(dataclasses.replace(recording, address=None), Wishes(), notebook)
    assert (standin.requests, notebook.kept) == ([], [])
    assert "no bucket" in caplog.text


# Looking


@pytest.mark.parametrize(
    ("status", "code"), [(503, "ModelUnavailable"), (504, ""), (429, "Throttling"), (200, "SystemError")]
)
def test_trouble_while_looking_is_waited_out(
    qwen: Qwen,
    recording: Recording,
    notebook: Notebook,
    clock: Clock,
    standin: QwenStandin,
    status: int,
    code: str,
) -> None:
    qwen.advance(recording, Wishes(), notebook)
    standin.refuse_next("look", status, code, count=3)
    standin.script = lines((0.0, 1.0, "A", "At last."))
    assert finished(qwen, recording, notebook, clock).segments[0].text == "At last."
    assert len(standin.tasks) == 1


def test_a_look_that_is_throttled_comes_back_when_it_is_told(
    qwen: Qwen, recording: Recording, notebook: Notebook, standin: QwenStandin
) -> None:
    qwen.advance(recording, Wishes(), notebook)
    standin.refuse_next("look", 429, "Throttling", headers={"Retry-After": "40"})
    assert qwen.advance(recording, Wishes(), notebook) == Later(40.0)


def test_an_unknown_account_while_looking_ends_it(
    qwen: Qwen, recording: Recording, notebook: Notebook, standin: QwenStandin
) -> None:
    qwen.advance(recording, Wishes(), notebook)
    standin.refuse_next("look", 401, "InvalidApiKey")
    with pytest.raises(ProviderError):
        qwen.advance(recording, Wishes(), notebook)


@pytest.mark.parametrize(("age_hours", "outcome"), [(1.0, ProviderError), (25.0, ProviderTimeout)])
def test_a_task_that_it_does_not_know_any_more_is_not_submitted_again(
    qwen: Qwen,
    recording: Recording,
    notebook: Notebook,
    clock: Clock,
    standin: QwenStandin,
    age_hours: float,
    outcome: type[Outcome],
) -> None:
    qwen.advance(recording, Wishes(), notebook)
    clock.advance(age_hours * HOURS)
    standin.tasks.clear()
    with pytest.raises(outcome):
        qwen.advance(recording, Wishes(), notebook)
    assert standin.submits == 1


def test_a_task_that_does_not_end_is_canceled_after_three_hours(
    qwen: Qwen, recording: Recording, notebook: Notebook, clock: Clock, standin: QwenStandin
) -> None:
    standin.pending_looks = 10_000
    qwen.advance(recording, Wishes(), notebook)
    clock.advance(3 * HOURS - 60)
    assert isinstance(qwen.advance(recording, Wishes(), notebook), Later)
    clock.advance(61)
    with pytest.raises(ProviderTimeout):
        qwen.advance(recording, Wishes(), notebook)
    assert standin.canceled == [notebook.state["task_id"]]


def test_a_result_that_was_ready_while_nobody_looked_is_still_taken(
    qwen: Qwen, recording: Recording, notebook: Notebook, clock: Clock, standin: QwenStandin
) -> None:
    standin.pending_looks = standin.running_looks = 0
    standin.script = lines((0.0, 1.0, "A", "Patience."))
    qwen.advance(recording, Wishes(), notebook)
    clock.advance(10 * HOURS)
    step = qwen.advance(recording, Wishes(), notebook)
    assert isinstance(step, Heard)


# Tasks that fail


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("FILE_TOO_LARGE", ProviderRejected),
        ("UNSUPPORTED_FORMAT", ProviderRejected),
        ("AUDIO_DURATION_TOO_LONG", ProviderRejected),
        ("NO_VALID_AUDIO_ERROR", ProviderRejected),
        ("DECODE_ERROR", ProviderRejected),
        ("InternalError.Timeout", ProviderTimeout),
        ("Arrearage", ProviderError),
        ("SOMETHING_NEW", ProviderError),
    ],
)
@pytest.mark.parametrize("model", ["qwen3-asr-flash-filetrans", "fun-asr"])
def test_a_task_that_failed_for_good_is_not_repeated(
    make: Callable[..., Qwen],
    recording: Recording,
    notebook: Notebook,
    clock: Clock,
    standin: QwenStandin,
    code: str,
    outcome: type[Outcome],
    model: str,
) -> None:
    standin.fail_next_task(code)
    with pytest.raises(outcome):
        finished(make(model=model), recording, notebook, clock)
    assert standin.submits == 1


@pytest.mark.parametrize("status", [403, 404])
def test_a_bucket_that_does_not_hand_out_the_recording_is_told_apart(
    qwen: Qwen,
    recording: Recording,
    notebook: Notebook,
    clock: Clock,
    bucket: LoopbackServer,
    caplog: pytest.LogCaptureFixture,
    status: int,
) -> None:
    bucket.routes["/a.wav"] = lambda exchange: exchange.reply(b"no", status=status)
    with caplog.at_level(logging.DEBUG), pytest.raises(ProviderRejected) as rejected:
        finished(qwen, recording, notebook, clock)
    assert rejected.value.message == NOT_READ
    assert f"FILE_{status}" in caplog.text
    assert "secret" not in caplog.text


def test_a_bucket_that_announces_no_length_is_not_read(
    qwen: Qwen, recording: Recording, notebook: Notebook, clock: Clock, bucket: LoopbackServer
) -> None:
    def endless(exchange: Exchange) -> None:
        exchange.head(200, {"Connection": "close"})
        exchange.wfile.write(recording.media.read_bytes())

    bucket.routes["/a.wav"] = endless
    with pytest.raises(ProviderRejected):
        finished(qwen, recording, notebook, clock)


@pytest.mark.parametrize("code", ["FILE_DOWNLOAD_FAILED", "FILE_SERVER_ERROR", "InternalError.Algo"])
def test_a_recording_that_could_not_be_fetched_goes_once_more_under_a_fresh_address(
    qwen: Qwen, recording: Recording, notebook: Notebook, clock: Clock, standin: QwenStandin, code: str
) -> None:
    standin.fail_next_task(code)
    standin.script = lines((0.0, 1.0, "A", "Second time."))
    assert finished(qwen, recording, notebook, clock).segments[0].text == "Second time."
    first, second = (order["input"]["file_url"] for order in standin.orders)
    assert (first[-8:], second[-8:]) == ("=secret1", "=secret2")


def test_a_recording_that_cannot_be_fetched_twice_fails(
    qwen: Qwen, recording: Recording, notebook: Notebook, clock: Clock, standin: QwenStandin
) -> None:
    standin.fail_next_task("FILE_DOWNLOAD_FAILED", count=5)
    with pytest.raises(ProviderError):
        finished(qwen, recording, notebook, clock)
    assert standin.submits == 2


def test_a_lost_answer_to_the_second_submit_is_not_asked_for_again_either(
    qwen: Qwen, recording: Recording, notebook: Notebook, clock: Clock, standin: QwenStandin
) -> None:
    standin.fail_next_task("FILE_DOWNLOAD_FAILED")
    qwen.advance(recording, Wishes(), notebook)
    standin.cut_next_submit(accepted=True)
    for _ in range(2):
        with pytest.raises(ProviderTimeout):
            finished(qwen, recording, notebook, clock)
    assert standin.submits == 2


# Results


def test_an_expired_address_of_the_result_is_renewed(
    qwen: Qwen, recording: Recording, notebook: Notebook, clock: Clock, standin: QwenStandin
) -> None:
    standin.expire_results(1)
    standin.script = lines((0.0, 1.0, "A", "Fresh."))
    assert finished(qwen, recording, notebook, clock).segments[0].text == "Fresh."


def test_an_address_that_is_expired_again_fails(
    qwen: Qwen, recording: Recording, notebook: Notebook, clock: Clock, standin: QwenStandin
) -> None:
    standin.expire_results(2)
    with pytest.raises(ProviderError):
        finished(qwen, recording, notebook, clock)
    assert standin.submits == 1


def test_a_result_that_does_not_come_is_fetched_later(
    qwen: Qwen, recording: Recording, notebook: Notebook, clock: Clock, standin: QwenStandin
) -> None:
    standin.answer_next("result", 503, b"<Error/>")
    standin.script = lines((0.0, 1.0, "A", "Later."))
    assert finished(qwen, recording, notebook, clock).segments[0].text == "Later."
    assert len(standin.tasks) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://results.example.com/a.json?Signature=secret",
        "https://aliyuncs.com.example.com/a.json?Signature=secret",
        "https://notaliyuncs.com/a.json",
        "https://user:secret@bucket.aliyuncs.com/a.json",
        "https://bucket.aliyuncs.com:8443/a.json",
        "file:///etc/passwd",
        "",
    ],
)
def test_a_result_is_fetched_from_the_services_own_hosts_only(
    qwen: Qwen,
    recording: Recording,
    notebook: Notebook,
    clock: Clock,
    standin: QwenStandin,
    caplog: pytest.LogCaptureFixture,
    url: str,
) -> None:
    standin.result_url = url
    with caplog.at_level(logging.DEBUG), pytest.raises(ProviderError):
        finished(qwen, recording, notebook, clock)
    assert "secret" not in caplog.text


def test_loopback_is_no_place_for_a_result_unless_the_operator_says_so(
    make: Callable[..., Qwen], recording: Recording, notebook: Notebook, clock: Clock, standin: QwenStandin
) -> None:
    with pytest.raises(ProviderError):
        finished(make(result_hosts_allowed=frozenset()), recording, notebook, clock)
    assert not any(path.startswith("/results/") for _, path in standin.requests)


def test_a_result_that_is_too_long_is_not_taken(
    qwen: Qwen,
    recording: Recording,
    notebook: Notebook,
    clock: Clock,
    standin: QwenStandin,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("speech.providers.qwen_service.MAX_RESULT_BYTES", 1000)
    standin.result = b" " * 2000
    with pytest.raises(ProviderError):
        finished(qwen, recording, notebook, clock)


def test_a_result_that_is_named_with_http_is_fetched_with_https() -> None:
    service = Service(API_KEY, "http://127.0.0.1:9", result_hosts_allowed=frozenset({"127.0.0.1"}), answer_seconds=1)
    assert service._result_url("http://a.oss.aliyuncs.com:80/p/r.json?E=1&S=2%3D#x") == (
        "https://a.oss.aliyuncs.com/p/r.json?E=1&S=2%3D"
    )
    assert service._result_url("http://127.0.0.1:5000/r.json?S=1") == "http://127.0.0.1:5000/r.json?S=1"


def test_a_name_of_theirs_that_leads_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = lay_wire(monkeypatch)
    wire.names["a.aliyuncs.com"] = [["10.0.0.1"]]
    service = Service(API_KEY, "http://127.0.0.1:9", result_hosts_allowed=frozenset(), answer_seconds=1)
    with pytest.raises(ResultRefused):
        service.result("https://a.aliyuncs.com/r.json")
    assert wire.connected == []


def test_a_result_that_cannot_be_reached_may_come_later(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = lay_wire(monkeypatch)
    wire.names["a.aliyuncs.com"] = [[PUBLIC]]
    service = Service(API_KEY, "http://127.0.0.1:9", result_hosts_allowed=frozenset(), answer_seconds=1)
    with pytest.raises(Unclear):
        service.result("https://a.aliyuncs.com/r.json")
    assert wire.connected == [PUBLIC]


def test_a_result_that_breaks_off_is_fetched_again(
    qwen: Qwen, recording: Recording, notebook: Notebook, clock: Clock, standin: QwenStandin, bucket: LoopbackServer
) -> None:
    whole = b'{"transcripts": [{"sentences": [{"begin_time": 0, "end_time": 900, "text": "Whole."}]}]}'
    lengths = iter([len(whole) + 10])
    bucket.routes["/r.json"] = lambda exchange: exchange.reply(
        whole, headers={"Content-Length": str(next(lengths, len(whole)))}
    )
    standin.result_url = bucket.url("/r.json")
    assert finished(qwen, recording, notebook, clock).segments[0].text == "Whole."
    assert bucket.paths.count("/r.json") == 2


def test_a_redirect_is_not_followed(
    qwen: Qwen, recording: Recording, notebook: Notebook, clock: Clock, standin: QwenStandin, bucket: LoopbackServer
) -> None:
    bucket.routes["/r.json"] = lambda exchange: exchange.redirect(bucket.url("/other.json"))
    standin.result_url = bucket.url("/r.json")
    with pytest.raises(ProviderError):
        finished(qwen, recording, notebook, clock)
    assert "/other.json" not in bucket.paths


# Canceling, and losing the transcription


def test_a_pending_task_is_canceled(qwen: Qwen, recording: Recording, notebook: Notebook, standin: QwenStandin) -> None:
    qwen.advance(recording, Wishes(), notebook)
    qwen.cancel(notebook.state)
    assert standin.canceled == [notebook.state["task_id"]]


@pytest.mark.parametrize("state", [{}, {"phase": "submitting", "task_id": None}, {"task_id": "../../models"}])
def test_canceling_what_was_never_submitted_asks_nothing(
    qwen: Qwen, standin: QwenStandin, state: dict[str, object]
) -> None:
    qwen.cancel(state)
    assert standin.requests == []


def test_canceling_never_raises(
    qwen: Qwen, make: Callable[..., Qwen], recording: Recording, notebook: Notebook, standin: QwenStandin
) -> None:
    qwen.advance(recording, Wishes(), notebook)
    standin.refuse_next("cancel", 500, "InternalError")
    qwen.cancel(notebook.state)
    standin.pending_looks = 0
    qwen.cancel(notebook.state)
    make(base_url="http://127.0.0.1:9/api/v1").cancel(notebook.state)
    assert standin.canceled == []


def test_a_task_that_nobody_may_keep_is_canceled(
    qwen: Qwen, recording: Recording, notebook: Notebook, standin: QwenStandin
) -> None:
    notebook.lose_after_keeps = 1
    with pytest.raises(TakenOver):
        qwen.advance(recording, Wishes(), notebook)
    assert standin.canceled == list(standin.tasks)


def test_a_tick_that_raises_during_a_submit_leaves_the_task_known(
    qwen: Qwen, recording: Recording, notebook: Notebook, standin: QwenStandin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("speech.providers.qwen_attended.TICK_SECONDS", 0.05)
    standin.slow("submit", 0.3)
    notebook.lose_after_ticks = 1
    with pytest.raises(TakenOver):
        qwen.advance(recording, Wishes(), notebook)
    assert notebook.state["task_id"] in standin.tasks


def test_two_jobs_one_after_the_other_make_one_task(
    make: Callable[..., Qwen], recording: Recording, notebook: Notebook, clock: Clock, standin: QwenStandin
) -> None:
    standin.script = lines((0.0, 1.0, "A", "Once."))
    for _ in range(2):
        assert isinstance(make().advance(recording, Wishes(), notebook), Later)
    finished(make(), recording, notebook, clock)
    assert (standin.submits, standin.duplicates) == (1, {})


def test_nothing_secret_is_logged_on_the_way(
    qwen: Qwen,
    recording: Recording,
    notebook: Notebook,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO):
        finished(qwen, recording, notebook, clock)
    assert notebook.state["task_id"] in caplog.text
    assert "ignature" not in caplog.text
    assert API_KEY not in caplog.text
