"""Share links, as the API's document tells of them."""

from blueprints.api_v1.documents import examples
from blueprints.api_v1.documents.failures import OWN_ERRORS
from blueprints.api_v1.documents.operation import Answer, Operation, refusals
from blueprints.api_v1.shapes import ListShape
from blueprints.api_v1.share_shapes import ShareShape
from blueprints.inputs import PageQuery
from blueprints.share_inputs import NewShare, ShareChanges
from errors import NotReady, TooManyShares
from handlers.shares import MOST_SHARES

TAG = "Sharing"
SHARE_ID = "shr_01kanx9q4w6e8r0t2y5u7i9p1a"
SHARE: ShareShape = {
    "id": SHARE_ID,
    "object": "share",
    "transcription_id": examples.TRANSCRIPTION_ID,
    "url": f"{examples.ORIGIN}/s/k3v7q2m5x4c6n2b7w5z3r6t4y2u7h5jd",
    "expires_at": "2026-12-24T18:00:00.000Z",
    "has_password": True,
    "parts": ["summary", "chapters", "speakers", "recording"],
    "openings": 12,
    "last_opened_at": "2026-11-23T09:14:05.120Z",
    "created_at": "2026-11-22T08:05:00.000Z",
}
NEW: ShareShape = {**SHARE, "openings": 0, "last_opened_at": None}
FOR_EVER: ShareShape = {**SHARE, "expires_at": None, "has_password": False}

OPERATIONS = (
    Operation(
        id="create_share",
        method="POST",
        path="/transcriptions/{transcription_id}/shares",
        tag=TAG,
        summary="Make a share link",
        description="Makes an address at which anyone may read a completed transcript, without signing in: all that "
        "it takes is the address, and the password where there is one. It shows the transcript with its title, date "
        "and length, and the `parts` that are asked for. Edits show there too. It ends at once when it is deleted, and "
        "when the transcription is deleted or put into the trash; out of the trash, it works again. A transcription "
        f"has up to {MOST_SHARES} links.",
        body=NewShare,
        examples={
            "Until Christmas, with a password": {
                "expires_at": "2026-12-24T18:00:00Z",
                "password": "open at 18 o'clock",
                "parts": ["summary", "chapters", "speakers", "recording"],
            }
        },
        creates="share_id",
        answer=Answer(201, "The link.", ShareShape, {"New": NEW}),
        refusals=(*refusals(TooManyShares, NotReady), *OWN_ERRORS),
    ),
    Operation(
        id="list_shares",
        method="GET",
        path="/transcriptions/{transcription_id}/shares",
        tag=TAG,
        summary="List the share links of a transcription",
        description="Its links, newest first, also those that have expired.",
        query=PageQuery,
        answer=Answer(200, "One page.", ListShape[ShareShape], {"One": examples.page([SHARE])}),
    ),
    Operation(
        id="get_share",
        method="GET",
        path="/shares/{share_id}",
        tag=TAG,
        summary="Look at a share link",
        description="The link as it stands, with how often it was opened.",
        answer=Answer(200, "The link.", ShareShape, {"Opened a dozen times": SHARE}),
    ),
    Operation(
        id="update_share",
        method="PATCH",
        path="/shares/{share_id}",
        tag=TAG,
        summary="Change a share link",
        description="Changes when it ends, its password or what it shows. The address stays as it is. With another "
        "password, whoever gave the one before is asked again.",
        body=ShareChanges,
        examples={"For ever, with no password": {"expires_at": None, "password": None}},
        answer=Answer(200, "The link as changed.", ShareShape, {"For ever": FOR_EVER}),
    ),
    Operation(
        id="delete_share",
        method="DELETE",
        path="/shares/{share_id}",
        tag=TAG,
        summary="Revoke a share link",
        description="Ends it at once, also for whoever has it open. Its address is never given again.",
        answer=Answer(204, "It works no more."),
    ),
)
