"""A deploy: everything is asked to stop in the middle of a transcription, and goes on with it when it is back."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bench.running import Api, served
from processes.embedded import ensure_postgres
from speech.engines.weights import is_packaged
from tests.faults.plan import OPENAI
from tests.faults.running import Service
from tests.faults.town import SCRIPT, make_clip
from tests.providers import openai_standin
from tests.providers.openai_standin import OpenAiStandin

pytestmark = [
    pytest.mark.whole,
    pytest.mark.engine,
    pytest.mark.skipif(not is_packaged(), reason="the packaged weights are not installed"),
]

# A busy machine takes minutes to start all of it.
PATIENCE_SECONDS = 300.0


def test_P13_a_service_that_is_stopped_hands_its_transcription_back(tmp_path: Path) -> None:
    recordings = tmp_path / "recordings"
    recordings.mkdir()
    openai = OpenAiStandin()
    openai.listen(make_clip(recordings), SCRIPT)
    openai.slow_next(PATIENCE_SECONDS)
    settings = {
        "OPENAI_API_KEY": openai_standin.API_KEY,
        "OPENAI_BASE_URL": openai.url,
        "SHUTDOWN_GRACE_SECONDS": "1",
    }
    service = Service(tmp_path / "data", tmp_path / "log", settings)
    service.start()
    try:
        with served(recordings) as files:
            api = Api(service.url, service.first_key)
            body = {"source": "external_url", "url": f"{files}/clip.wav", "pipeline_code": OPENAI, "diarize": False}
            made = api.call("POST", "/transcriptions", body)
            assert openai.arrived.wait(PATIENCE_SECONDS)
            service.stop()
            assert state(service.data_dir, made["id"]) == ("processing", "transcribing", None, 0, True)
            service.start()
            assert api.final(made, seconds=PATIENCE_SECONDS)["status"] == "completed"
    finally:
        service.stop()
        openai.close()
    assert openai.requests == 2


def state(data_dir: Path, public_id: str) -> tuple[object, ...]:
    """Status, stage, lease, how many crashes, and whether any worker may begin it now."""
    query = text(
        "SELECT status, stage, lease_token, crashes, due_at <= now() FROM transcriptions WHERE public_id = :id"
    )
    with ensure_postgres(data_dir) as at:
        engine = create_engine(at.database_url)
        with engine.connect() as connection:
            row = connection.execute(query, {"id": public_id}).one()
        engine.dispose()
    return tuple(row)
