"""What goes wrong with a chat endpoint: whose fault it is, and whether asking later could help.

Sources: the error pages of OpenAI, Mistral and Model Studio (DashScope), and the answers of vLLM, Ollama and
llama.cpp, which share the statuses and little else.
"""

import json
import logging
import re
from collections.abc import Iterator, Mapping

from outbound.retries import reason, transient_status

# Where a server says what is wrong: beside each other, inside each other, as texts, lists or objects.
SPEAKING_KEYS = ("message", "detail", "msg", "error", "code", "type", "param", "loc")
SPEAKING_DEPTH = 6

TOO_LONG = re.compile(
    r"""
    context_length_exceeded | exceed_context_size | string_above_max_length
    | (context | model) \s (length | size | window)
    | (prompt | input | request | messages?) \b .{0,60} (too \s long | too \s large | exceed | longer \s than)
    | range \s of \s input \s length
    """,
    re.VERBOSE,
)
TOO_LONG_STATUSES = {400, 413, 422, 500}
DECLINED = re.compile(r"content_filter|content_policy|content management policy|data_?inspection_?failed")
OPERATORS = re.compile(
    r"""
    insufficient[_ ](quota | balance) | billing_hard_limit | credit_balance_exhausted | arrearage
    | (spend | usage)_limit_(exceeded | reached) | account_deactivated
    | invalid_?api_?key | invalid[_ ]model | model[_ ]not[_ ](found | exist) | modelnotfound
    """,
    re.VERBOSE,
)
OPERATORS_STATUSES = {401, 402, 403, 404, 405}
# Of all faults of a server, only these go away when it is asked in another form.
FORMS = re.compile(r"response_format|json_schema|json_object|grammar")

logger = logging.getLogger(__name__)


class LlmFailed(Exception):
    """The language model gave nothing that can be used. `may_pass` says whether asking later could help."""

    may_pass = False


class LlmUnavailable(LlmFailed):
    """The server cannot be reached, is busy or broken, or broke off."""

    may_pass = True

    def __init__(self, message: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class LlmTimedOut(LlmUnavailable):
    """The server took longer than we wait."""


class LlmMisconfigured(LlmFailed):
    """The address, the key, the model's name or the account is not in order: the operator has to act."""


class RequestRefused(LlmFailed):
    """The server does not take such a request. `complaint` is what it says, in lower case and not fit for a log."""

    def __init__(self, message: str, complaint: str) -> None:
        super().__init__(message)
        self.complaint = complaint


class ContextTooLong(LlmFailed):
    """Instructions, text and answer are more than the model takes at once: send less."""


class ModelDeclined(LlmFailed):
    """The model, or a filter before or behind it, declines to answer this."""


class Truncated(LlmFailed):
    """The answer is longer than was allowed. `text` is what there is of it, without thoughts."""

    def __init__(self, text: str) -> None:
        super().__init__("the answer was cut off at the allowed length")
        self.text = text


class EmptyAnswer(LlmFailed):
    """The model said nothing."""

    may_pass = True


class OffSchema(LlmFailed):
    """The model answered something else than was asked for. `text` is what it said, `faults` what is wrong with it."""

    def __init__(self, message: str, text: str, faults: str) -> None:
        super().__init__(message)
        self.text = text
        self.faults = faults


def failure_of(status: int, headers: Mapping[str, str], body: bytes) -> LlmFailed:
    """What an answer that is no success means; the server's reason goes to the log."""
    said = "; ".join(_said(_content(body)))
    failure = _judged(status, headers, f"the server answered {status}: {reason(said)}", said.lower())
    logger.log(logging.ERROR if isinstance(failure, LlmMisconfigured) else logging.WARNING, "%s", failure)
    return failure


def _judged(status: int, headers: Mapping[str, str], message: str, said: str) -> LlmFailed:
    if OPERATORS.search(said):
        return LlmMisconfigured(message)
    if status == 413 or (status in TOO_LONG_STATUSES and TOO_LONG.search(said)):
        return ContextTooLong(message)
    if status < 500 and DECLINED.search(said):
        return ModelDeclined(message)
    if FORMS.search(said):
        return RequestRefused(message, said)
    transient = transient_status(status, headers)
    if transient:
        return LlmUnavailable(message, transient.retry_after_seconds)
    if status < 400 or status in OPERATORS_STATUSES:
        return LlmMisconfigured(message)
    return RequestRefused(message, said)


def _content(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body[:1000].decode(errors="replace")


def _said(content: object, depth: int = SPEAKING_DEPTH) -> Iterator[str]:
    if isinstance(content, str | int):
        yield str(content)
    elif depth and isinstance(content, list):
        for part in content:
            yield from _said(part, depth - 1)
    elif depth and isinstance(content, dict):
        for key in SPEAKING_KEYS:
            yield from _said(content.get(key), depth - 1)
