"""How long a transcription will still take, told from how quickly it has got on so far."""

from datetime import datetime, timedelta

from handlers.processing import DECODED, RECOGNISED
from models import Stage, Status, Transcription

# Before that much is heard, in that long a time, the beginning decides too much.
LEAST_SHARE = 0.05
LEAST_TIME = timedelta(seconds=5)
# What got no further for so long, as a multiple of what its share should have taken, has another pace by now.
MOST_OVERDUE = 0.5


def ready_at(transcription: Transcription, moment: datetime) -> datetime | None:
    """When what is being transcribed will have been heard, as far as can be told at the moment; None where it cannot.

    The rule: it goes on as quickly as it has since it was first begun, everything that came in between counted, up to
    the moment at which it last got further. The average over all of it moves slowly, and it is not taken anew between
    two steps, so that the time left falls evenly while nothing is heard of, and is corrected with each step. It is told
    only from a twentieth of the recording and five seconds on, and no more once it is overdue by half of the whole.
    """
    since, last = transcription.transcribing_since, transcription.progressed_at
    is_heard = transcription.status is Status.PROCESSING and transcription.stage is Stage.TRANSCRIBING
    if not is_heard or since is None or last is None:
        return None
    share = (transcription.progress - DECODED) / (RECOGNISED - DECODED)
    if share < LEAST_SHARE or last - since < LEAST_TIME:
        return None
    whole = (last - since) / min(share, 1.0)
    return since + whole if moment <= since + whole * (1 + MOST_OVERDUE) else None
