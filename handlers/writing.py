"""What a language model writes, where there is one and it does its work."""

import logging
from collections.abc import Callable
from typing import TypeVar

from handlers.measurements import provider_measured
from insights.llm.client import Llm
from insights.llm.faults import LlmFailed
from runtime import config, llm

T = TypeVar("T")

log = logging.getLogger(__name__)

# What it is called among the providers that are measured, whichever it is.
LANGUAGE_MODEL = "language_model"


def written(write: Callable[[Llm], T], **about: str) -> tuple[T, str] | None:
    """What `write` makes of the language model, and the model's name; None where there is none or it fails.

    `about` goes into the log with a failure.
    """
    model, endpoint = llm(), config().llm
    if model is None or endpoint is None:
        return None
    try:
        with provider_measured(LANGUAGE_MODEL, LlmFailed):
            return write(model), endpoint.model
    except LlmFailed as failure:
        log.warning("the language model failed", extra={**about, "reason": type(failure).__name__})
        return None
