"""The stages of a transcription as RQ jobs, up to its words. Each takes one id."""

from db import transaction
from handlers.processing import take_canceled_state
from jobs import fetching, providing, recognition
from jobs.helping import help_with
from jobs.stages import run_stage
from models import Stage


def fetch(public_id: str) -> None:
    """Get the recording, decode it, hold its price."""
    run_stage(public_id, Stage.FETCHING, fetching.work)


def transcribe(public_id: str) -> None:
    """Recognise the decoded recording, or help the worker that is at it with a part of it."""
    if not run_stage(public_id, Stage.TRANSCRIBING, recognition.work):
        help_with(public_id)


def ask_provider(public_id: str) -> None:
    """Take one step with the provider of a hosted pipeline, or tell it that the transcription was canceled."""
    run_stage(public_id, Stage.TRANSCRIBING, providing.work)
    with transaction() as session:
        canceled = take_canceled_state(session, public_id)
    if canceled is not None:
        providing.tell_canceled(*canceled)
