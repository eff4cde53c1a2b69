"""The errors that a transcription may fail with."""

from blueprints.api_v1.documents.operation import Refusal, refusals
from errors import (
    AccountOwes,
    InsufficientFunds,
    MaxCostExceeded,
    MonthlyCapReached,
    Outcome,
    TranscriptionFailed,
    UrlNotAllowed,
    every_error,
)

# Besides the outcomes: what shows only when the length is known, or the URL is fetched.
FOUND_LATER = (MaxCostExceeded, InsufficientFunds, AccountOwes, MonthlyCapReached, UrlNotAllowed)
FAILURES = refusals(*(kind for kind in every_error() if issubclass(kind, Outcome)), *FOUND_LATER)

# Asking for the result of a failed transcription is refused with its own code, always in the same way.
OWN_ERRORS = tuple(
    Refusal(TranscriptionFailed.status, TranscriptionFailed.type, failure.code, failure.message) for failure in FAILURES
)
