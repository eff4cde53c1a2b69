"""The AppError family: everything that can go wrong in a way a client is told about.

Each class is one stable `code` of docs/errors.md with its HTTP status and `type`. Handlers and jobs raise them;
`blueprints/error_responses.py` is the one place that turns them into a response.
"""


class AppError(Exception):
    """A failure with a stable code, an HTTP status and a sentence that says what to do next."""

    code = "internal_error"
    type = "api_error"
    status = 500
    default_message = "Something went wrong on our side. Try again; if it goes on, quote the request id to support."

    def __init__(
        self,
        message: str | None = None,
        *,
        param: str | None = None,
        retry_after_seconds: int | None = None,
    ) -> None:
        self.message = message or self.default_message
        self.param = param
        self.retry_after_seconds = retry_after_seconds
        super().__init__(self.message)


# The request itself


class InvalidRequest(AppError):
    code = "invalid_request"
    type = "invalid_request_error"
    status = 400
    default_message = "The request could not be understood. The documentation shows what this address takes."


class InvalidJson(InvalidRequest):
    code = "invalid_json"
    default_message = "The body is not valid JSON. Send one JSON object, UTF-8 encoded."


class InvalidIdempotencyKey(InvalidRequest):
    code = "invalid_idempotency_key"
    type = "idempotency_error"
    default_message = "Idempotency-Key takes one value of 1 to 255 visible ASCII characters."


class UnsupportedMediaType(InvalidRequest):
    code = "unsupported_media_type"
    status = 415
    default_message = "Send the body as JSON, with the header Content-Type: application/json."


class RequestTooLarge(InvalidRequest):
    code = "request_too_large"
    status = 413
    default_message = "The request body is too large. Recordings go by URL or by upload, never in the body."


class Invalid(InvalidRequest):
    """One field is wrong; `param` names it and `fields` holds every message, by field."""

    code = "invalid_field"
    status = 422
    default_message = "A field has a value that it does not take; the message says which and why."

    def __init__(
        self, message: str | None = None, *, param: str | None = None, fields: dict[str, str] | None = None
    ) -> None:
        super().__init__(message, param=param)
        self.fields = fields if fields is not None else ({param: self.message} if param else {})


class UnknownField(Invalid):
    code = "unknown_field"
    default_message = "There is no such field. Check its spelling; a typo is refused, never ignored."


class MissingField(Invalid):
    code = "missing_field"
    default_message = "A field that is required was left out."


class UrlNotAllowed(Invalid):
    code = "url_not_allowed"
    default_message = "Give a public http or https URL on port 80 or 443, without user name or password."


class NotFound(InvalidRequest):
    code = "not_found"
    status = 404
    default_message = "There is nothing at this address, or it is not yours."


class PipelineNotFound(NotFound):
    code = "pipeline_not_found"
    default_message = "There is no such pipeline. GET /api/v1/pipelines lists them."


class MethodNotAllowed(InvalidRequest):
    code = "method_not_allowed"
    status = 405
    default_message = "This address does not take that method. The Allow header lists those it takes."


class Conflict(InvalidRequest):
    code = "invalid_state"
    status = 409
    default_message = "That cannot be done in the present state."


class PipelineUnavailable(Conflict):
    code = "pipeline_unavailable"
    default_message = "This pipeline is not set up on this service. GET /api/v1/pipelines shows which are available."


class UploadNotFound(NotFound):
    code = "upload_not_found"
    default_message = "There is no such upload. POST /api/v1/uploads makes one; unused ones are deleted after 24 hours."


class UploadIncomplete(Conflict):
    code = "upload_incomplete"
    default_message = "The bytes of this upload have not all arrived. PUT them to the store first."


class UploadAlreadyUsed(Conflict):
    code = "upload_already_used"
    default_message = "This upload was used for another transcription. Make a new one; each serves one transcription."


