"""The trash, as the API's document tells of it."""

from blueprints.api_v1.documents import examples
from blueprints.api_v1.documents.operation import Answer, Operation, refusals
from blueprints.api_v1.shapes import ListShape
from blueprints.inputs import Nothing, PageQuery
from errors import Conflict
from rendering.shapes import TranscriptionShape

TAG = "Trash"

OPERATIONS = (
    Operation(
        id="list_trash",
        method="GET",
        path="/trash",
        tag=TAG,
        summary="List what is in the trash",
        description="Transcriptions that were put into the trash in the last thirty days. Until they are restored they "
        "are found nowhere else. `DELETE /transcriptions/{transcription_id}` deletes one of them for good.",
        query=PageQuery,
        answer=Answer(200, "One page.", ListShape[TranscriptionShape], {"One": examples.page([examples.TRASHED])}),
    ),
    Operation(
        id="trash_transcription",
        method="POST",
        path="/transcriptions/{transcription_id}/trash",
        tag=TAG,
        summary="Put a transcription into the trash",
        description="Takes it out of lists, search and answers. It can be restored for thirty days, then it is deleted "
        "for good. One that is processing is canceled first, and nothing is charged. Takes no body.",
        body=Nothing,
        answer=Answer(200, "The transcription, in the trash.", TranscriptionShape, {"Trashed": examples.TRASHED}),
    ),
    Operation(
        id="restore_transcription",
        method="POST",
        path="/transcriptions/{transcription_id}/restore",
        tag=TAG,
        summary="Take a transcription out of the trash",
        description="Brings it back as it was. A completed one is searched again after some seconds. Takes no body.",
        body=Nothing,
        answer=Answer(200, "The transcription, where it was.", TranscriptionShape, {"Restored": examples.RESTORED}),
    ),
    Operation(
        id="delete_transcription_media",
        method="DELETE",
        path="/transcriptions/{transcription_id}/media",
        tag=TAG,
        summary="Delete a recording and keep its transcript",
        description="Deletes the recording for good; the text and whatever was made of it stay. Nothing happens where "
        "it is gone already. `retention` of a create does the same by itself.",
        answer=Answer(204, "The recording is gone."),
        refusals=refusals(Conflict),
    ),
)
