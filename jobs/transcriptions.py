"""The stages of a transcription as RQ jobs, up to its words. A bell says that work waits; the line tells whose."""

from db import transaction
from handlers.processing import take_canceled_work
from jobs import fetching, providing, recognition
from jobs.helping import help_somebody
from jobs.queues import QueueName
from jobs.stages import run_next
from logs import log_context


def fetch(bell: str) -> None:
    """Get a recording, decode it, hold its price."""
    run_next(QueueName.FETCH, fetching.work)


def transcribe(bell: str) -> None:
    """Recognise a decoded recording; where none waits, help a worker that is at a long one with a part of it."""
    if not run_next(QueueName.TRANSCRIBE, recognition.work):
        help_somebody()


def provide(bell: str) -> None:
    """Have a provider hear a recording that answers within the request."""
    run_next(QueueName.PROVIDE, providing.work)


def poll(bell: str) -> None:
    """Take one step with a provider that answers later, or tell it that the transcription of this id was canceled."""
    run_next(QueueName.POLL, providing.work)
    with transaction() as session:
        canceled = take_canceled_work(session, bell)
    if canceled is not None:
        with log_context(transcription_id=bell, request_id=canceled.request_id):
            providing.tell_canceled(canceled.pipeline_code, canceled.state)
