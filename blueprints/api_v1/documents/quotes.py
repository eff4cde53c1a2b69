"""Quotes, as the API's document tells of them."""

from blueprints.api_v1.documents import examples
from blueprints.api_v1.documents.operation import Answer, Operation, refusals
from blueprints.api_v1.shapes import QuoteShape
from blueprints.inputs import NewTranscription
from errors import (
    PipelineNotFound,
    PipelineUnavailable,
    UploadAlreadyUsed,
    UploadIncomplete,
    UploadNotFound,
    UrlNotAllowed,
)

OPERATIONS = (
    Operation(
        id="create_quote",
        method="POST",
        path="/quotes",
        tag="Quotes",
        summary="Ask what a transcription would cost",
        description="Takes the body of a create and measures the recording. Free; it holds nothing, and leaves an "
        "upload unused. Where only the whole file would tell the length, length and price are null.",
        body=NewTranscription,
        examples={"A recording at a URL": examples.FROM_URL, "An upload, with every option": examples.FROM_UPLOAD},
        answer=Answer(
            200,
            "The price.",
            QuoteShape,
            {"Counted": examples.QUOTE, "The length is unknown": examples.QUOTE_WITHOUT_LENGTH},
        ),
        refusals=refusals(
            UrlNotAllowed,
            PipelineNotFound,
            PipelineUnavailable,
            UploadNotFound,
            UploadIncomplete,
            UploadAlreadyUsed,
        ),
    ),
)
