"""Uploads, as the API's document tells of them."""

from blueprints.api_v1.documents import examples
from blueprints.api_v1.documents.operation import Answer, Operation, refusals
from blueprints.api_v1.shapes import UploadShape
from blueprints.inputs import NewUpload
from errors import UploadNotFound
from handlers.uploads import UploadTooLarge

TAG = "Uploads"

OPERATIONS = (
    Operation(
        id="create_upload",
        method="POST",
        path="/uploads",
        tag=TAG,
        summary="Prepare an upload",
        description="Answers with an address for one file. Send the bytes there by PUT, with exactly the headers of "
        "the answer and without a key; a wrong size, type or checksum is refused. An upload serves one transcription, "
        "and is deleted after 24 hours if it served none.",
        body=NewUpload,
        examples={"A recording": examples.NEW_UPLOAD},
        answer=Answer(201, "Where to send the bytes.", UploadShape, {"Pending": examples.PENDING_UPLOAD}),
        refusals=refusals(UploadTooLarge),
    ),
    Operation(
        id="get_upload",
        method="GET",
        path="/uploads/{upload_id}",
        tag=TAG,
        summary="Look at an upload",
        description="Tells whether the bytes have arrived.",
        answer=Answer(200, "The upload.", UploadShape, {"Complete": examples.COMPLETE_UPLOAD}),
        refusals=refusals(UploadNotFound),
    ),
)
