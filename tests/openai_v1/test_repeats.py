"""However often a client asks for the same, it pays once."""

import threading

import openai
import pytest

from blueprints.openai_v1 import transcriptions
from tests.openai_v1.conftest import Connect
from tests.openai_v1.test_formats import FILE, create
from tests.transcriber import Transcriber

KEY = {"Idempotency-Key": "mine"}


def test_the_clients_own_retries_wait_on(
    connect: Connect, transcriber: Transcriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcriptions, "PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.01)
    monkeypatch.setattr(transcriptions, "RETRY_AFTER_SECONDS", 0)
    transcriber.go_on.clear()
    threading.Timer(0.3, transcriber.go_on.set).start()

    made = create(connect(max_retries=20))

    assert made.text == "Hello there. Bye."
    assert len(transcriber.transcriptions()) == 1


def test_a_retry_after_a_lost_answer_gets_it_again(client: openai.OpenAI, transcriber: Transcriber) -> None:
    first = create(client)
    again = client.audio.transcriptions.with_raw_response.create(
        file=FILE, model="whisper-1", extra_headers={"X-Stainless-Retry-Count": "1"}
    )

    assert again.parse().text == first.text
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(transcriber.transcriptions()) == 1


def test_a_transcript_that_was_never_sent_is_not_made_twice(
    client: openai.OpenAI, transcriber: Transcriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcriptions, "PATIENCE_SECONDS", 0.0)
    with pytest.raises(openai.InternalServerError):
        create(client)
    monkeypatch.undo()

    assert create(client, response_format="text") == "Hello there. Bye.\n"
    assert len(transcriber.transcriptions()) == 1


def test_the_same_file_later_is_a_new_request(client: openai.OpenAI, transcriber: Transcriber) -> None:
    create(client)
    create(client)
    create(client, language="en")

    assert len(transcriber.transcriptions()) == 3


def test_an_idempotency_key_is_honoured(client: openai.OpenAI, transcriber: Transcriber) -> None:
    first, second = (create(client, extra_headers=KEY) for _ in range(2))

    assert first == second
    assert len(transcriber.transcriptions()) == 1
    with pytest.raises(openai.UnprocessableEntityError) as raised:
        create(client, file=("other.flac", b"other"), extra_headers=KEY)
    assert raised.value.code == "idempotency_key_reused"


def test_what_failed_is_tried_anew_with_the_same_key(client: openai.OpenAI, transcriber: Transcriber) -> None:
    transcriber.error = "provider_error"
    with pytest.raises(openai.InternalServerError):
        create(client, extra_headers=KEY)
    transcriber.error = None

    assert create(client, extra_headers=KEY).text == "Hello there. Bye."
    assert len(transcriber.transcriptions()) == 2


def test_the_same_at_once_is_one_transcription(connect: Connect, transcriber: Transcriber) -> None:
    client = connect(max_retries=5)
    texts: list[str] = []
    threads = [threading.Thread(target=lambda: texts.append(create(client).text)) for _ in range(4)]
    transcriber.go_on.clear()
    for thread in threads:
        thread.start()
    threading.Timer(0.5, transcriber.go_on.set).start()
    for thread in threads:
        thread.join()

    assert texts == ["Hello there. Bye."] * 4
    assert len(transcriber.transcriptions()) == 1


def test_another_account_never_meets_it(
    client: openai.OpenAI, transcriber: Transcriber, connect: Connect, charlies_key: str
) -> None:
    create(client, extra_headers=KEY)
    create(connect(api_key=charlies_key), extra_headers=KEY)

    assert len({row.account_id for row in transcriber.transcriptions()}) == 2
