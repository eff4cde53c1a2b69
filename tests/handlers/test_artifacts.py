"""What is made of a transcript, and what becomes of it when the words change."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from handlers.artifacts import Made, fail_artifacts, keep_artifact, mark_stale, order_artifacts
from models import Account, ArtifactKind, Transcription
from tests.factories import make_completed

PATH = "/api/v1/transcriptions"


@pytest.fixture
def completed(session: Session, alice: Account) -> Transcription:
    return make_completed(session, alice)


def test_changed_words_make_stale_until_they_are_understood_again(
    session: Session, api: FlaskClient, completed: Transcription
) -> None:
    def stale() -> dict[str, bool]:
        session.commit()
        result = api.get(f"{PATH}/{completed.public_id}/result").get_json()
        return {name: part["stale"] for name, part in result["understanding"]["parts"].items()}

    mark_stale(session, completed)
    assert set(stale().values()) == {True}

    keep_artifact(session, completed, ArtifactKind.TOPICS, Made([], "extractive", None))
    assert stale() == {"chapters": True, "topics": False, "summary": True, "search": True}


def test_what_was_made_stays_while_it_is_made_again_and_when_that_fails(
    session: Session, api: FlaskClient, completed: Transcription
) -> None:
    before = api.get(f"{PATH}/{completed.public_id}/result").get_json()
    order_artifacts(session, completed)
    fail_artifacts(session, completed)
    session.commit()

    shown = api.get(f"{PATH}/{completed.public_id}").get_json()
    assert shown["artifacts"] == {"transcript": "ready", **dict.fromkeys(map(str, ArtifactKind), "failed")}
    assert api.get(f"{PATH}/{completed.public_id}/result").get_json() == before
