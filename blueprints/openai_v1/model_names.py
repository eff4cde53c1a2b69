"""What the names of models stand for: our pipelines by their codes, and OpenAI's by what is nearest to them here."""

from collections.abc import Mapping

from errors import PipelineNotFound, PipelineUnavailable
from handlers.pipelines import choose_pipeline
from models import Account
from runtime import installed_pipelines
from speech.pipelines import Pipeline

WHISPER = "whisper-1"
DIARIZING = "-diarize"
# What has no counterpart here is what the account transcribes with unless told otherwise.
OTHERS = (
    "gpt-transcribe",
    "gpt-4o-transcribe",
    "gpt-4o-mini-transcribe",
    "gpt-4o-mini-transcribe-2025-12-15",
    "gpt-4o-transcribe-diarize",
)


def pipelines_by_name(account: Account) -> Mapping[str, Pipeline]:
    """Every name that is taken, and the pipeline it stands for. A code of ours always stands for itself."""
    installed = installed_pipelines()
    available = {code: pipeline for code, pipeline in installed.items() if pipeline.is_available}
    local = next((pipeline for pipeline in available.values() if pipeline.provider == "local"), None)
    usual = _usual(account)
    names = {WHISPER: local or usual, **dict.fromkeys(OTHERS, usual)}
    return {**{name: pipeline for name, pipeline in names.items() if pipeline is not None}, **available}


def pipeline_named(account: Account, name: str) -> Pipeline:
    """Raises PipelineNotFound, and PipelineUnavailable for a code of ours whose provider's key is not set."""
    named = pipelines_by_name(account).get(name)
    if named is not None:
        return named
    if name in (*installed_pipelines(), WHISPER, *OTHERS):
        raise PipelineUnavailable(
            "This model is not set up on this service. GET /v1/models lists those that are.", param="model"
        )
    raise PipelineNotFound(f"There is no model {name!r}. GET /v1/models lists them.", param="model")


def _usual(account: Account) -> Pipeline | None:
    try:
        return choose_pipeline(account, None)
    except PipelineUnavailable:
        return None
