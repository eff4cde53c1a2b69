"""Who says which word, and where segments are cut for it. Alice, Bob and Charlie are the turns' own names."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from speech.diarization import SpeakerTurn, assign
from speech.transcript import Segment, Word

ALICE, BOB, CHARLIE = "alice", "bob", "charlie"


def spoken(text: str, start: float = 0.0, *, each: float = 0.5) -> Segment:
    """A segment whose words take `each` seconds."""
    words = tuple(Word(start + n * each, start + (n + 1) * each, word, 0.9) for n, word in enumerate(text.split()))
    return Segment(start, words[-1].end, text, words, confidence=0.9)


def said(segments: tuple[Segment, ...]) -> list[tuple[str | None, str]]:
    return [(segment.speaker, segment.text) for segment in segments]


def test_segments_are_said_by_whose_turn_it_is() -> None:
    segments = [spoken("Good morning."), spoken("Hello there.", 2.0), spoken("How are you?", 4.0)]
    turns = [SpeakerTurn(0.0, 1.0, BOB), SpeakerTurn(2.0, 3.0, ALICE), SpeakerTurn(4.0, 5.5, BOB)]

    assert said(assign(segments, turns)) == [("S1", "Good morning."), ("S2", "Hello there."), ("S1", "How are you?")]


def test_a_segment_is_cut_where_the_speaker_changes() -> None:
    segment = spoken("Are you there? Yes, I am here.")

    first, second = assign([segment], [SpeakerTurn(0.0, 1.5, ALICE), SpeakerTurn(1.5, 3.5, BOB)])

    assert (first.speaker, first.text, first.start, first.end) == ("S1", "Are you there?", 0.0, 1.5)
    assert (second.speaker, second.text, second.start, second.end) == ("S2", "Yes, I am here.", 1.5, 3.5)


def test_a_cut_goes_to_the_end_of_the_sentence_near_it() -> None:
    segment = spoken("I am done now. Let me go on then.")

    # The turns change half a word into the next sentence, or half a word before it.
    for change in (2.2, 1.8):
        parts = assign([segment], [SpeakerTurn(0.0, change, ALICE), SpeakerTurn(change, 4.0, BOB)])
        assert said(parts) == [("S1", "I am done now."), ("S2", "Let me go on then.")]


def test_a_short_word_within_a_sentence_stays_with_its_speaker() -> None:
    segment = spoken("I think that yes we should go")
    turns = [SpeakerTurn(0.0, 1.5, ALICE), SpeakerTurn(1.5, 2.0, BOB), SpeakerTurn(2.0, 3.5, ALICE)]

    assert said(assign([segment], turns)) == [("S1", "I think that yes we should go")]


def test_a_short_answer_between_sentences_is_cut_out() -> None:
    segment = spoken("Shall we go? Yes. Then come along.")
    turns = [SpeakerTurn(0.0, 1.5, ALICE), SpeakerTurn(1.5, 2.0, BOB), SpeakerTurn(2.0, 3.5, ALICE)]

    assert said(assign([segment], turns)) == [("S1", "Shall we go?"), ("S2", "Yes."), ("S1", "Then come along.")]


def test_who_has_the_word_keeps_it_while_somebody_talks_over_it() -> None:
    segment = spoken("This goes on and on without an end")

    parts = assign([segment], [SpeakerTurn(0.0, 4.0, ALICE), SpeakerTurn(1.0, 2.5, BOB)])

    assert said(parts) == [("S1", segment.text)]


def test_a_word_outside_any_turn_is_said_by_the_nearest_speaker() -> None:
    segments = [spoken("Well.", 3.0), spoken("Right.", 8.0)]
    turns = [SpeakerTurn(0.0, 2.5, ALICE), SpeakerTurn(8.7, 9.0, BOB)]

    assert [segment.speaker for segment in assign(segments, turns)] == ["S1", "S2"]


def test_what_is_said_far_from_any_turn_has_no_speaker() -> None:
    segments = [spoken("Hello."), spoken("Goodbye.", 60.0)]

    assert [segment.speaker for segment in assign(segments, [SpeakerTurn(0.0, 0.5, ALICE)])] == ["S1", None]


def test_a_segment_without_words_goes_to_whom_most_of_it_belongs_to() -> None:
    segments = [Segment(0.0, 10.0, "Hello. Hello, hello.")]

    parts = assign(segments, [SpeakerTurn(0.0, 4.0, ALICE), SpeakerTurn(4.0, 10.0, BOB)])

    assert said(parts) == [("S1", "Hello. Hello, hello.")]


def test_speakers_are_named_as_they_first_say_something() -> None:
    segments = [spoken("One.", 10.0), spoken("Two.", 20.0)]
    turns = [SpeakerTurn(0.0, 5.0, ALICE), SpeakerTurn(10.0, 10.5, CHARLIE), SpeakerTurn(20.0, 20.5, BOB)]

    assert [segment.speaker for segment in assign(segments, turns)] == ["S1", "S2"]


def test_a_script_without_spaces_is_cut_without_any() -> None:
    words = tuple(Word(number * 0.5, number * 0.5 + 0.5, text) for number, text in enumerate("你好。我很好。"))

    parts = assign(
        [Segment(0.0, 3.5, "你好。我很好。", words)], [SpeakerTurn(0, 1.5, ALICE), SpeakerTurn(1.5, 3.5, BOB)]
    )

    assert [part.text for part in parts] == ["你好。", "我很好。"]


def test_the_confidence_of_a_part_is_that_of_its_words() -> None:
    words = (Word(0.0, 1.0, "Sure.", 0.5), Word(1.0, 2.0, "Thanks.", 1.0))

    segment = Segment(0.0, 2.0, "Sure. Thanks.", words, confidence=0.75)
    parts = assign([segment], [SpeakerTurn(0.0, 1.0, ALICE), SpeakerTurn(1.0, 2.0, BOB)])

    assert [part.confidence for part in parts] == [0.5, 1.0]


def test_without_turns_there_are_no_speakers() -> None:
    segment = spoken("Hello?")

    assert assign([segment], []) == (segment,)


seconds = st.integers(0, 300).map(lambda tenths: tenths / 10)
turn_lists = st.lists(
    st.builds(
        lambda start, length, who: SpeakerTurn(start, start + length, who), seconds, seconds, st.sampled_from("ABC")
    )
)
texts = st.lists(st.sampled_from(["so", "yes.", "no,", "I-I", "well -"]), min_size=1, max_size=12).map(" ".join)


@given(texts, seconds, turn_lists)
def test_no_word_is_lost_moved_or_changed(text: str, start: float, turns: list[SpeakerTurn]) -> None:
    segment = spoken(text, start, each=0.3)

    parts = assign([segment], turns)

    assert " ".join(part.text for part in parts) == text
    assert tuple(word for part in parts for word in part.words or ()) == segment.words
    assert (parts[0].start, parts[-1].end) == (segment.start, segment.end)
    assert all(before.end <= after.start for before, after in pairwise(parts))
