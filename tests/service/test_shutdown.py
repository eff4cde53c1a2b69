"""A deploy: everything is asked to stop in the middle of a recognition, and goes on with it when it is there again."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bench.running import Api, served
from processes.embedded import ensure_postgres
from speech.engines.weights import is_packaged
from tests.faults.running import Service
from tests.service.test_whole_service import make_recordings, until

pytestmark = [
    pytest.mark.whole,
    pytest.mark.engine,
    pytest.mark.skipif(not is_packaged(), reason="the packaged weights are not installed"),
]


def test_P13_a_service_that_is_stopped_hands_its_transcription_back(tmp_path: Path) -> None:
    recordings = tmp_path / "recordings"
    recordings.mkdir()
    make_recordings(recordings)
    service = Service(tmp_path / "data", tmp_path / "log", {"SHUTDOWN_GRACE_SECONDS": "1"})
    service.start()
    try:
        with served(recordings) as files:
            api = Api(service.url, service.make_key("you@localhost"))
            body = {"source": "external_url", "url": f"{files}/longest.wav", "diarize": False}
            made = api.call("POST", "/transcriptions", body)
            path = f"/transcriptions/{made['id']}"
            until(lambda: api.call("GET", path)["progress"] > 0.12, seconds=300)
            service.stop()
            assert handed_back(service.data_dir, made["id"])
            service.start()
            until(lambda: api.call("GET", path)["status"] == "completed", seconds=300)
            assert api.call("GET", path)["cost"]["charged_usd"] == "0.018334"
    finally:
        service.stop()


def handed_back(data_dir: Path, public_id: str) -> bool:
    """Whether any worker may begin it at once, and it was no crash."""
    query = text(
        "SELECT status, stage, lease_token, crashes, due_at <= now() FROM transcriptions WHERE public_id = :id"
    )
    with ensure_postgres(data_dir) as at:
        engine = create_engine(at.database_url)
        with engine.connect() as connection:
            row = connection.execute(query, {"id": public_id}).one()
        engine.dispose()
    return tuple(row) == ("processing", "transcribing", None, 0, True)
