"""Editing, as the API's document tells of it."""

from blueprints.api_v1.documents import edit_examples as examples
from blueprints.api_v1.documents.examples import page
from blueprints.api_v1.documents.operation import Answer, Operation, refusals
from blueprints.api_v1.edit_shapes import EditedShape, RevisionShape
from blueprints.api_v1.shapes import ListShape
from blueprints.edit_inputs import Edits, RevisionToChange
from blueprints.inputs import PageQuery
from errors import Conflict, RevisionConflict

TAG = "Editing"
REFUSED = refusals(Conflict, RevisionConflict)

OPERATIONS = (
    Operation(
        id="edit_transcription",
        method="POST",
        path="/transcriptions/{transcription_id}/edits",
        tag=TAG,
        summary="Edit a transcript",
        description="Makes up to 100 edits of a completed transcription, all or none, as one revision. `revision` is "
        "the one that they are meant for; when the transcript has been edited since, the answer is 409 "
        "`revision_conflict`. Search follows within seconds; chapters, topics and summary are `stale` until they are "
        "made again.",
        body=Edits,
        examples={
            "A word that was misheard": examples.SET_TEXT,
            "A name everywhere, tried first": examples.REPLACE,
            "Who says what": examples.SPEAKERS,
        },
        answer=Answer(
            200,
            "What came of it.",
            EditedShape,
            {"Changed": examples.EDITED, "Tried": examples.TRIED},
        ),
        refusals=REFUSED,
    ),
    Operation(
        id="undo_edit",
        method="POST",
        path="/transcriptions/{transcription_id}/undo",
        tag=TAG,
        summary="Undo",
        description="Takes back the last revision that has not been, exactly, as a revision of its own. Again and "
        "again it goes back to what was heard, as far as revisions are kept: the last 500, if they are not very large.",
        body=RevisionToChange,
        examples={"The last edit": examples.LAST},
        answer=Answer(200, "What came of it.", EditedShape, {"Undone": examples.UNDONE}),
        refusals=REFUSED,
    ),
    Operation(
        id="redo_edit",
        method="POST",
        path="/transcriptions/{transcription_id}/redo",
        tag=TAG,
        summary="Redo",
        description="Makes again what was undone last. After another edit there is nothing to redo.",
        body=RevisionToChange,
        examples={"What was undone": examples.LAST},
        answer=Answer(200, "What came of it.", EditedShape, {"Made again": examples.EDITED}),
        refusals=REFUSED,
    ),
    Operation(
        id="list_revisions",
        method="GET",
        path="/transcriptions/{transcription_id}/revisions",
        tag=TAG,
        summary="List revisions",
        description="What was done to the transcript by hand, newest first.",
        query=PageQuery,
        answer=Answer(
            200, "One page.", ListShape[RevisionShape], {"The latest": page([examples.UNDO, examples.REVISION])}
        ),
    ),
)
