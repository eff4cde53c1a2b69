"""Who speaks in a transcript, how long, and what its owner calls them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Segment, Transcription


@dataclass(frozen=True, slots=True)
class Speaker:
    """A label of the transcript, the name given to it (else the label), and the seconds spoken."""

    label: str
    name: str
    seconds: float


def speakers(session: Session, transcription: Transcription) -> Sequence[Speaker]:
    """The speakers in order of appearance."""
    rows = session.execute(
        select(Segment.speaker, func.sum(Segment.end - Segment.start))
        .where(Segment.transcription_id == transcription.id, Segment.speaker.is_not(None))
        .group_by(Segment.speaker)
        .order_by(func.min(Segment.number))
    )
    names = transcription.speaker_names
    return [Speaker(label, names.get(label, label), seconds) for label, seconds in rows if label is not None]
