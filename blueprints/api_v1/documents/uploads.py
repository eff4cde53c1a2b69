"""Uploads, as the API's document tells of them."""

from blueprints.api_v1.documents import examples
from blueprints.api_v1.documents.operation import Answer, Operation, refusals
from blueprints.api_v1.shapes import ListShape, UploadPartShape, UploadShape
from blueprints.inputs import NewUpload, Nothing, WantedParts
from errors import Conflict, UploadAlreadyUsed, UploadIncomplete, UploadNotFound
from handlers.uploads import PARTS_AT_ONCE, UploadTooLarge

TAG = "Uploads"

OPERATIONS = (
    Operation(
        id="create_upload",
        method="POST",
        path="/uploads",
        tag=TAG,
        summary="Prepare an upload",
        description="Answers with an address for one file. Send the bytes there by PUT, with exactly the headers of "
        "the answer and without a key; a wrong size, type or checksum is refused. With `multipart`, send it in parts "
        "instead: ask for their addresses, PUT each part, and complete the upload; what breaks off goes on from the "
        "parts that have arrived. An upload serves one transcription; after 24 hours one that served none is deleted.",
        body=NewUpload,
        examples={"In one piece": examples.NEW_UPLOAD, "In parts": examples.NEW_UPLOAD_IN_PARTS},
        creates="upload_id",
        answer=Answer(
            201,
            "Where to send the bytes.",
            UploadShape,
            {"In one piece": examples.PENDING_UPLOAD, "In parts": examples.UPLOAD_IN_PARTS},
        ),
        refusals=refusals(UploadTooLarge),
    ),
    Operation(
        id="get_upload",
        method="GET",
        path="/uploads/{upload_id}",
        tag=TAG,
        summary="Look at an upload",
        description="Tells whether the bytes have arrived, or which parts. While they are awaited in one piece, each "
        "answer has a new address for them, good for a quarter of an hour.",
        answer=Answer(
            200,
            "The upload.",
            UploadShape,
            {"Complete": examples.COMPLETE_UPLOAD, "In parts": examples.RESUMED_UPLOAD},
        ),
        refusals=refusals(UploadNotFound),
    ),
    Operation(
        id="create_upload_parts",
        method="POST",
        path="/uploads/{upload_id}/parts",
        tag=TAG,
        summary="Get the addresses of parts",
        description=f"Answers with an address for each of these parts, up to {PARTS_AT_ONCE}, each good for an hour. "
        "PUT the bytes there as for a whole file; three or four at a time are a good measure. Until the upload is "
        "complete a part may be sent again, with the same address or a new one; the last that arrived whole stays.",
        body=WantedParts,
        examples={"The first two": {"part_numbers": [1, 2]}},
        answer=Answer(
            200, "Where to send them.", ListShape[UploadPartShape], {"One part": examples.page([examples.UPLOAD_PART])}
        ),
        refusals=refusals(UploadNotFound, UploadAlreadyUsed, Conflict),
    ),
    Operation(
        id="complete_upload",
        method="POST",
        path="/uploads/{upload_id}/complete",
        tag=TAG,
        summary="Complete an upload in parts",
        description="Makes one file of the parts. Where some are missing, the refusal names them. Completing it again "
        "does nothing; an upload in one piece is complete by itself.",
        body=Nothing,
        answer=Answer(200, "The upload.", UploadShape, {"Complete": examples.COMPLETE_UPLOAD}),
        refusals=refusals(UploadNotFound, UploadIncomplete),
    ),
    Operation(
        id="delete_upload",
        method="DELETE",
        path="/uploads/{upload_id}",
        tag=TAG,
        summary="Delete an upload",
        description="Gives an upload up and drops what has arrived. One that serves a transcription goes with it.",
        answer=Answer(204, "It is gone."),
        refusals=refusals(UploadNotFound, UploadAlreadyUsed),
    ),
)
