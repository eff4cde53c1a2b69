"""Who speaks in a transcript, when and how long, and what its owner calls them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Segment, Transcription
from speech.diarization import SpeakerTurn
from speech.transcript import UNSURE_BELOW

CLIPS = 3
LONGEST_CLIP_SECONDS = 12.0


@dataclass(frozen=True, slots=True)
class Speaker:
    """A label of the transcript, the name given to it (else the label), and the seconds spoken."""

    label: str
    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Clip:
    """Some seconds of a recording in which one person is heard alone."""

    start: float
    end: float


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


def clips(session: Session, transcription: Transcription) -> Mapping[str, Sequence[Clip]]:
    """By which moments each speaker is recognised, in time order: up to three, the longest that are clean.

    A clean one is not talked over, and its engine was sure. Where there are too few of these, others make up for them.
    """
    end_before = func.lag(Segment.end).over(order_by=Segment.number)
    start_after = func.lead(Segment.start).over(order_by=Segment.number)
    is_alone = (func.coalesce(end_before, 0) <= Segment.start) & (
        func.coalesce(start_after, Segment.end) >= Segment.end
    )
    is_clean = is_alone & (func.coalesce(Segment.confidence, 1) >= UNSURE_BELOW)
    lines = (
        select(Segment.speaker, Segment.start, Segment.end, is_clean.label("is_clean"))
        .where(Segment.transcription_id == transcription.id)
        .subquery()
    )
    seconds = func.least(lines.c.end - lines.c.start, LONGEST_CLIP_SECONDS)
    order = (lines.c.is_clean.desc(), seconds.desc(), lines.c.start)
    place = func.row_number().over(partition_by=lines.c.speaker, order_by=order)
    ranked = select(lines.c.speaker, lines.c.start, lines.c.end, place.label("place")).subquery()
    best = select(ranked).where(ranked.c.place <= CLIPS, ranked.c.speaker.is_not(None)).order_by(ranked.c.start)
    found = defaultdict[str, list[Clip]](list)
    for label, start, end, _ in session.execute(best):
        found[label].append(Clip(start, min(end, start + LONGEST_CLIP_SECONDS)))
    return found


def speaker_turns(session: Session, transcription: Transcription) -> Sequence[SpeakerTurn]:
    """Who speaks when, in time order: lines of one speaker that follow each other are one turn."""
    # Along a run of lines of one speaker both numbers go up by one, so that their difference stays.
    of_speaker = func.row_number().over(partition_by=Segment.speaker, order_by=Segment.number)
    lines = (
        select(Segment.speaker, Segment.start, Segment.end, (Segment.number - of_speaker).label("run"))
        .where(Segment.transcription_id == transcription.id)
        .subquery()
    )
    start = func.min(lines.c.start)
    rows = session.execute(
        select(start, func.max(lines.c.end), lines.c.speaker)
        .where(lines.c.speaker.is_not(None))
        .group_by(lines.c.speaker, lines.c.run)
        .order_by(start)
    )
    return [SpeakerTurn(*row) for row in rows]


def lines_of_turn(session: Session, transcription: Transcription, number: int) -> Sequence[int]:
    """The numbers of the lines from this one on, as far as the same person goes on speaking."""
    here = Segment.transcription_id == transcription.id
    speaker = select(Segment.speaker).where(here, Segment.number == number).scalar_subquery()
    ends = select(func.min(Segment.number)).where(
        here, Segment.number > number, Segment.speaker.is_distinct_from(speaker)
    )
    last = select(func.max(Segment.number) + 1).where(here).scalar_subquery()
    after = session.scalar(select(func.coalesce(ends.scalar_subquery(), last))) or number + 1
    return range(number, after)
