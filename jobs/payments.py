"""Stripe's events as RQ jobs: each takes an event's id and asks Stripe how things stand."""

import logging

from db import transaction
from errors import AppError
from handlers import payments
from logs import log_context
from processes.confinement import die_with_parent

log = logging.getLogger(__name__)


def handle_event(event_id: str) -> None:
    """Do what an event asks for. What cannot be done now is put off; the scheduler rings again."""
    die_with_parent()
    with transaction() as session:
        request_id = payments.request_of(session, event_id)
    with log_context(event_id=event_id, request_id=request_id):
        try:
            with transaction() as session:
                payments.handle_event(session, event_id)
            log.info("payment event done")
        except AppError as error:
            log.warning("a payment event was put off", extra={"code": error.code})
            with transaction() as session:
                payments.put_off(session, event_id)
