"""The parts of the API's document that no model or route knows."""

from typing import Any

INFO: dict[str, Any] = {
    "title": "Transcribe API",
    "version": "1",
    "summary": "Send a recording, get the text with the time of every word.",
    "description": """\
Create a transcription of a recording at a URL or of an upload, wait for it, and read its result.

- **Requests** are JSON in UTF-8. A field or parameter that does not exist is refused, never ignored.
- **Times** are RFC 3339 in UTC, positions in a recording are seconds, amounts are US dollars as decimal strings.
- **Ids** are opaque strings with a prefix for what they name. They sort by creation time.
- **Errors** have one shape, with an accurate HTTP status and a stable `code`. An address that does not exist answers
  404 `not_found`, a method that an address does not take 405 `method_not_allowed`, a request that cannot be understood
  400 `invalid_request`.
- **Repeats** are safe: a POST with an `Idempotency-Key` takes effect once, however often it is sent.
- **Limits** are per key and minute; every answer says what is left. After 429, wait for the seconds in `Retry-After`.
- **Request ids**: a valid `X-Request-Id` of your own (up to 128 letters, digits and `._:-`) is kept; else one is made.
- **Compatibility**: fields, codes and events may be added; nothing is renamed or removed.
""",
    "license": {"name": "MIT", "identifier": "MIT"},
}

TAGS = [
    {"name": "Transcriptions", "description": "The job and its outcome: the noun of the API."},
    {"name": "Editing", "description": "Changes of a transcript by hand. Each is a revision, and can be taken back."},
    {
        "name": "Trash",
        "description": "What can be brought back, and recordings that go before their transcripts.",
    },
    {
        "name": "Search and questions",
        "description": "The moment somebody spoke of it, and answers that show their evidence.",
    },
    {"name": "Exports", "description": "The transcript as a file: captions, text, documents, tables, chapters."},
    {"name": "Sharing", "description": "Links by which anyone may read one transcript, and nothing else."},
    {"name": "Quotes", "description": "The price of a recording before it is transcribed."},
    {"name": "Uploads", "description": "Recordings that are at no public address."},
    {"name": "Webhooks", "description": "Being told instead of asking: endpoints, their secrets and deliveries."},
    {"name": "Events", "description": "What happened, to catch up with what a receiver missed."},
    {"name": "Account", "description": "Who pays, what there is to choose from, and where the money went."},
]

BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "tsk_live_…",
    "description": "An API key of the account, made in the dashboard under Settings, API keys.",
}

# What stands in a path, by the parameter's name.
IDS = {
    "transcription_id": "The id of a transcription, `tr_…`.",
    "question_id": "The id of a question, `qa_…`.",
    "share_id": "The id of a share link, `shr_…`.",
    "upload_id": "The id of an upload, `up_…`.",
    "webhook_endpoint_id": "The id of a webhook endpoint, `whe_…`.",
    "webhook_delivery_id": "The id of a webhook delivery, `whd_…`.",
    "event_id": "The id of an event, `evt_…`.",
}

IDEMPOTENCY_KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Makes the request safe to repeat. Kept for 24 hours: the same key with the same request returns "
    "the first answer, with another request it is refused. A refusal keeps nothing.",
    "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,255}$", "examples": ["4f1c0a52-interview"]},
}

HEADERS: dict[str, Any] = {
    "X-Request-Id": {
        "description": "The id of this request, as in our logs. Quote it to support.",
        "schema": {"type": "string"},
    },
    "RateLimit-Limit": {"description": "How many requests a minute are taken.", "schema": {"type": "integer"}},
    "RateLimit-Remaining": {"description": "How many of them are left.", "schema": {"type": "integer"}},
    "RateLimit-Reset": {"description": "The seconds until all of them are back.", "schema": {"type": "integer"}},
    "Retry-After": {"description": "The seconds to wait before asking again.", "schema": {"type": "integer"}},
    "Content-Disposition": {
        "description": "The name to save the file under, after the title, in whatever letters.",
        "schema": {"type": "string"},
    },
    "ETag": {
        "description": "Names this revision of the file. Sent back in `If-None-Match`, it is answered 304 until "
        "something changes.",
        "schema": {"type": "string"},
    },
    "Location": {"description": "The address of what was created.", "schema": {"type": "string", "format": "uri"}},
    "Idempotent-Replayed": {
        "description": "`true` when this is the answer to an earlier request with the same Idempotency-Key.",
        "schema": {"type": "string", "const": "true"},
    },
}
ON_EVERY_ANSWER = ("X-Request-Id", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")

# Of the requests that the service makes, as Standard Webhooks 1.0 has them.
WEBHOOK_HEADERS: dict[str, Any] = {
    "WebhookId": {
        "name": "webhook-id",
        "in": "header",
        "required": True,
        "description": "The id of the event: the same on every attempt and redelivery, so deal with each id once.",
        "schema": {"type": "string", "examples": ["evt_01kanx8m1q5r7t9v2w4x6y8z0a"]},
    },
    "WebhookTimestamp": {
        "name": "webhook-timestamp",
        "in": "header",
        "required": True,
        "description": "When this attempt was made, in seconds since 1970. Refuse what is minutes old or ahead.",
        "schema": {"type": "string", "pattern": r"^\d+$", "examples": ["1795334472"]},
    },
    "WebhookSignature": {
        "name": "webhook-signature",
        "in": "header",
        "required": True,
        "description": "`v1,` and the base64 of the HMAC-SHA256 of `{webhook-id}.{webhook-timestamp}.{body}` under the "
        "secret, decoded from base64 without its `whsec_`. For a day after a rotation there are two of them, with a "
        "space between.",
        "schema": {"type": "string", "examples": ["v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="]},
    },
}
WEBHOOK_DESCRIPTION = (
    "Posted to the endpoints that are told of it. Answer with a 2xx within 15 seconds, and do the work afterwards. "
    "Anything else, a redirect too, is tried again: after 5 seconds, 5 and 30 minutes, 2, 5, 10, 14, 20 and 24 hours, "
    "or later where `Retry-After` says so. Events may come twice and in any order."
)
WEBHOOK_RESPONSES: dict[str, Any] = {
    "2XX": {"description": "Taken. Of the body 1,024 bytes are kept for the log."},
    "410": {"description": "Gone: the endpoint is switched off."},
}
