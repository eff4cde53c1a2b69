"""Edits of a transcript: what each does, what is refused, and that everything can be undone exactly."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.editing.draft import Draft
from speech.editing.edits import Delete, Edit, Merge, MergeSpeakers, Reassign, Replace, SetText, Split
from speech.editing.refusals import EditRefused
from speech.editing.replacing import Pattern
from speech.editing.splices import Splice, applied, inverse, renumbering, shifts
from speech.providers.words import estimated_words
from speech.transcript import Segment, Word


class Whole:
    """A transcript in memory."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = segments

    @property
    def count(self) -> int:
        return len(self._segments)

    @property
    def speakers(self) -> Collection[str]:
        return {segment.speaker for segment in self._segments if segment.speaker}

    def segments(self, numbers: Collection[int]) -> Mapping[int, Segment]:
        return {number: self._segments[number] for number in numbers if number < self.count}

    def texts(self) -> Iterable[tuple[int, str]]:
        return ((number, segment.text) for number, segment in enumerate(self._segments))

    def numbers_of(self, speaker: str) -> Collection[int]:
        return [number for number, segment in enumerate(self._segments) if segment.speaker == speaker]

    def begun_between(self, number: int, seconds: float) -> Sequence[int]:
        return [each for each in range(number + 1, self.count) if self._segments[each].start < seconds]


def timed(start: float, end: float, text: str, speaker: str | None = "S1") -> Segment:
    segment = Segment(start, end, text, None, speaker, 0.9)
    return replace(segment, words=estimated_words(segment))


TALK = (
    timed(0.0, 4.0, "Good morning to all."),
    timed(4.0, 6.0, "Morning, Ada.", "S2"),
    timed(6.0, 9.0, "Let us begin now.", "S2"),
    timed(9.0, 10.0, "Yes.", "S3"),
)


def edited(segments: Sequence[Segment], *edits: Edit) -> tuple[Segment, ...]:
    return applied(segments, splices(segments, *edits))


def splices(segments: Sequence[Segment], *edits: Edit) -> tuple[Splice, ...]:
    draft = Draft(Whole(segments), {})
    for edit in edits:
        draft.apply(edit)
    return draft.splices()


def texts(segments: Iterable[Segment]) -> list[str]:
    return [segment.text for segment in segments]


def test_a_segment_is_split_between_words_at_a_character() -> None:
    first, second, *_ = edited(TALK, Split(0, "character", [5]))
    assert (first.text, second.text, first.speaker, second.speaker) == ("Good", "morning to all.", "S1", "S1")
    assert (first.start, first.end) == (0.0, second.start)
    assert (second.words or ())[0] == (TALK[0].words or ())[1]


def test_a_word_that_is_cut_is_two_words() -> None:
    first, second, *_ = edited(TALK, Split(1, "character", [4]))[1:]
    assert [word.text for word in (*(first.words or ()), *(second.words or ()))] == ["Morn", "ing,", "Ada."]
    assert first.end == second.start == (first.words or ())[-1].end


def test_a_segment_is_split_before_a_word_or_at_the_pause_nearest_to_a_moment() -> None:
    by_word = edited(TALK, Split(0, "word", [2]))
    moment = (TALK[0].words or ())[2].start + 0.1
    assert texts(by_word)[:2] == ["Good morning", "to all."]
    assert edited(TALK, Split(0, "seconds", [moment])) == by_word


def test_without_words_the_cut_is_at_the_moment_or_after_the_letters_share_of_the_time() -> None:
    bare = (Segment(0.0, 8.0, "aaaa bbbb"),)
    assert edited(bare, Split(0, "seconds", [3.5])) == (Segment(0.0, 3.5, "aaaa"), Segment(3.5, 8.0, "bbbb"))
    assert edited(bare, Split(0, "character", [5])) == (Segment(0.0, 4.0, "aaaa"), Segment(4.0, 8.0, "bbbb"))


def test_a_part_that_is_cut_off_goes_behind_what_others_say_meanwhile() -> None:
    overlapping = (timed(0.0, 10.0, "a b c d e f g h i j"), timed(2.0, 3.0, "Hm.", "S2"), timed(11.0, 12.0, "So."))
    assert texts(edited(overlapping, Split(0, "word", [1, 5]))) == ["a", "b c d e", "Hm.", "f g h i j", "So."]


def test_segments_are_joined_with_their_words() -> None:
    (merged,) = edited(TALK, Merge([1, 2]))[1:2]
    assert (merged.text, merged.start, merged.end) == ("Morning, Ada. Let us begin now.", 4.0, 9.0)
    assert merged.words == (*(TALK[1].words or ()), *(TALK[2].words or ()))


