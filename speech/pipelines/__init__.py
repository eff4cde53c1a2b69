"""What the service can transcribe with. The form, the API's validation and its documentation read this registry."""

from collections.abc import Mapping

from speech.pipelines import openai_diarize, qwen, voxtral, whisper
from speech.pipelines.pipeline import Hosting, Pipeline

__all__ = ["IMPORT_CODE", "Hosting", "Pipeline", "pipelines"]

# What a transcript is under that was brought along: nothing transcribes it, so it is not among those to choose from.
IMPORT_CODE = "import"

HOSTED = {"qwen": qwen.pipeline, "openai": openai_diarize.pipeline, "mistral": voxtral.pipeline}


def pipelines(whisper_model: str, hosting: Mapping[str, Hosting]) -> dict[str, Pipeline]:
    """Every pipeline by its code, the default one first, those without their provider's key too.

    `whisper_model` is a Whisper model's name or folder; `hosting` is by the provider's name.
    """
    hosted = (make(hosting.get(provider, Hosting())) for provider, make in HOSTED.items())
    return {pipeline.code: pipeline for pipeline in (whisper.pipeline(whisper_model), *hosted)}
