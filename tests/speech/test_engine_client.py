"""The client against engines that are late, rude or dead."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from errors import TranscriptionFailed
from speech.diarization import SpeakerTurn
from speech.engines import client
from speech.transcript import Segment

DONE = {
    "type": "done",
    "model": "base",
    "language": "en",
    "duration_seconds": 2.0,
    "speech_seconds": 1.5,
    "transcribed_seconds": 1.5,
    "engine_seconds": 0.1,
}
SEGMENT = {"start": 0.0, "end": 1.0, "text": "Hi.", "words": None, "speaker": None, "confidence": 0.9}


class ScriptedEngine:
    """Listens when told to, answers one request with given lines, and hangs up."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.requests: list[dict[str, object]] = []
        self.listening = threading.Event()

    def answer(self, *messages: dict[str, object], after_seconds: float = 0.0, pause_seconds: float = 0.0) -> None:
        self.thread = threading.Timer(after_seconds, self._answer, (messages, pause_seconds))
        self.thread.start()
        if not after_seconds:
            assert self.listening.wait(5)

    def _answer(self, messages: tuple[dict[str, object], ...], pause_seconds: float) -> None:
        with socket.socket(socket.AF_UNIX) as socket_:
            socket_.bind(str(self.path))
            socket_.listen()
            self.listening.set()
            connection, _ = socket_.accept()
            with connection, connection.makefile("rb") as lines:
                self.requests.append(json.loads(lines.readline()))
                time.sleep(pause_seconds)
                with contextlib.suppress(BrokenPipeError):
                    connection.sendall(b"".join(json.dumps(message).encode() + b"\n" for message in messages))


@pytest.fixture
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScriptedEngine]:
    scripted = ScriptedEngine(tmp_path_factory.mktemp("e") / "s")
    yield scripted
    if hasattr(scripted, "thread"):
        scripted.thread.join(5)


def transcribe(
    engine: ScriptedEngine,
    *,
    on_tick: Callable[[], None] = lambda: None,
    on_segments: Callable[[tuple[Segment, ...]], None] = lambda segments: None,
    on_progress: Callable[[float, float], None] = lambda done, total: None,
    connect_seconds: float = 5.0,
) -> client.EngineResult:
    return client.transcribe(
        engine.path,
        Path("/nowhere/samples.pcm"),
        language="en",
        vocabulary=["Ada"],
        on_tick=on_tick,
        on_segments=on_segments,
        on_progress=on_progress,
        connect_seconds=connect_seconds,
    )


def test_the_result_holds_every_segment(engine: ScriptedEngine) -> None:
    engine.answer({"type": "segments", "segments": [SEGMENT]}, DONE)

    result = transcribe(engine)

    assert result.transcript.text == "Hi."
    assert (result.transcript.language, result.transcript.coverage, result.model) == ("en", 1.0, "base")


def test_the_request_names_the_samples_language_and_vocabulary(engine: ScriptedEngine) -> None:
    engine.answer(DONE)

    transcribe(engine)

    (request,) = engine.requests
    assert request == {
        "type": "transcribe",
        "pcm": "/nowhere/samples.pcm",
        "language": "en",
        "vocabulary": ["Ada"],
        "channel": None,
        "span": None,
    }


def test_a_plan_has_the_spans_of_its_chunks(engine: ScriptedEngine) -> None:
    engine.answer({"type": "waiting", "place": 1}, {"type": "plan", "spans": [[0, 270], [270, 500]], "language": "en"})

    plan = client.plan(
        engine.path, Path("/nowhere/samples.pcm"), channel=1, chunk_seconds=0.01, detect=True, on_tick=lambda: None
    )

    assert (plan.spans, plan.language) == (((0, 270), (270, 500)), "en")
    (request,) = engine.requests
    assert (request["type"], request["channel"], request["chunk_seconds"], request["detect"]) == ("plan", 1, 0.01, True)


def test_a_plan_that_fails_is_a_failure_of_the_transcription(engine: ScriptedEngine) -> None:
    engine.answer({"type": "error", "code": "transcription_failed", "message": "inner details"})

    with pytest.raises(TranscriptionFailed):
        client.plan(engine.path, Path("/nowhere"), chunk_seconds=1.0, detect=False, on_tick=lambda: None)


def test_segments_and_progress_are_told_as_they_come(engine: ScriptedEngine) -> None:
    told: list[object] = []
    engine.answer(
        {"type": "waiting", "place": 1},
        {"type": "segments", "segments": [SEGMENT]},
        {"type": "progress", "done_seconds": 1.0, "total_seconds": 2.0},
        DONE,
    )

    transcribe(engine, on_segments=told.extend, on_progress=lambda done, total: told.append((done, total)))

    assert told == [Segment(0.0, 1.0, "Hi.", confidence=0.9), (1.0, 2.0)]


def test_what_came_to_no_words_tells_no_language(engine: ScriptedEngine) -> None:
    engine.answer(DONE)

    assert transcribe(engine).transcript.language is None


def test_a_late_engine_is_waited_for(engine: ScriptedEngine) -> None:
    engine.answer(DONE, after_seconds=0.6)

    assert transcribe(engine).transcript.segments == ()