def test_words_are_estimated_for_the_part_that_has_none() -> None:
    half = (replace(TALK[1], words=None), TALK[2])
    (merged,) = edited(half, Merge([0, 1]))
    assert [word.text for word in merged.words or ()] == ["Morning,", "Ada.", "Let", "us", "begin", "now."]


def test_what_needs_no_space_is_joined_without() -> None:
    assert texts(edited((Segment(0, 1, "你好。"), Segment(1, 2, "再见"), Segment(2, 3, "OK")), Merge([0, 1, 2]))) == [
        "你好。再见 OK"
    ]
    assert texts(edited((Segment(0, 1, "สวัสดี"), Segment(1, 2, "ครับ")), Merge([0, 1]))) == ["สวัสดี ครับ"]


def test_split_and_merge_bring_back_the_words() -> None:
    split = edited(TALK, Split(0, "word", [2]))
    (merged, *_) = edited(split, Merge([0, 1]))
    assert (merged.text, merged.words) == (TALK[0].text, TALK[0].words)


def test_a_line_gets_another_speaker_also_a_new_one() -> None:
    changed = edited(TALK, Reassign([0], "S2"), Reassign([1, 3], "new"), Reassign([2], None))
    assert [segment.speaker for segment in changed] == ["S2", "S4", None, "S4"]


def test_the_label_that_comes_next_is_as_good_as_new() -> None:
    changed = edited(TALK, Reassign([0], "S4"), Reassign([1], "S4"))
    assert [segment.speaker for segment in changed] == ["S4", "S4", "S2", "S3"]


def test_everything_a_speaker_says_is_anothers() -> None:
    changed = edited(TALK, Reassign([0], "S2"), MergeSpeakers("S2", "S3"))
    assert {segment.speaker for segment in changed} == {"S3"}


def test_a_text_is_replaced_everywhere_also_in_what_was_edited_before() -> None:
    changed = edited(TALK, SetText(3, "Good morning."), Replace(Pattern("morning"), "evening"))
    assert texts(changed) == ["Good evening to all.", "evening, Ada.", "Let us begin now.", "Good evening."]


def test_segments_are_left_out() -> None:
    assert texts(edited(TALK, Delete([0, 2]))) == ["Morning, Ada.", "Yes."]
    assert texts(edited(TALK, Replace(Pattern("yes."), ""))) == texts(TALK[:3])


def test_numbers_are_those_before_all_edits() -> None:
    changed = edited(TALK, Split(0, "word", [1]), Delete([1]), SetText(3, "No."))
    assert texts(changed) == ["Good", "morning to all.", "Let us begin now.", "No."]


REFUSED = [
    ((SetText(9, "x"),), "There is no segment seg_9 in this transcript.", "segment_id"),
    ((SetText(0, " \n"),), "Say what was said, or delete the segment.", "text"),
    ((Split(0, "character", [0]),), "A segment can only be split where it has text on both sides.", "at_character"),
    ((Split(0, "word", [4]),), "at_word takes a word from 1 to 3 here.", "at_word"),
    ((Split(0, "seconds", [4.5]),), "at_seconds takes a moment within the segment.", "at_seconds"),
    ((Split(3, "seconds", [9.5]),), "A segment of one word cannot be split at a moment.", "at_seconds"),
    ((Merge([0, 2]),), "Name two or more segments that follow each other, in their order.", "segment_ids"),
    ((Reassign([0], "S9"),), "There is no speaker S9 in this transcript. S4, or new, adds one.", "speaker"),
    ((MergeSpeakers("S1", "S8"),), "There is no speaker S8 in this transcript.", "into"),
    ((MergeSpeakers("S1", "S1"),), "Name two different speakers.", "into"),
    ((Delete([0, 1, 2, 3]),), "A transcript has from 1 to 50,000 segments.", ""),
    ((SetText(0, "x" * 20_001),), "A segment has at most 20,000 characters.", ""),
    (
        (Merge([0, 1]), SetText(1, "x")),
        "An edit before this one left nothing that is seg_1 alone. Send this edit by itself.",
        "segment_id",
    ),
]


@pytest.mark.parametrize(("edits", "message", "field"), REFUSED)
def test_what_makes_no_sense_is_refused(edits: tuple[Edit, ...], message: str, field: str) -> None:
    with pytest.raises(EditRefused) as refused:
        edited(TALK, *edits)
    assert (str(refused.value), refused.value.field) == (message, field)


