"""What the command ends with, so that scripts know what to do next."""

from enum import IntEnum

from transcribe_client.errors import (
    APIConnectionError,
    AuthenticationError,
    ConfigurationError,
    MissingKeyError,
    PaymentRequiredError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    TranscribeError,
    TranscriptionFailedError,
    UploadError,
    WaitTimeoutError,
)

FUNDS = frozenset({"insufficient_funds", "account_owes", "monthly_cap_reached", "max_cost_exceeded"})


class ExitCode(IntEnum):
    OK = 0
    API = 1
    USAGE = 2
    SIGN_IN = 3
    FUNDS = 4
    TRY_AGAIN = 5
    BUDGET = 6
    INTERRUPTED = 130


# What ends one recording with these ends the next one, too.
FOR_ALL = (ExitCode.SIGN_IN, ExitCode.FUNDS)


class UsageError(TranscribeError):
    """The command was not given what it needs."""


class BudgetError(TranscribeError):
    """It would cost more than was allowed here; nothing was sent."""


class SpentError(BudgetError):
    """The budget of all of them is used up."""


def exit_code(error: BaseException) -> ExitCode:
    """The code that an error ends the command with."""
    match error:
        case MissingKeyError() | AuthenticationError() | PermissionDeniedError():
            return ExitCode.SIGN_IN
        case UsageError() | ConfigurationError():
            return ExitCode.USAGE
        case FileNotFoundError() | IsADirectoryError() | NotADirectoryError() | PermissionError():
            return ExitCode.USAGE
        case PaymentRequiredError():
            return ExitCode.FUNDS
        case BudgetError():
            return ExitCode.BUDGET
        case TranscriptionFailedError() if error.code in FUNDS:
            return ExitCode.FUNDS
        case RateLimitError() | ServerError() | APIConnectionError() | WaitTimeoutError() | UploadError():
            return ExitCode.TRY_AGAIN
        case _:
            return ExitCode.API
