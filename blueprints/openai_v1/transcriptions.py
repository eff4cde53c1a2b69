"""POST /v1/audio/transcriptions: a file comes in, its transcript goes out, in one request."""

from contextlib import ExitStack
from functools import partial

from flask import Blueprint, Response, g, request

from blueprints.api_v1.waiting import streamed, until
from blueprints.inputs import read
from blueprints.openai_v1.answers import answer
from blueprints.openai_v1.failures import failure_of
from blueprints.openai_v1.forms import received_form
from blueprints.openai_v1.inputs import TranscriptionForm
from blueprints.openai_v1.model_names import pipeline_named
from blueprints.openai_v1.streams import events
from blueprints.seats import seats
from db import transaction
from errors import StillProcessing
from handlers.exports import heard
from handlers.idempotency import read_key
from handlers.sent_files import Attempt, note_answered, transcribe_file
from models import Status
from runtime import config

blueprint = Blueprint("transcriptions", __name__, url_prefix="/audio/transcriptions")

# Less than the minute after which many proxies give up on a request that says nothing.
PATIENCE_SECONDS = 50.0
RETRY_AFTER_SECONDS = 1


@blueprint.post("")
def create() -> Response:
    attempt = _attempt()
    with ExitStack() as held:
        held.enter_context(seats.seat(g.account.id))
        with received_form() as (fields, file):
            form = read(TranscriptionForm, fields)
            options = form.options(pipeline_named(g.account, form.model).code)
            public_id, is_repeat = transcribe_file(g.account, file, options, attempt)
        g.answering = public_id, is_repeat
        on_end = partial(note_answered, g.account, file, options, attempt)
        if form.stream:
            return streamed(events(g.account, public_id, form, on_end=on_end), held)
        response = _whole(public_id, form)
    on_end()
    return response


@blueprint.after_request
def _say_which(response: Response) -> Response:
    """Name the transcription, also to those who get an error instead of its transcript."""
    if "answering" in g:
        public_id, is_repeat = g.answering
        response.headers["X-Transcription-Id"] = public_id
        if is_repeat:
            response.headers["Idempotent-Replayed"] = "true"
    return response


def _attempt() -> Attempt:
    retries = request.headers.get("X-Stainless-Retry-Count", "0")
    return Attempt(
        g.api_key,
        g.request_id,
        key=read_key(request.headers.getlist("Idempotency-Key")),
        # OpenAI's clients send no key, but they count their tries.
        is_retry=retries.isascii() and retries.isdigit() and retries.strip("0") != "",
    )


def _whole(public_id: str, form: TranscriptionForm) -> Response:
    """The transcript once it is known. Raises its failure, and StillProcessing when that takes too long."""
    transcription = until(
        g.account, public_id, lambda it: it.is_final or it.has_transcript, timeout_seconds=PATIENCE_SECONDS
    )
    if transcription.status is Status.FAILED:
        raise failure_of(transcription)
    if not transcription.has_transcript:
        raise StillProcessing(
            f"The transcription {public_id} goes on. Send the same request again to wait on, at no second charge, send "
            f"it with stream=true, or fetch {config().base_url}/api/v1/transcriptions/{public_id}/result later.",
            retry_after_seconds=RETRY_AFTER_SECONDS,
        )
    with transaction() as session:
        return answer(form, heard(session, g.account, public_id))