class NotReady(Conflict):
    code = "not_ready"
    default_message = "The transcription is still processing. Ask again after Retry-After, or use /wait."


class RevisionConflict(Conflict):
    code = "revision_conflict"
    default_message = "The transcript was edited since that revision. Read it again, and edit what it says now."


class ChaptersUnavailable(Conflict):
    code = "chapters_unavailable"
    default_message = "There are no chapters to write down, or too few. Make them with POST …/understand first."


class TooManyKeys(Conflict):
    code = "too_many_keys"
    default_message = "An account has at most 20 active keys. Revoke one that is no longer used first."


class TooManyWebhookEndpoints(Conflict):
    code = "too_many_webhook_endpoints"
    default_message = "An account has at most 20 webhook endpoints. Delete one that is no longer used first."


class TooManyShares(Conflict):
    code = "too_many_shares"
    default_message = "A transcription has at most 50 share links. Revoke one that is no longer used first."


# Who is asking


class InvalidApiKey(AppError):
    code = "invalid_api_key"
    type = "authentication_error"
    status = 401
    default_message = "Send a valid API key: Authorization: Bearer tsk_live_… Keys are made at /settings/api-keys."


class SignInRequired(AppError):
    code = "sign_in_required"
    type = "authentication_error"
    status = 401
    default_message = "Sign in first."


class CrossSiteRefused(AppError):
    code = "cross_site_refused"
    type = "permission_error"
    status = 403
    default_message = "This request came from another site and was refused. Open the page here and try again."


class UploadRefused(AppError):
    code = "upload_refused"
    type = "permission_error"
    status = 403
    default_message = "The bytes, their headers or the URL are not what this upload was made for, or it has expired."


# Money


class InsufficientFunds(AppError):
    code = "insufficient_funds"
    type = "payment_required_error"
    status = 402
    default_message = "The wallet does not cover this. Add funds at /billing and send it again."


class AccountOwes(AppError):
    code = "account_owes"
    type = "payment_required_error"
    status = 402
    default_message = (
        "A payment that was already spent was taken back, so the account owes us. Add funds at /billing to go on."
    )


class MonthlyCapReached(AppError):
    code = "monthly_cap_reached"
    type = "payment_required_error"
    status = 402
    default_message = (
        "This would go over the account's monthly cap. Raise it at /settings/account, or wait for next month."
    )


class MaxCostExceeded(AppError):
    code = "max_cost_exceeded"
    type = "payment_required_error"
    status = 402
    default_message = "This would cost more than max_cost_usd. Raise it, or choose a cheaper pipeline."


class PaymentsUnavailable(AppError):
    code = "payments_unavailable"
    status = 503
    default_message = "The payment service does not answer right now. Nothing was charged; try again in a minute."


class InvalidSignature(AppError):
    code = "invalid_signature"
    type = "invalid_request_error"
    status = 400
    default_message = "This is not an event that the payment service signed for us."


# Repeats and limits


class IdempotencyKeyReused(AppError):
    code = "idempotency_key_reused"
    type = "idempotency_error"
    status = 422
    default_message = "This Idempotency-Key was used for another request. Use a new key for a new request."


class IdempotencyKeyInUse(AppError):
    code = "idempotency_key_in_use"
    type = "idempotency_error"
    status = 409
    default_message = "The first request with this Idempotency-Key is still running. Send it again in a second."


class RateLimited(AppError):
    code = "rate_limited"
    type = "rate_limit_error"
    status = 429
    default_message = "Too many requests. Wait for the seconds in Retry-After."


class StorageFull(AppError):
    code = "storage_full"
    status = 507
    default_message = "There is no room for this file right now, and nothing of it was kept. Try again later."


class Unavailable(AppError):
    code = "service_unavailable"
    status = 503
    default_message = "The service cannot answer right now. Nothing was lost; try again in a few seconds."


class StillProcessing(AppError):
    code = "still_processing"
    status = 504
    default_message = (
        "The transcription goes on, longer than this request can wait. Send the same request again to wait on, at no "
        "second charge."
    )


