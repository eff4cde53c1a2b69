"""Hold, capture, release: the three moments at which money moves for a transcription.

The wallet is not limited yet: a hold always succeeds, and the amounts are kept on the transcription itself. Callers
already act in the order that will matter: hold before the engine runs, then exactly one of capture and release.
"""

from sqlalchemy.orm import Session

from billing.prices import price
from models import Transcription


def hold(session: Session, transcription: Transcription) -> None:
    """Set aside the full price of the decoded length. Needs `duration_seconds`."""
    assert transcription.duration_seconds is not None
    transcription.quoted_microusd = price(transcription.duration_seconds, transcription.price_per_minute_microusd)
    session.flush()


def capture(session: Session, transcription: Transcription) -> None:
    """Charge what was held."""
    transcription.charged_microusd = transcription.quoted_microusd
    session.flush()


def release(session: Session, transcription: Transcription) -> None:
    """Give back what was held, if anything was: the transcription costs nothing."""
    transcription.charged_microusd = 0
    session.flush()