def test_an_engine_that_never_comes_is_unavailable(engine: ScriptedEngine) -> None:
    with pytest.raises(client.EngineUnavailable) as failure:
        transcribe(engine, connect_seconds=0.3)

    assert failure.value.transient


def test_a_connection_cut_in_the_middle_is_unavailable(engine: ScriptedEngine) -> None:
    engine.answer({"type": "segments", "segments": [SEGMENT]})

    with pytest.raises(client.EngineUnavailable):
        transcribe(engine)


def test_an_engine_that_reports_a_failure_is_not_tried_again(engine: ScriptedEngine) -> None:
    engine.answer({"type": "error", "code": "transcription_failed", "message": "inner details"})

    with pytest.raises(TranscriptionFailed) as failure:
        transcribe(engine)

    assert not failure.value.transient
    assert "inner details" not in failure.value.message


def test_ticks_go_on_while_the_engine_is_silent(engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "TICK_SECONDS", 0.05)
    ticks: list[float] = []
    engine.answer(DONE, pause_seconds=0.5)

    transcribe(engine, on_tick=lambda: ticks.append(time.monotonic()))

    assert len(ticks) >= 5


def test_a_tick_that_raises_ends_the_work(engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    class LeaseLost(Exception):
        pass

    def lose_the_lease() -> None:
        raise LeaseLost

    monkeypatch.setattr(client, "TICK_SECONDS", 0.05)
    engine.answer(pause_seconds=0.5)

    with pytest.raises(LeaseLost):
        transcribe(engine, on_tick=lose_the_lease)


def test_an_engine_that_hangs_is_given_up(engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "TICK_SECONDS", 0.05)
    monkeypatch.setattr(client, "SILENT_SECONDS", 0.2)
    engine.answer(pause_seconds=1.0)

    with pytest.raises(client.EngineUnavailable):
        transcribe(engine)


def take_voices(
    engine: ScriptedEngine,
    span: tuple[int, int] | None = None,
    on_progress: Callable[[float, float], None] = lambda done, total: None,
) -> None:
    client.take_voices(
        engine.path,
        Path("/nowhere/samples.pcm"),
        span=span,
        target=Path("/nowhere/voices"),
        on_tick=lambda: None,
        on_progress=on_progress,
        connect_seconds=5.0,
    )


def speaker_turns(engine: ScriptedEngine) -> list[SpeakerTurn]:
    return client.speaker_turns(
        engine.path,
        [(0, Path("/nowhere/first")), (270, Path("/nowhere/second"))],
        speakers_expected=2,
        on_tick=lambda: None,
        connect_seconds=5.0,
    )


def test_voices_are_taken_with_progress(engine: ScriptedEngine) -> None:
    told: list[tuple[float, float]] = []
    engine.answer(
        {"type": "waiting", "place": 1},
        {"type": "progress", "done_seconds": 1.0, "total_seconds": 2.0},
        {"type": "voices"},
    )

    take_voices(engine, on_progress=lambda done, total: told.append((done, total)))

    assert told == [(1.0, 2.0)]


@pytest.mark.parametrize(("span", "sent"), [(None, None), ((540, 320_000), [540, 320_000])])
def test_the_request_for_voices_names_samples_span_and_target(
    engine: ScriptedEngine, span: tuple[int, int] | None, sent: list[int] | None
) -> None:
    engine.answer({"type": "voices"})

    take_voices(engine, span)

    assert engine.requests == [
        {"type": "voices", "pcm": "/nowhere/samples.pcm", "span": sent, "target": "/nowhere/voices"}
    ]


def test_speaker_turns_come_in_order(engine: ScriptedEngine) -> None:
    engine.answer({"type": "waiting", "place": 1}, {"type": "speakers", "turns": [[0.5, 1.5, "S1"], [1.0, 2.0, "S2"]]})

    assert speaker_turns(engine) == [SpeakerTurn(0.5, 1.5, "S1"), SpeakerTurn(1.0, 2.0, "S2")]


def test_the_request_for_speakers_names_the_voices_and_how_many_are_expected(engine: ScriptedEngine) -> None:
    engine.answer({"type": "speakers", "turns": []})

    speaker_turns(engine)

    voices = [[0, "/nowhere/first"], [270, "/nowhere/second"]]
    assert engine.requests == [{"type": "speakers", "voices": voices, "speakers_expected": 2}]


@pytest.mark.parametrize("ask", [take_voices, speaker_turns])
def test_speakers_that_could_not_be_found_are_a_failure(
    engine: ScriptedEngine, ask: Callable[[ScriptedEngine], object]
) -> None:
    engine.answer({"type": "error", "code": "transcription_failed", "message": "inner details"})

    with pytest.raises(TranscriptionFailed) as failure:
        ask(engine)

    assert not failure.value.transient
    assert "inner details" not in failure.value.message


@pytest.mark.parametrize("ask", [take_voices, speaker_turns])
def test_an_engine_cut_off_while_it_finds_speakers_is_unavailable(
    engine: ScriptedEngine, ask: Callable[[ScriptedEngine], object]
) -> None:
    engine.answer({"type": "progress", "done_seconds": 1.0, "total_seconds": 2.0})

    with pytest.raises(client.EngineUnavailable):
        ask(engine)
