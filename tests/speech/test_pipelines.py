"""The registry of pipelines."""

import subprocess
import sys

import pytest

from speech.pipelines import pipelines


def test_the_local_pipeline_is_named_after_its_model() -> None:
    assert list(pipelines("base")) == ["whisper-base"]


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
    assert list(pipelines(model)) == [code]


def test_whisper_knows_ninety_nine_languages() -> None:
    assert len(set(pipelines("base")["whisper-base"].languages)) == 99


def test_an_english_model_knows_english_only() -> None:
    assert pipelines("base.en")["whisper-base.en"].languages == ("en",)


def test_whisper_languages_are_those_of_its_tokenizer() -> None:
    tokenizer = pytest.importorskip("faster_whisper.tokenizer")

    assert set(pipelines("base")["whisper-base"].languages) == set(tokenizer._LANGUAGE_CODES) - {"yue"}


def test_what_forking_processes_import_loads_no_engine() -> None:
    program = (
        "import sys, speech.audio, speech.transcript, speech.pipelines, speech.engines.client, speech.engines.weights\n"
        "sys.exit(' '.join({'numpy', 'av', 'ctranslate2', 'onnxruntime', 'faster_whisper'} & set(sys.modules)))"
    )

    outcome = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert outcome.stderr.strip() == ""