# Outcomes of a transcription: stored in its `error` as {code, message}


class Outcome(AppError):
    """Why a transcription failed. `transient` says whether trying again can help, `waits_seconds` how long after each
    failure: when they are used up, it has failed for good."""

    type = "invalid_request_error"
    status = 409
    transient = False
    waits_seconds: tuple[int, ...] = (1, 2, 4)


class SourceUnreachable(Outcome):
    code = "source_unreachable"
    transient = True
    default_message = "The URL could not be fetched. Check that it opens without signing in, then retry."


class SourceRefused(Outcome):
    """The source answered, and its answer is final (a 404, a 403): trying again cannot help."""

    code = "source_unreachable"
    default_message = "The URL's server refused to hand out the file. Check the address and its access, then retry."


class UrlNotMedia(Outcome):
    code = "url_not_media"
    default_message = "The URL leads to a page or text, not to a recording. Use the address of the media file itself."


class MediaUndecodable(Outcome):
    code = "media_undecodable"
    default_message = (
        "The file could not be decoded as audio or video. Check that it plays, or convert it to MP3 or WAV."
    )


class MediaNoAudio(Outcome):
    code = "media_no_audio"
    default_message = "The file has no sound in it: no audio track, or an empty one. Send the file that has the sound."


class MediaTooLong(Outcome):
    code = "media_too_long"
    default_message = "The recording is longer than this service takes. Split it and send the parts."

    @classmethod
    def beyond(cls, limit_seconds: float) -> "MediaTooLong":
        return cls(
            f"The recording is longer than the {limit_seconds / 60:g} minutes that can be taken. "
            "Split it and send the parts."
        )


class MediaTooLarge(Outcome):
    code = "media_too_large"
    default_message = "The file is larger than this service takes. Send a compressed version, such as MP3 or Opus."

    @classmethod
    def beyond(cls, limit_bytes: int) -> "MediaTooLarge":
        return cls(
            f"The file is larger than the {limit_bytes / 2**20:g} MB that can be taken. "
            "Send a compressed version, such as MP3 or Opus."
        )


class UploadCorrupted(Outcome):
    code = "upload_corrupted"
    default_message = (
        "The bytes that arrived are not those of the sha256 that was given for the upload. Send them again."
    )


class ProviderError(Outcome):
    code = "provider_error"
    default_message = (
        "The provider of this pipeline could not transcribe it, though asked more than once. Nothing was charged; "
        "retry later, or choose another pipeline."
    )


class ProviderRejected(Outcome):
    code = "provider_rejected"
    default_message = (
        "The provider of this pipeline refused this recording. Nothing was charged; choose another pipeline, or send "
        "the recording in another format."
    )


class ProviderTimeout(Outcome):
    code = "provider_timeout"
    default_message = "The provider of this pipeline did not answer in time. Nothing was charged; you can retry."


class Canceled(Outcome):
    code = "canceled"
    default_message = "The transcription was canceled. Nothing was charged."


class ProcessingCrashed(Outcome):
    code = "processing_crashed"
    default_message = (
        "The transcription was interrupted too often and was given up. Nothing was charged; you can retry."
    )


class Stalled(Outcome):
    code = "stalled"
    default_message = (
        "The transcription did not finish within a day and was given up. Nothing was charged; you can retry."
    )


class TranscriptionFailed(Outcome):
    code = "transcription_failed"
    default_message = "The transcription failed on our side. Nothing was charged; you can retry."


def every_error() -> list[type[AppError]]:
    """Each class that has a code of its own, in the order of this file."""
    found: dict[str, type[AppError]] = {}
    pending: list[type[AppError]] = [AppError]
    while pending:
        kind = pending.pop(0)
        if kind is not Outcome:
            found.setdefault(kind.code, kind)
        pending += kind.__subclasses__()
    return list(found.values())
