"""What codes there are, for the schemas named after them: pipelines by the registry, errors by what is refused."""

from collections.abc import Iterable, Mapping

from blueprints.api_v1.documents import OPERATIONS
from blueprints.api_v1.documents.failures import FAILURES
from blueprints.api_v1.documents.operation import Refusal, every_refusal, refusals
from blueprints.api_v1.documents.schemas import Json
from errors import InvalidRequest, MethodNotAllowed
from speech.pipelines import IMPORT_CODE, Pipeline

IMPORT = {IMPORT_CODE: "a transcript that was brought along, with the source `transcript` alone"}
# Any address may answer these, so no operation lists them.
ANYWHERE = refusals(InvalidRequest, MethodNotAllowed)


def code_schemas(pipelines: Mapping[str, Pipeline]) -> dict[str, Json]:
    """The schemas by name."""
    refused = (refusal for operation in OPERATIONS for refusal in every_refusal(operation))
    return {
        "PipelineCode": _one_of({**{code: _pipeline(pipeline) for code, pipeline in pipelines.items()}, **IMPORT}),
        "ErrorCode": _one_of(_messages([*ANYWHERE, *refused])),
        "FailureCode": _one_of(_messages(FAILURES)),
    }


def _pipeline(pipeline: Pipeline) -> str:
    return pipeline.name if pipeline.is_available else f"{pipeline.name}, which is not set up on this service"


def _messages(refused: Iterable[Refusal]) -> dict[str, str]:
    return {each.code: each.message for each in sorted(refused, key=lambda each: each.code)}


def _one_of(meanings: Mapping[str, str]) -> Json:
    lines = [f"- `{code}`: {meaning}" for code, meaning in meanings.items()]
    return {"type": "string", "enum": list(meanings), "description": "\n".join(lines)}
