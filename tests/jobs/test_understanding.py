"""The third stage in the test's own process, with vectors from a thread and a language model behind loopback."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

import runtime
from config import LlmEndpoint
from handlers import processing, transcriptions, writing
from handlers.processing import Engine
from handlers.understanding import understand_again
from insights.extraction import understanding
from insights.llm.client import Llm
from jobs import artifacts
from jobs.understanding import understand
from models import Account, Artifact, ArtifactKind, ArtifactStatus, Passage, Stage, Status, Transcription, WordTimes
from speech.transcript import Segment, Transcript
from tests.factories import make_transcription
from tests.insights.llm_standin import API_KEY, MODEL, ChatStandin
from tests.insights.writing.test_chapters import every_chapter

BEES = ("The bees make honey in the hive.", "A queen bee lays the eggs of the hive.", "Honey bees dance for flowers.")
BOATS = ("A boat needs a sail and a keel.", "The sail of the boat catches wind.", "Under the boat is a heavy keel.")
SAID = [*BEES * 4, *BOATS * 4]


pytestmark = pytest.mark.usefixtures("jobs_in_this_process")


@pytest.fixture
def chat() -> Iterator[ChatStandin]:
    standin = ChatStandin()
    yield standin
    standin.close()


@pytest.fixture
def heard(session: Session, alice: Account) -> Transcription:
    """Transcribed, paid for by a hold, and waiting to be understood."""
    transcription = make_transcription(
        session, alice, stage=Stage.TRANSCRIBING, duration_seconds=240.0, quoted_microusd=20_000, language="en"
    )
    lease = processing.claim(session, transcription.public_id, Stage.TRANSCRIBING, "test")
    assert lease is not None
    segments = tuple(
        Segment(10.0 * number, 10.0 * number + 9, words, speaker=f"S{number % 2 + 1}")
        for number, words in enumerate(SAID)
    )
    processing.keep_transcript(
        session, lease, Transcript("en", 240.0, 216.0, segments, 216.0), Engine("base", WordTimes.NONE)
    )
    session.commit()
    return transcription


def made(session: Session, transcription: Transcription) -> dict[ArtifactKind, Artifact]:
    session.expire_all()
    rows = session.scalars(select(Artifact).where(Artifact.transcription_id == transcription.id))
    return {row.kind: row for row in rows}


def passages(session: Session, transcription: Transcription) -> list[Passage]:
    query = select(Passage).where(Passage.transcription_id == transcription.id).order_by(Passage.ordinal)
    return list(session.scalars(query))


def test_what_was_heard_waits_to_be_understood(session: Session, heard: Transcription) -> None:
    assert (heard.status, heard.public_stage, heard.charged_microusd) == (Status.PROCESSING, "understanding", None)
    assert {artifact.status for artifact in made(session, heard).values()} == {ArtifactStatus.PENDING}


@pytest.mark.usefixtures("embeddings")
def test_a_transcript_is_understood_completed_and_charged(session: Session, heard: Transcription) -> None:
    understand(heard.public_id)

    by_kind = made(session, heard)
    assert {artifact.status for artifact in by_kind.values()} == {ArtifactStatus.READY}
    assert {artifact.engine for artifact in by_kind.values()} == {"extractive", "hybrid"}
    assert (heard.status, heard.progress, heard.to_understand) == (Status.COMPLETED, 1.0, False)
    assert heard.charged_microusd == heard.quoted_microusd


@pytest.mark.usefixtures("embeddings")
def test_chapters_cover_the_whole(session: Session, heard: Transcription) -> None:
    understand(heard.public_id)

    chapters = made(session, heard)[ArtifactKind.CHAPTERS].content
    assert (chapters[0]["start"], chapters[-1]["end"]) == (0.0, 240.0)
    assert [chapter["end"] for chapter in chapters[:-1]] == [chapter["start"] for chapter in chapters[1:]]
    assert all(chapter["title"] and chapter["summary"] in SAID for chapter in chapters)


@pytest.mark.usefixtures("embeddings")
def test_every_point_of_the_summary_was_said_when_it_says(session: Session, heard: Transcription) -> None:
    understand(heard.public_id)

    bullets = made(session, heard)[ArtifactKind.SUMMARY].content["bullets"]
    assert bullets
    assert all(SAID[int(bullet["start"] / 10)].startswith(bullet["text"][:20]) for bullet in bullets)


@pytest.mark.usefixtures("embeddings")
def test_what_the_search_finds_has_meaning_and_words(session: Session, heard: Transcription) -> None:
    understand(heard.public_id)

    found = passages(session, heard)
    assert found
    assert all(passage.embedding is not None for passage in found)
    assert (found[0].start, found[-1].end) == (0.0, 239.0)


def test_without_embeddings_words_alone_are_found_and_the_search_says_failed(
    session: Session, heard: Transcription, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artifacts, "EMBED_SECONDS", 0.05)

    understand(heard.public_id)

    by_kind = made(session, heard)
    assert by_kind[ArtifactKind.SEARCH].status is ArtifactStatus.FAILED
    assert by_kind[ArtifactKind.CHAPTERS].status is ArtifactStatus.READY
    assert [passage.embedding for passage in passages(session, heard)] == [None] * len(passages(session, heard))
    assert heard.status is Status.COMPLETED


def test_a_language_that_the_model_does_not_know_goes_by_words(session: Session, heard: Transcription) -> None:
    heard.language = "fi"
    session.commit()

    understand(heard.public_id)

    search = made(session, heard)[ArtifactKind.SEARCH]
    assert (search.status, search.engine, search.model) == (ArtifactStatus.READY, "words", None)


@pytest.mark.usefixtures("embeddings")
def test_where_no_engine_told_the_language_the_words_do(session: Session, heard: Transcription) -> None:
    heard.language = None
    session.commit()

    understand(heard.public_id)

    session.refresh(heard)
    assert heard.language == "en"


@pytest.mark.usefixtures("embeddings")
def test_one_artifact_that_fails_takes_no_other_along(
    session: Session, heard: Transcription, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> Any:
        raise RuntimeError("a bug in topics")

    monkeypatch.setattr(understanding, "topics_of", breaks)

    understand(heard.public_id)

    by_kind = made(session, heard)
    assert [kind for kind, artifact in by_kind.items() if artifact.status is ArtifactStatus.FAILED] == [
        ArtifactKind.TOPICS
    ]
    assert (heard.status, heard.charged_microusd) == (Status.COMPLETED, heard.quoted_microusd)


def test_a_job_that_keeps_crashing_costs_no_transcript(session: Session, heard: Transcription) -> None:
    for _ in range(processing.MAX_CRASHES):
        processing.claim(session, heard.public_id, Stage.UNDERSTANDING, "dies")
        session.execute(text("UPDATE transcriptions SET lease_until = now() - interval '1 second'"))
    session.commit()

    understand(heard.public_id)

    by_kind = made(session, heard)
    assert {artifact.status for artifact in by_kind.values()} == {ArtifactStatus.FAILED}
    assert (heard.status, heard.charged_microusd) == (Status.COMPLETED, heard.quoted_microusd)


@pytest.mark.usefixtures("embeddings")
def test_understanding_again_is_free_and_replaces_what_was_there(
    session: Session, alice: Account, heard: Transcription
) -> None:
    understand(heard.public_id)
    before = made(session, heard)[ArtifactKind.SUMMARY].made_at
    charged, completed_at = heard.charged_microusd, heard.completed_at

    pending = understand_again(session, alice, heard.public_id)
    assert {artifact.status for artifact in pending.artifacts} == {ArtifactStatus.PENDING}
    assert (pending.status, pending.public_stage) == (Status.COMPLETED, None)
    session.commit()
    understand(heard.public_id)

    after = made(session, heard)[ArtifactKind.SUMMARY]
    assert (after.status, after.made_at) != (ArtifactStatus.READY, before)
    assert (heard.charged_microusd, heard.completed_at) == (charged, completed_at)


@pytest.mark.usefixtures("embeddings")
def test_the_search_learns_a_speakers_name(session: Session, alice: Account, heard: Transcription) -> None:
    understand(heard.public_id)
    session.expire_all()

    transcriptions.update_transcription(session, alice, heard.public_id, speaker_names={"S1": "Ada"})
    session.commit()
    understand(heard.public_id)

    assert {name for passage in passages(session, heard) for name in passage.speakers} == {"Ada", "S2"}
    assert {artifact.status for artifact in made(session, heard).values()} == {ArtifactStatus.READY}


@pytest.mark.usefixtures("embeddings")
def test_what_a_language_model_does_not_write_is_extracted(
    session: Session, heard: Transcription, chat: ChatStandin, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(chat, monkeypatch)
    chat.say("this is no JSON")

    understand(heard.public_id)

    assert {artifact.engine for artifact in made(session, heard).values()} == {"extractive", "hybrid"}
    assert chat.asked


@pytest.mark.usefixtures("embeddings")
def test_a_language_model_writes_what_it_can(
    session: Session, heard: Transcription, chat: ChatStandin, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(chat, monkeypatch)
    chat.say(every_chapter)

    understand(heard.public_id)

    by_kind = made(session, heard)
    chapters, summary = by_kind[ArtifactKind.CHAPTERS], by_kind[ArtifactKind.SUMMARY]
    assert (chapters.engine, chapters.model, chapters.content[0]["title"]) == ("llm", MODEL, "Title 1")
    assert (summary.engine, summary.status) == ("extractive", ArtifactStatus.READY)


def use(chat: ChatStandin, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the job use the language model behind the stand-in."""
    endpoint = LlmEndpoint(chat.url, MODEL, API_KEY, 5, 8192)
    configured = replace(runtime.config(), llm=endpoint)
    monkeypatch.setattr(writing, "config", lambda: configured)
    monkeypatch.setattr(writing, "llm", lambda: Llm(**asdict(endpoint)))