DESCRIBED = [
    (SetText(3, "No."), "Changed “Yes.” to “No.”"),
    (Split(0, "word", [1]), "Split “Good morning to all.”"),
    (Merge([0, 1]), "Joined “Good morning to all.” with what follows"),
    (Delete([3]), "Deleted “Yes.”"),
    (Reassign([0, 1], "S2"), "Gave 2 segments to Bob"),
    (Reassign([3], None), "Gave “Yes.” to nobody"),
    (MergeSpeakers("S1", "S2"), "Merged S1 into Bob"),
    (Replace(Pattern("ada"), "Eve"), "Replaced “ada” with “Eve” once"),
    (Replace(Pattern("o"), ""), "Removed “o” 6 times"),
]


@pytest.mark.parametrize(("edit", "words"), DESCRIBED)
def test_an_edit_says_what_it_does(edit: Edit, words: str) -> None:
    assert Draft(Whole(TALK), {"S2": "Bob"}).apply(edit) == words


def test_numbers_move_with_what_is_around_them() -> None:
    made = splices(TALK, Split(0, "word", [1]), Delete([2]))
    moved = renumbering(made)
    assert [moved(0, 0.0), moved(0, 3.9), moved(1, 4.0), moved(2, 6.0), moved(3, 9.0)] == [0, 1, 2, 2, 3]
    assert [(shift.first, shift.after, shift.by) for shift in shifts(made, 4)] == [(1, 2, 1)]


# Whatever is done

SPEAKERS = st.sampled_from(["S1", "S2", "S3", None])
TEXTS = st.text(alphabet="ab c, 你好.", min_size=1, max_size=20).filter(lambda text: bool(text.strip()))


@st.composite
def transcripts(draw: st.DrawFn) -> tuple[Segment, ...]:
    starts = sorted(draw(st.lists(st.integers(0, 60), min_size=1, max_size=7)))
    made = []
    for start in starts:
        text = " ".join(draw(TEXTS).split())
        segment = Segment(float(start), start + draw(st.integers(0, 8)) + 0.0, text, None, draw(SPEAKERS), 0.5)
        made.append(replace(segment, words=estimated_words(segment)) if draw(st.booleans()) else segment)
    return tuple(made)


@st.composite
def any_edits(draw: st.DrawFn) -> Edit:
    number = draw(st.integers(0, 7))
    edit: Edit = draw(
        st.one_of(
            st.builds(SetText, st.just(number), TEXTS),
            st.builds(
                Split,
                st.just(number),
                st.sampled_from(["character", "word"]),
                st.lists(st.integers(0, 9), min_size=1, max_size=2, unique=True),
            ),
            st.builds(Split, st.just(number), st.just("seconds"), st.lists(st.floats(0, 70), min_size=1, max_size=2)),
            st.integers(1, 3).map(lambda more: Merge([*range(number, number + more + 1)])),
            st.just(Delete([number])),
            st.builds(Reassign, st.just([number]), st.sampled_from(["S1", "S2", "new", None])),
            st.builds(MergeSpeakers, st.just("S1"), st.sampled_from(["S2", "S3"])),
            st.builds(
                Replace, st.builds(Pattern, st.sampled_from(["a", "b c", "好"])), st.sampled_from(["", "x", "a 你"])
            ),
        )
    )
    return edit


def check(segments: Sequence[Segment]) -> None:
    """In time order, every text there, words in order and inside their segments."""
    assert all(before.start <= after.start for before, after in pairwise(segments))
    for segment in segments:
        assert segment.text.strip()
        assert segment.start <= segment.end
        edges = [Word(segment.start, segment.start, ""), *(segment.words or ()), Word(segment.end, segment.end, "")]
        assert all(before.end <= after.start for before, after in pairwise(edges))
        assert all(word.start <= word.end for word in edges)


@given(transcripts(), st.lists(st.lists(any_edits(), min_size=1, max_size=3), max_size=8))
def test_whatever_is_edited_is_in_order_and_undone_exactly(
    first: tuple[Segment, ...], changes: list[list[Edit]]
) -> None:
    now, done = first, []
    for edits in changes:
        try:
            made = splices(now, *edits)
        except EditRefused:
            continue
        moved = renumbering(made)
        after = applied(now, made)
        check(after)
        assert applied(after, inverse(made)) == now
        assert all(0 <= moved(number, segment.start) < len(after) for number, segment in enumerate(now))
        done.append(made)
        now = after
    for made in reversed(done):
        now = applied(now, inverse(made))
    assert now == first
