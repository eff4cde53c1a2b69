"""The time left: known once enough is heard, falling evenly, and honest about what stands still."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.pace import ready_at
from handlers.processing import DECODED, RECOGNISED
from models import Stage, Status, Transcription

BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def heard(share: float, after_seconds: float, **values: object) -> Transcription:
    """One of which that share was heard when it last got further."""
    return Transcription(
        **{
            "status": Status.PROCESSING,
            "stage": Stage.TRANSCRIBING,
            "progress": DECODED + (RECOGNISED - DECODED) * share,
            "transcribing_since": BEGAN,
            "progressed_at": BEGAN + timedelta(seconds=after_seconds),
            **values,
        }
    )


def seconds_left(transcription: Transcription, after_seconds: float) -> float | None:
    moment = BEGAN + timedelta(seconds=after_seconds)
    ready = ready_at(transcription, moment)
    return None if ready is None else (ready - moment).total_seconds()


def test_it_goes_on_as_quickly_as_it_has() -> None:
    assert seconds_left(heard(0.25, 100), 100) == pytest.approx(300)


def test_it_falls_evenly_while_nothing_is_heard_of() -> None:
    assert seconds_left(heard(0.25, 100), 130) == pytest.approx(270)


def test_a_step_corrects_it_by_what_it_was_off() -> None:
    before, after = seconds_left(heard(0.5, 100), 119), seconds_left(heard(0.6, 120), 120)
    assert before == pytest.approx(81)
    assert after == pytest.approx(80)


@pytest.mark.parametrize(
    "transcription",
    [
        heard(0.04, 100),
        heard(0.5, 4),
        heard(0.5, 100, stage=Stage.FETCHING),
        heard(0.5, 100, stage=Stage.UNDERSTANDING),
        heard(0.5, 100, status=Status.COMPLETED),
        heard(0.5, 100, transcribing_since=None),
        heard(0.5, 100, progressed_at=None),
    ],
)
def test_what_is_not_known_well_enough_is_not_told(transcription: Transcription) -> None:
    assert seconds_left(transcription, 100) is None


def test_what_stands_still_for_long_is_told_no_more() -> None:
    standing = heard(0.5, 100)
    assert seconds_left(standing, 299) == pytest.approx(-99)
    assert seconds_left(standing, 301) is None
