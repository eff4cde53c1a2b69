"""The registry of pipelines."""

import subprocess
import sys

import pytest

from billing.prices import DEFAULT_TARIFF
from speech.pipelines import Hosting, pipelines


def test_the_local_pipeline_is_named_after_its_model_and_comes_first() -> None:
    assert next(iter(pipelines("base", {}))) == "whisper-base"


def test_hosted_pipelines_are_listed_and_need_a_key() -> None:
    listed = pipelines("base", {"mistral": Hosting(api_key="hush", model="voxtral-mini-transcribe-3-0")})

    assert {code: pipeline.is_available for code, pipeline in listed.items()} == {
        "whisper-base": True,
        "qwen3-asr-flash-filetrans": False,
        "gpt-4o-transcribe-diarize": False,
        "voxtral-mini-transcribe": True,
    }
    assert listed["voxtral-mini-transcribe"].model == "voxtral-mini-transcribe-3-0"
    assert "hush" not in repr(Hosting(api_key="hush"))


def test_every_pipeline_has_a_price() -> None:
    assert [DEFAULT_TARIFF.list_price_per_minute(code) for code in pipelines("base", {})]


@pytest.mark.parametrize(
    ("model", "code"),
    [
        ("large-v3", "whisper-large-v3"),
        ("/srv/models/My Model_7/", "whisper-my-model-7"),
        ("Systran/faster-whisper-small", "whisper-small"),
        ("/", "whisper-custom"),
    ],
)
def test_a_code_is_made_of_the_models_last_name(model: str, code: str) -> None:
    assert next(iter(pipelines(model, {}))) == code


def test_whisper_knows_ninety_nine_languages() -> None:
    assert len(set(pipelines("base", {})["whisper-base"].languages)) == 99


def test_an_english_model_knows_english_only() -> None:
    assert pipelines("base.en", {})["whisper-base.en"].languages == ("en",)


def test_whisper_languages_are_those_of_its_tokenizer() -> None:
    tokenizer = pytest.importorskip("faster_whisper.tokenizer")

    assert set(pipelines("base", {})["whisper-base"].languages) == set(tokenizer._LANGUAGE_CODES) - {"yue"}


def test_what_forking_processes_import_loads_no_engine() -> None:
    program = (
        "import sys, speech.audio, speech.transcript, speech.pipelines, speech.engines.client, speech.engines.weights\n"
        "sys.exit(' '.join({'numpy', 'av', 'ctranslate2', 'onnxruntime', 'faster_whisper'} & set(sys.modules)))"
    )

    outcome = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert outcome.stderr.strip() == ""
