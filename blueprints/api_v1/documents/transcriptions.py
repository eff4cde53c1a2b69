"""Transcriptions, as the API's document tells of them."""

from blueprints.api_v1.documents import examples
from blueprints.api_v1.documents.failures import OWN_ERRORS
from blueprints.api_v1.documents.operation import Answer, Operation, refusals
from blueprints.api_v1.documents.webhook_examples import EXAMPLE_SECRET, WITH_WEBHOOK
from blueprints.api_v1.shapes import ListShape, ProgressEvent, ResultShape, SegmentsEvent
from blueprints.inputs import NewTranscription, Nothing, TranscriptionChanges, TranscriptionQuery, WaitQuery
from errors import (
    AccountOwes,
    Conflict,
    InsufficientFunds,
    MonthlyCapReached,
    NotReady,
    PipelineNotFound,
    PipelineUnavailable,
    UploadAlreadyUsed,
    UploadIncomplete,
    UploadNotFound,
    UrlNotAllowed,
)
from rendering.shapes import TranscriptionShape

TAG = "Transcriptions"

OPERATIONS = (
    Operation(
        id="create_transcription",
        method="POST",
        path="/transcriptions",
        tag=TAG,
        summary="Transcribe a recording",
        description="Takes a recording at a URL or an upload, and answers at once. The price is held as soon as the "
        "length is known, and charged on completion. What the source or the recording itself is to blame for is told "
        "later, in the `error` of the transcription.",
        body=NewTranscription,
        examples={
            "A recording at a URL": examples.FROM_URL,
            "An upload, with every option": examples.FROM_UPLOAD,
            "Told when it is final": WITH_WEBHOOK,
        },
        creates="transcription_id",
        answer=Answer(
            202,
            "Accepted. Wait for it, stream its events, or look again later.",
            TranscriptionShape,
            {"Queued": examples.QUEUED, "To be told of": {**examples.QUEUED, "webhook_secret": EXAMPLE_SECRET}},
            has_location=True,
        ),
        refusals=refusals(
            UrlNotAllowed,
            PipelineNotFound,
            PipelineUnavailable,
            UploadNotFound,
            UploadIncomplete,
            UploadAlreadyUsed,
            InsufficientFunds,
            AccountOwes,
            MonthlyCapReached,
        ),
    ),
    Operation(
        id="list_transcriptions",
        method="GET",
        path="/transcriptions",
        tag=TAG,
        summary="List transcriptions",
        description="The account's transcriptions, newest first unless `sort` says otherwise. A page stays as it "
        "is while new ones arrive.",
        query=TranscriptionQuery,
        answer=Answer(
            200,
            "One page.",
            ListShape[TranscriptionShape],
            {"The last page": examples.page([examples.COMPLETED, examples.FAILED])},
        ),
    ),
    Operation(
        id="get_transcription",
        method="GET",
        path="/transcriptions/{transcription_id}",
        tag=TAG,
        summary="Look at a transcription",
        description="The transcription as it stands.",
        answer=Answer(
            200,
            "The transcription.",
            TranscriptionShape,
            {"At work": examples.TRANSCRIBING, "Completed": examples.COMPLETED, "Failed": examples.FAILED},
        ),
    ),
    Operation(
        id="update_transcription",
        method="PATCH",
        path="/transcriptions/{transcription_id}",
        tag=TAG,
        summary="Change a transcription",
        description="Changes its title, metadata or tags, or gives its speakers names.",
        body=TranscriptionChanges,
        examples={"Who is who": examples.CHANGES},
        answer=Answer(200, "The transcription as changed.", TranscriptionShape, {"Changed": examples.COMPLETED}),
    ),
    Operation(
        id="delete_transcription",
        method="DELETE",
        path="/transcriptions/{transcription_id}",
        tag=TAG,
        summary="Delete a transcription",
        description="Deletes text, recording and whatever was made of them, for good. One that is processing is given "
        "up, and nothing is charged. The ledger keeps its entries.",
        answer=Answer(204, "It is gone."),
    ),
    Operation(
        id="cancel_transcription",
        method="POST",
        path="/transcriptions/{transcription_id}/cancel",
        tag=TAG,
        summary="Cancel a transcription",
        description="Ends a processing one as failed with the code `canceled`. Nothing is charged. Takes no body.",
        body=Nothing,
        answer=Answer(200, "The transcription, canceled.", TranscriptionShape, {"Canceled": examples.CANCELED}),
        refusals=refusals(Conflict),
    ),
    Operation(
        id="retry_transcription",
        method="POST",
        path="/transcriptions/{transcription_id}/retry",
        tag=TAG,
        summary="Try a failed transcription again",
        description="Makes a new transcription of the same source with the same options. What was to be told to a "
        "`webhook_url` is told there, signed with a new secret, which the answer has this once. Takes no body.",
        body=Nothing,
        creates="transcription_id",
        answer=Answer(
            202,
            "Accepted: a transcription with an id of its own.",
            TranscriptionShape,
            {"Queued": examples.QUEUED},
            has_location=True,
        ),
        refusals=refusals(
            Conflict, PipelineNotFound, PipelineUnavailable, InsufficientFunds, AccountOwes, MonthlyCapReached
        ),
    ),
    Operation(
        id="understand_transcription",
        method="POST",
        path="/transcriptions/{transcription_id}/understand",
        tag=TAG,
        summary="Understand a transcription again",
        description="Makes chapters, topics, summary and search index anew from the words that are there, for nothing. "
        "What is there already can be read until it is replaced; `artifacts` says how far each is. Takes no body.",
        body=Nothing,
        answer=Answer(
            202,
            "Accepted: the transcription, its artifacts pending.",
            TranscriptionShape,
            {"Pending": examples.UNDERSTANDING},
        ),
        refusals=refusals(Conflict),
    ),
    Operation(
        id="get_transcription_result",
        method="GET",
        path="/transcriptions/{transcription_id}/result",
        tag=TAG,
        summary="Read the result",
        description="What was said, once the transcription is completed. Until then the answer is 409 `not_ready`; "
        "that of a failed one is 409 with the code of its own `error`.",
        answer=Answer(
            200,
            "What was said.",
            ResultShape,
            {"Who said what": examples.RESULT, "When each word was said": examples.RESULT_WITH_WORDS},
        ),
        refusals=(*refusals(NotReady), *OWN_ERRORS),
    ),
    Operation(
        id="wait_for_transcription",
        method="GET",
        path="/transcriptions/{transcription_id}/wait",
        tag=TAG,
        summary="Wait for a transcription",
        description="Holds the request until the status is final or the time is up, and answers with the transcription "
        "either way. Ask again while it says `processing`.",
        query=WaitQuery,
        answer=Answer(
            200,
            "The transcription, final or not.",
            TranscriptionShape,
            {"Completed": examples.COMPLETED, "The time was up": examples.TRANSCRIBING},
        ),
    ),
    Operation(
        id="stream_transcription_events",
        method="GET",
        path="/transcriptions/{transcription_id}/events",
        tag=TAG,
        summary="Follow a transcription",
        description="Server-sent events as they happen. The stream ends with the final `status`; one that breaks off "
        "before that, after an hour at the latest, can be asked for again and begins with all that is known.",
        answer=Answer(
            200,
            "`status` carries the transcription, `progress` its stage and progress, `segments` those that became "
            "known. Lines that begin with a colon keep the connection open.",
            examples={"From the middle to the end": examples.EVENTS},
            events={"status": TranscriptionShape, "progress": ProgressEvent, "segments": SegmentsEvent},
        ),
    ),
)
