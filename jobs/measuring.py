"""Adding what a job measured to the measurements, which must never be what a job fails of."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError

from db import transaction
from errors import AppError
from handlers.measurements import Measure, measure

log = logging.getLogger(__name__)

OK = "ok"


def note(what: Measure, value: float = 1.0, **labels: str) -> None:
    """Add one measurement in a transaction of its own; nothing where the database does not answer."""
    try:
        with transaction() as session:
            measure(session, what, value, **labels)
    except OperationalError as error:
        log.warning("a measurement was not kept", extra={"measure": what.value, "reason": type(error).__name__})


@contextmanager
def provider_measured(provider: str) -> Iterator[None]:
    """How long a provider takes for what is asked of it inside the block, and whether it fails, and how."""
    began, outcome = time.monotonic(), OK
    try:
        yield
    except AppError as error:
        outcome = error.code
        raise
    except BaseException:
        outcome = ""  # Canceled, handed back, or our own fault: nothing about the provider.
        raise
    finally:
        if outcome:
            note(Measure.PROVIDER, time.monotonic() - began, provider=provider, outcome=outcome)
