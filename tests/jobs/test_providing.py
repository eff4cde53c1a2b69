"""One step with a hosted engine: an answer completes, `Later` waits without a worker, a cancel is passed on."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import runtime
from db import transaction
from errors import AppError, PipelineUnavailable, ProviderError, ProviderRejected, ProviderTimeout, TranscriptionFailed
from handlers import sweeps, transcriptions
from handlers.processing import Engine, claim
from handlers.transcriptions import audio_key, provider_key, turns_key
from jobs import providing, queues
from jobs import transcriptions as stages
from jobs.queues import DUE, QueueName
from jobs.understanding import understand
from models import Account, Media, Source, Stage, Status, Transcription, WordTimes
from speech.pipelines import pipelines
from speech.providers.provider import Heard, Later, Notebook, Recording, State, Wishes
from speech.transcript import Segment, Transcript, Word
from tests.factories import commit, complete, make_media, make_transcription
from tests.jobs.scripted_engine import ScriptedEngine

CODE = "qwen3-asr-flash-filetrans"
HEARD = Heard((Segment(0.0, 2.0, "Hello there.", speaker="S1"),), "en", "scripted", "none", billed_seconds=2.0)


@dataclass
class ScriptedProvider:
    """Answers what it is told to, and remembers how it was asked."""

    answers: list[Heard | Later | Exception] = field(default_factory=list)
    asked: list[tuple[Recording, Wishes, State]] = field(default_factory=list)
    canceled: list[State] = field(default_factory=list)

    def advance(self, recording: Recording, wishes: Wishes, notebook: Notebook) -> Heard | Later:
        self.asked.append((recording, wishes, notebook.state))
        notebook.keep(task_id="t1", step=len(self.asked))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def cancel(self, state: State) -> None:
        self.canceled.append(state)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> ScriptedProvider:
    scripted = ScriptedProvider()
    installed = pipelines("base", {})
    for code in (CODE, "gpt-4o-transcribe-diarize"):
        installed[code] = replace(installed[code], is_available=True, connect=lambda: scripted)
    for module in ("runtime", "jobs.providing", "handlers.processing"):
        monkeypatch.setattr(f"{module}.installed_pipelines", lambda: installed)
    monkeypatch.setattr("jobs.stages.die_with_parent", lambda: None)
    monkeypatch.setattr("jobs.stages.signal.signal", lambda *_: None)
    monkeypatch.setattr("speech.engines.client.speech_spans", lambda *_, **__: [(0.0, 2.0)])
    return scripted


@pytest.fixture
def waiting(session: Session, alice: Account, provider: ScriptedProvider, embeddings: None) -> Iterator[Transcription]:
    """Decoded, held, and waiting for its provider."""
    media = make_media(session, alice)
    transcription = make_transcription(
        session,
        alice,
        pipeline_code=CODE,
        stage=Stage.TRANSCRIBING,
        source=Source.UPLOAD,
        url=None,
        media_id=media.id,
        duration_seconds=2.0,
        price_per_minute_microusd=28_500,
        quoted_microusd=950,
        language_requested="de",
        vocabulary=["Ada"],
    )
    pcm = runtime.config().scratch_dir / "pcm"
    pcm.write_bytes(bytes(64_000))
    runtime.store().put_file(audio_key(transcription.public_id), pcm)
    session.commit()
    yield transcription
    runtime.store().delete(audio_key(transcription.public_id))


def ask_provider(bell: str = DUE) -> None:
    """What the workers do who ask providers."""
    with transaction() as session:
        sweeps.mend_lines(session)
    stages.provide(bell)
    stages.poll(bell)


def step(session: Session, transcription: Transcription) -> None:
    session.execute(text("UPDATE transcriptions SET due_at = now() - interval '1 minute'"))
    session.commit()
    ask_provider()
    session.refresh(transcription)
    if transcription.public_stage == "understanding":
        understand(transcription.public_id)
        session.refresh(transcription)


def test_an_answer_completes_and_charges(session: Session, waiting: Transcription, provider: ScriptedProvider) -> None:
    provider.answers = [HEARD]

    step(session, waiting)

    assert (waiting.status, waiting.charged_microusd, waiting.language) == (Status.COMPLETED, 950, "en")
    assert (waiting.engine_model, waiting.word_times, waiting.billed_seconds) == ("scripted", "none", 2.0)
    [segment] = transcriptions.segments(session, waiting)
    assert (segment.text, segment.speaker, segment.words) == ("Hello there.", "S1", None)


def test_it_is_asked_for_what_its_owner_wished(
    session: Session, waiting: Transcription, provider: ScriptedProvider
) -> None:
    provider.answers = [HEARD]

    step(session, waiting)

    [(recording, wishes, state)] = provider.asked
    assert (wishes.language, wishes.diarize, wishes.vocabulary, state) == ("de", True, ("Ada",), {})
    assert (recording.duration_seconds, recording.content_type) == (2.0, "audio/flac")


@pytest.mark.parametrize(
    ("wishes", "speakers"),
    [({}, ["S1", "S2"]), ({"speakers_expected": 3}, ["S1", "S1"]), ({"diarize": False}, ["S1", "S1"])],
)
def test_the_channels_of_a_call_know_better_than_the_provider(
    session: Session,
    waiting: Transcription,
    provider: ScriptedProvider,
    wishes: dict[str, object],
    speakers: list[str],
) -> None:
    turns = runtime.config().scratch_dir / "turns"
    turns.write_text('[[0.0, 1.0, "left"], [1.0, 2.0, "right"]]')
    runtime.store().put_file(turns_key(waiting.public_id), turns)
    for name, value in wishes.items():
        setattr(waiting, name, value)
    session.commit()
    words = tuple(Word(number / 2, number / 2 + 0.5, text) for number, text in enumerate(["Is", "it?", "It", "is."]))
    one_voice = Segment(0.0, 1.0, "Is it?", words[:2], "S1"), Segment(1.0, 2.0, "It is.", words[2:], "S1")
    provider.answers = [replace(HEARD, segments=one_voice)]

    step(session, waiting)

    assert [segment.speaker for segment in transcriptions.segments(session, waiting)] == speakers
    assert runtime.store().size_bytes(turns_key(waiting.public_id)) is None


@pytest.mark.parametrize(("diarize", "speaker"), [(True, "S1"), (False, None)])
def test_who_speaks_is_found_by_us_where_the_provider_does_not_say(
    session: Session,
    waiting: Transcription,
    provider: ScriptedProvider,
    engine: ScriptedEngine,
    diarize: bool,
    speaker: str | None,
) -> None:
    waiting.diarize, waiting.speakers_expected = diarize, 2
    session.commit()
    provider.answers = [replace(HEARD, segments=(Segment(0.0, 2.0, "Hello there."),))]

    step(session, waiting)

    assert [segment.speaker for segment in transcriptions.segments(session, waiting)] == [speaker]
    assert [request["speakers_expected"] for request in engine.requests[1:]] == [2] * diarize


def test_later_lets_go_until_it_is_due(session: Session, waiting: Transcription, provider: ScriptedProvider) -> None:
    provider.answers = [Later(30.0), HEARD]
    step(session, waiting)
    due_in = text("SELECT extract(epoch FROM due_at - clock_timestamp()) FROM transcriptions")
    assert 25 < float(session.scalar(due_in) or 0) <= 30
    assert (waiting.status, waiting.lease_token, waiting.crashes) == (Status.PROCESSING, None, 0)

    ask_provider()  # A doorbell too early finds nothing to do.
    assert len(provider.asked) == 1

    step(session, waiting)
    assert provider.asked[1][2] == {"task_id": "t1", "step": 1}
    assert waiting.status is Status.COMPLETED


def test_what_waits_for_its_provider_is_rung_when_it_is_due(
    session: Session, waiting: Transcription, provider: ScriptedProvider
) -> None:
    provider.answers = [Later(0.0)]
    step(session, waiting)
    queues.connection().flushdb()

    commit(session, sweeps.ring_for_waiting)

    assert queues.waiting(QueueName.POLL) == {DUE}


def test_a_refusal_costs_nothing(session: Session, waiting: Transcription, provider: ScriptedProvider) -> None:
    provider.answers = [ProviderRejected()]

    step(session, waiting)

    assert (waiting.status, waiting.error_code, waiting.charged_microusd) == (Status.FAILED, "provider_rejected", 0)


def test_a_verdict_of_no_speech_is_silence(
    session: Session, waiting: Transcription, provider: ScriptedProvider
) -> None:
    provider.answers = [Heard((), None, "scripted", "none")]

    step(session, waiting)

    assert (waiting.status, waiting.charged_microusd) == (Status.COMPLETED, 0)
    assert [warning["code"] for warning in waiting.warnings] == ["no_speech"]


def test_a_cancel_reaches_the_provider_once(
    session: Session, alice: Account, waiting: Transcription, provider: ScriptedProvider
) -> None:
    provider.answers = [Later(30.0)]
    step(session, waiting)

    transcriptions.cancel_transcription(session, alice, waiting.public_id)
    session.commit()
    ask_provider(waiting.public_id)
    ask_provider(waiting.public_id)

    assert provider.canceled == [{"task_id": "t1", "step": 1}]
    assert len(provider.asked) == 1


def test_parts_of_an_answer_are_kept_until_the_end(
    session: Session, alice: Account, waiting: Transcription, provider: ScriptedProvider, tmp_path: Path
) -> None:
    lease = claim(session, waiting.public_id, Stage.TRANSCRIBING, "test")
    assert lease is not None
    notebook = providing.LeaseNotebook(lease, waiting, tmp_path)
    notebook.keep(chunks=1)
    notebook.keep_file("chunk-0.json", b"{}")
    key = provider_key(waiting.public_id, f"{CODE}/chunk-0.json")
    assert (notebook.kept_file("chunk-0.json"), notebook.kept_file("chunk-1.json")) == (b"{}", None)
    assert runtime.store().size_bytes(key) == 2

    with transaction() as another:
        transcriptions.cancel_transcription(another, alice, waiting.public_id)

    assert runtime.store().size_bytes(key) is None


def test_a_provider_fetches_from_the_customers_url_or_from_us(
    session: Session, waiting: Transcription, provider: ScriptedProvider
) -> None:
    media = session.get_one(Media, waiting.media_id)
    ours = providing._address(waiting, media)
    assert ours is not None
    assert ours().startswith("http://127.0.0.1:8000/store/")

    waiting.source, waiting.url = Source.EXTERNAL_URL, "https://example.com/a.mp3"
    theirs = providing._address(waiting, media)
    waiting.url_headers = {"X-Secret": "hush"}
    private = providing._address(waiting, media)

    assert theirs is not None
    assert private is not None
    assert theirs() == "https://example.com/a.mp3"
    assert "/store/" in private()


@pytest.mark.parametrize(("billed", "logged"), [(None, False), (3.9, False), (4.1, True), (0.0, False)])
def test_a_bill_for_another_length_is_logged(
    session: Session,
    waiting: Transcription,
    provider: ScriptedProvider,
    caplog: pytest.LogCaptureFixture,
    billed: float | None,
    logged: bool,
) -> None:
    provider.answers = [replace(HEARD, billed_seconds=billed)]

    step(session, waiting)

    assert ("bills another length" in caplog.text) is logged


# Falling back


def complete_locally(session: Session, transcription: Transcription) -> None:
    """As the local engine's job does, to which it was queued."""
    lease = claim(session, transcription.public_id, Stage.TRANSCRIBING, "test")
    assert lease is not None
    heard = Transcript("en", 2.0, 2.0, (Segment(0.0, 2.0, "Hello there.", speaker="S1"),), 2.0)
    complete(session, lease, heard, Engine("base", WordTimes.MEASURED))
    session.refresh(transcription)


