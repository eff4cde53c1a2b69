"""What went wrong with a transcription, as the answer to the request that waited for it."""

from errors import AppError, IdempotencyKeyInUse, InvalidRequest, Outcome, TranscriptionFailed, every_error
from models import Transcription

# An outcome is a 409 to whoever asks for the result later; here it is the fate of this request.
STATUSES = {
    "media_undecodable": 400,
    "media_no_audio": 400,
    "media_too_long": 400,
    "media_too_large": 413,
    "upload_corrupted": 400,
    "provider_rejected": 400,
    "provider_error": 502,
    "provider_timeout": 504,
    "canceled": 409,
}
FAULT_OF_OURS = 500


class Ended(TranscriptionFailed):
    """A transcription failed for good: our own tries are over, and another request would end alike."""


def failure_of(transcription: Transcription) -> Ended:
    """The error of a failed transcription, with the status and type that fit it here."""
    code = transcription.error_code or TranscriptionFailed.code
    kinds = {kind.code: kind for kind in every_error()}
    kind = kinds.get(code, TranscriptionFailed)
    error = Ended(transcription.error_message)
    error.code = code
    error.status = STATUSES.get(code, FAULT_OF_OURS) if issubclass(kind, Outcome) else kind.status
    error.type = kind.type if error.status == kind.status else _type_of(error.status)
    return error


def is_worth_a_retry(error: AppError) -> bool:
    """Whether the same request can end better; for what is a client's own fault nobody tries anyway."""
    return not isinstance(error, Ended) and (error.status != 409 or isinstance(error, IdempotencyKeyInUse))


def _type_of(status: int) -> str:
    return InvalidRequest.type if status < 500 else AppError.type
