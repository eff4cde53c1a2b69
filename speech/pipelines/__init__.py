"""What the service can transcribe with. The form, the API's validation and its documentation read this registry."""

from speech.pipelines import whisper
from speech.pipelines.pipeline import Pipeline

__all__ = ["Pipeline", "pipelines"]


def pipelines(whisper_model: str) -> dict[str, Pipeline]:
    """Every pipeline by its code, the default one first. `whisper_model` is a Whisper model's name or folder."""
    return {pipeline.code: pipeline for pipeline in (whisper.pipeline(whisper_model),)}