@pytest.mark.parametrize("fault", [ProviderError(), ProviderRejected(), ProviderTimeout(), PipelineUnavailable()])
def test_a_providers_fault_lets_the_next_pipeline_take_over_at_its_price(
    session: Session, alice: Account, waiting: Transcription, provider: ScriptedProvider, fault: AppError
) -> None:
    alice.fallback_pipeline_codes = [CODE, "voxtral-mini-transcribe", "whisper-base"]
    provider.answers = [fault]

    step(session, waiting)

    assert (waiting.status, waiting.pipeline_code) == (Status.PROCESSING, "whisper-base")
    assert queues.waiting(QueueName.TRANSCRIBE) == {DUE}
    complete_locally(session, waiting)
    assert (waiting.status, waiting.quoted_microusd, waiting.charged_microusd) == (Status.COMPLETED, 950, 167)
    assert [warning["code"] for warning in waiting.warnings] == ["fell_back"]


@pytest.mark.parametrize(
    ("chain", "language", "fault"),
    [
        ([], "de", ProviderError()),
        ([CODE], "de", ProviderError()),
        (["gpt-4o-transcribe-diarize"], "de", ProviderError()),  # dearer
        (["whisper-base"], "xx", ProviderError()),  # a language it does not know
        (["voxtral-mini-transcribe"], "de", ProviderError()),  # no key
        (["gone"], "de", ProviderError()),
        (["whisper-base"], "de", TranscriptionFailed()),  # our own fault
    ],
)
def test_where_no_other_pipeline_can_take_over_it_fails(
    session: Session,
    alice: Account,
    waiting: Transcription,
    provider: ScriptedProvider,
    chain: list[str],
    language: str,
    fault: AppError,
) -> None:
    alice.fallback_pipeline_codes, waiting.language_requested = chain, language
    provider.answers = [fault]

    step(session, waiting)

    assert (waiting.status, waiting.error_code, waiting.charged_microusd) == (Status.FAILED, fault.code, 0)


def test_a_retry_begins_with_the_pipeline_that_was_asked_for(
    session: Session, alice: Account, waiting: Transcription, provider: ScriptedProvider
) -> None:
    alice.fallback_pipeline_codes = ["whisper-base"]
    provider.answers = [ProviderError()]
    step(session, waiting)
    transcriptions.cancel_transcription(session, alice, waiting.public_id)

    again = transcriptions.retry_transcription(session, alice, waiting.public_id)

    assert (again.pipeline_code, again.failed_pipeline_codes) == (CODE, [])
