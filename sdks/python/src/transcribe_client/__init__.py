"""The client of Transcribe, an open speech-to-text service.

from transcribe_client import Client

with Client() as client:
    print(client.transcribe("interview.mp3").text)
"""

from transcribe_client.client import AsyncClient, Client
from transcribe_client.errors import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    IdempotencyError,
    InvalidRequestError,
    MissingKeyError,
    NotFoundError,
    PaymentRequiredError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    TranscribeError,
    TranscriptionFailedError,
    UnexpectedAnswerError,
    UploadError,
    WaitTimeoutError,
    WebhookVerificationError,
)
from transcribe_client.files import File
from transcribe_client.models import Question, Quote, Result, Search, Transcription, Upload
from transcribe_client.pages import AsyncPages, Page, Pages
from transcribe_client.progress import Progress
from transcribe_client.retries import Retries
from transcribe_client.streams import (
    AsyncEvents,
    Events,
    ProgressEvent,
    SegmentsEvent,
    StatusEvent,
    TranscriptionEvent,
)
from transcribe_client.version import VERSION as __version__
from transcribe_client.webhooks import (
    TranscriptionCompletedEvent,
    TranscriptionFailedEvent,
    UnknownEvent,
    Webhook,
    WebhookEvent,
    WebhookTestEvent,
)

__all__ = [
    "APIConnectionError",
    "APIError",
    "APITimeoutError",
    "AsyncClient",
    "AsyncEvents",
    "AsyncPages",
    "AuthenticationError",
    "Client",
    "ConfigurationError",
    "ConflictError",
    "Events",
    "File",
    "IdempotencyError",
    "InvalidRequestError",
    "MissingKeyError",
    "NotFoundError",
    "Page",
    "Pages",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "Progress",
    "ProgressEvent",
    "Question",
    "Quote",
    "RateLimitError",
    "Result",
    "Retries",
    "Search",
    "SegmentsEvent",
    "ServerError",
    "StatusEvent",
    "TranscribeError",
    "Transcription",
    "TranscriptionCompletedEvent",
    "TranscriptionEvent",
    "TranscriptionFailedError",
    "TranscriptionFailedEvent",
    "UnexpectedAnswerError",
    "UnknownEvent",
    "Upload",
    "UploadError",
    "WaitTimeoutError",
    "Webhook",
    "WebhookEvent",
    "WebhookTestEvent",
    "WebhookVerificationError",
    "__version__",
]
