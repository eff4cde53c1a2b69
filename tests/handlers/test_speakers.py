"""Who speaks when, what to recognise them by, and how far they go on speaking."""

from collections.abc import Sequence

from sqlalchemy import update
from sqlalchemy.orm import Session

from handlers.speakers import Clip, clips, lines_of_turn, speaker_turns
from models import Account, Segment, Transcription
from speech.diarization import SpeakerTurn
from tests.factories import make_completed


def make_talk(session: Session, alice: Account, labels: Sequence[str | None]) -> Transcription:
    """A line of five seconds for each label."""
    talk = make_completed(session, alice, texts=[f"Line {number}." for number in range(len(labels))])
    for number, label in enumerate(labels):
        change(session, talk, number, speaker=label)
    return talk


def change(session: Session, talk: Transcription, number: int, **values: object) -> None:
    of_line = (Segment.transcription_id == talk.id) & (Segment.number == number)
    session.execute(update(Segment).where(of_line).values(values))


def test_lines_of_one_speaker_that_follow_each_other_are_one_turn(session: Session, alice: Account) -> None:
    talk = make_talk(session, alice, ["S1", "S1", "S2", None, "S1"])
    assert speaker_turns(session, talk) == [
        SpeakerTurn(0.0, 10.0, "S1"),
        SpeakerTurn(10.0, 15.0, "S2"),
        SpeakerTurn(20.0, 25.0, "S1"),
    ]


def test_a_turn_goes_on_until_somebody_else_speaks(session: Session, alice: Account) -> None:
    talk = make_talk(session, alice, ["S1", "S1", "S1", "S2", None, None])
    assert list(lines_of_turn(session, talk, 1)) == [1, 2]
    assert list(lines_of_turn(session, talk, 3)) == [3]
    assert list(lines_of_turn(session, talk, 4)) == [4, 5]


def test_the_longest_lines_are_the_clips_in_time_order(session: Session, alice: Account) -> None:
    talk = make_talk(session, alice, ["S1"] * 5)
    change(session, talk, 1, end=6.0)
    change(session, talk, 3, end=16.0)
    assert clips(session, talk) == {"S1": [Clip(0.0, 5.0), Clip(10.0, 15.0), Clip(20.0, 25.0)]}


def test_a_clip_is_never_long(session: Session, alice: Account) -> None:
    talk = make_talk(session, alice, ["S1"])
    change(session, talk, 0, end=90.0)
    assert clips(session, talk) == {"S1": [Clip(0.0, 12.0)]}


def test_what_is_clean_is_heard_before_what_is_longer(session: Session, alice: Account) -> None:
    talk = make_talk(session, alice, ["S1", "S2", "S1", "S1", "S1", "S1"])
    change(session, talk, 0, end=7.0)  # into the next
    change(session, talk, 2, confidence=0.2)
    for number in (3, 4, 5):
        change(session, talk, number, end=5.0 * number + 2.0)
    assert [clip.start for clip in clips(session, talk)["S1"]] == [15.0, 20.0, 25.0]
    assert clips(session, talk)["S2"] == [Clip(5.0, 10.0)]
