"""The names of models, and what they stand for."""

import openai
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from blueprints.openai_v1.inputs import TranscriptionForm, terms_of
from blueprints.openai_v1.model_names import OTHERS, WHISPER, pipelines_by_name
from models import Account
from tests.transcriber import Transcriber


def test_models_are_our_pipelines_and_openais_names(client: openai.OpenAI) -> None:
    models = {model.id: model.to_dict() for model in client.models.list()}

    assert {"whisper-base", WHISPER, *OTHERS} == set(models)
    assert {model["pipeline_code"] for model in models.values()} == {"whisper-base"}
    assert client.models.retrieve(WHISPER).owned_by == "local"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("nothing")


def test_a_code_of_ours_without_its_key_says_so(api: FlaskClient) -> None:
    response = api.get("/v1/models/voxtral-mini-transcribe")

    assert (response.status_code, response.get_json()["error"]["code"]) == (409, "pipeline_unavailable")
    assert response.headers["X-Should-Retry"] == "false"


def test_openais_names_stand_for_the_accounts_default(alice: Account, session: Session, hosted: str) -> None:
    alice.default_pipeline_code = hosted

    named = {name: pipeline.code for name, pipeline in pipelines_by_name(alice).items()}

    assert (named["gpt-4o-transcribe"], named[WHISPER], named[hosted]) == (hosted, "whisper-base", hosted)


def test_a_file_becomes_a_transcription_like_any_other(
    client: openai.OpenAI, transcriber: Transcriber, api_of_bob: FlaskClient
) -> None:
    made = client.audio.transcriptions.with_raw_response.create(
        file=("../../a/Board meeting.flac", b"sound"), model="whisper-1", language="en", prompt="Ada, Meyer & Sons."
    )

    public_id = made.headers["X-Transcription-Id"]
    shape = api_of_bob.get(f"/api/v1/transcriptions/{public_id}/wait?timeout=10").get_json()
    assert (shape["title"], shape["source"], shape["status"]) == ("Board meeting.flac", "upload", "completed")
    assert shape["cost"]["charged_usd"] == "0.000167"
    assert api_of_bob.get("/api/v1/me").get_json()["month"]["spent_usd"] == "0.000167"
    (row,) = transcriber.transcriptions()
    assert (row.vocabulary, row.language_requested, row.diarize) == (["Ada", "Meyer & Sons"], "en", False)
    assert shape["api_key_id"] is not None


@pytest.mark.parametrize(
    ("prompt", "terms"),
    [
        ("", []),
        (
            "ZyntriQix, Digique Plus; CynapseFive\nVortiQore V8.",
            ["ZyntriQix", "Digique Plus", "CynapseFive", "VortiQore V8"],
        ),
        ("The following conversation is a lecture about the recent developments.", []),
        ("A" * 61, []),
    ],
)
def test_a_prompt_that_lists_terms_is_a_vocabulary(prompt: str, terms: list[str]) -> None:
    assert terms_of(prompt) == terms


def test_one_of_several_languages_is_found_out() -> None:
    def language(**fields: object) -> str:
        return TranscriptionForm.model_validate({"model": "m", **fields}).options("code").language

    assert [
        language(languages=["de"]),
        language(languages=["de", "en"]),
        language(language="fr", languages=["de"]),
    ] == [
        "de",
        "auto",
        "fr",
    ]
