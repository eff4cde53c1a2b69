"""Another embedding model: nothing breaks before the rebuild, everything is indexed anew after it."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import search
from handlers.search import Place
from handlers.understanding import rebuild_search
from insights.search.indexing import dimensions, store_passages
from insights.search.passages import passages_of
from models import EMBEDDING_DIMENSIONS, Account, Artifact, ArtifactKind, ArtifactStatus, Segment, Transcription
from tests.embedder_standin import WordsModel
from tests.factories import make_completed


@pytest.fixture
def indexed(session: Session, alice: Account) -> Transcription:
    transcription = make_completed(session, alice, texts=["The bees make honey.", "A queen lays eggs."])
    segments = session.scalars(select(Segment).where(Segment.transcription_id == transcription.id)).all()
    passages = passages_of(segments, {})
    vectors = WordsModel().encode_document([passage.text for passage in passages])
    store_passages(session, alice.id, transcription.id, passages, configuration="english", vectors=vectors)
    session.commit()
    return transcription


def statuses(session: Session) -> dict[ArtifactKind, ArtifactStatus]:
    session.expire_all()
    return {artifact.kind: artifact.status for artifact in session.scalars(select(Artifact))}


@pytest.mark.usefixtures("embeddings")
def test_a_search_before_the_rebuild_goes_by_words(
    session: Session, alice: Account, indexed: Transcription, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert search.search(session, alice, "honey", Place(), limit=5).searched_by == "hybrid"
    rebuild_search(session, 768)

    found = search.search(session, alice, "honey", Place(), limit=5)

    assert (found.searched_by, len(found.moments)) == ("words", 1)


def test_a_rebuild_has_the_search_made_anew_and_nothing_else(session: Session, indexed: Transcription) -> None:
    assert rebuild_search(session, 8) == 1

    assert dimensions(session) == 8 != EMBEDDING_DIMENSIONS
    assert statuses(session)[ArtifactKind.SEARCH] is ArtifactStatus.PENDING
    assert statuses(session)[ArtifactKind.SUMMARY] is ArtifactStatus.READY


@pytest.mark.usefixtures("embeddings", "indexed")
def test_the_command_asks_the_model_how_long_its_vectors_are(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["search", "rebuild", "--json"])

    assert result.exit_code == 0, result.output
    assert '"dimensions": 384' in result.output


def test_the_command_says_what_to_do_where_no_model_answers(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commands.EMBEDDER_SECONDS", 0.05)

    result = app.test_cli_runner().invoke(args=["search", "rebuild"])

    assert result.exit_code == 1
    assert "Start the service" in result.output
