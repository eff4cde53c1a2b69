"""Captions keep their limits, whatever is said."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.atoms import atoms, joined
from exports.cues import Cue, _after, _captions_from, _divided, cues
from exports.lines import line_width, lines_needed
from exports.options import PRESETS, Limits, Preset, limits_of
from speech.transcript import Segment, Word
from tests.exports.documents import segment

BROADCAST = PRESETS[Preset.BROADCAST]
SENTENCE = "This is a sentence of some words, and it goes on for a while. Here is another one!"
WORDS = st.text(st.sampled_from("abcdefgh.,!?éÄ漢字かなกา"), min_size=1, max_size=12)


@st.composite
def talk(draw: st.DrawFn) -> list[Segment]:
    """Segments in order of start by up to three speakers, who may talk at once; with words or without."""
    segments, now = [], 0.0
    for _ in range(draw(st.integers(1, 6))):
        now += draw(st.integers(0, 3000)) / 1000
        words = draw(st.lists(WORDS, min_size=1, max_size=25))
        end = now + draw(st.integers(0, 15000)) / 1000
        speaker = draw(st.sampled_from([None, "Ada", "Bob"]))
        segments.append(segment(round(now, 3), round(end, 3), " ".join(words), speaker, timed=draw(st.booleans())))
        now = draw(st.sampled_from([now, end]))
    return segments


LIMITS = st.builds(
    limits_of,
    st.sampled_from(Preset),
    max_chars_per_line=st.sampled_from([None, 10, 20, 42]),
    max_lines=st.sampled_from([None, 1, 2, 3]),
    max_seconds=st.sampled_from([None, 1.0, 4.0]),
)


def shown(segments: list[Segment], limits: Limits, *, prefixed: bool = False) -> list[Cue]:
    return cues(segments, limits, duration_seconds=max(each.end for each in segments), prefixed=prefixed)


def squeezed(text: str) -> str:
    return "".join(text.split())


@given(talk(), LIMITS, st.booleans())
@settings(max_examples=200)
def test_every_cue_keeps_its_limits(segments: list[Segment], limits: Limits, prefixed: bool) -> None:
    for cue in shown(segments, limits, prefixed=prefixed):
        assert len(cue.lines) <= limits.max_lines
        assert all(line_width(line) <= limits.max_chars_per_line or len(line) == 1 for line in cue.lines)
        assert 0 < cue.end - cue.start <= limits.max_seconds + 0.0005


@given(talk(), LIMITS)
@settings(max_examples=200)
def test_no_two_cues_are_shown_at_once_and_none_goes_back(segments: list[Segment], limits: Limits) -> None:
    for this, following in itertools.pairwise(shown(segments, limits)):
        assert this.start < this.end <= following.start


@given(talk(), LIMITS)
@settings(max_examples=200)
def test_nothing_that_somebody_says_is_lost_or_given_to_another(segments: list[Segment], limits: Limits) -> None:
    found = shown(segments, limits)

    for speaker in (None, "Ada", "Bob"):
        said = "".join(each.text for each in segments if each.speaker == speaker)
        read = "".join(text for cue in found if cue.speaker == speaker for text in cue.texts)
        assert sorted(squeezed(read)) == sorted(squeezed(said))


@given(st.lists(WORDS, min_size=1, max_size=7), LIMITS)
@settings(max_examples=100)
def test_no_other_division_of_a_turn_costs_less(words: list[str], limits: Limits) -> None:
    spoken = atoms(segment(0.0, len(words) * 0.7, " ".join(words)))[:9]
    after = [_after(spoken, place) for place in range(len(spoken))]
    costs = {
        (first, place): cost
        for first in range(len(spoken))
        for place, cost in _captions_from(spoken, first, 0, limits, after)
    }

    def total(division: list[tuple[int, int]]) -> float:
        return sum(costs.get(span, float("inf")) for span in division)

    every = [
        total(list(itertools.pairwise([0, *cuts, len(spoken)])))
        for count in range(len(spoken))
        for cuts in itertools.combinations(range(1, len(spoken)), count)
    ]
    assert total(_divided(spoken, 0, limits)) == pytest.approx(min(every))


def test_a_cue_that_is_read_too_fast_stays_until_the_next_one() -> None:
    fast = segment(0.0, 1.0, "Forty characters are said in one second.")
    found = shown([fast, segment(1.4, 3.0, "And on it goes.", "Bob")], BROADCAST)

    assert (found[0].start, found[0].end) == (0.0, round(1.4 - 0.084, 3))


def test_a_cue_stays_into_silence_for_as_long_as_it_takes_to_read() -> None:
    fast = segment(0.0, 1.0, "Forty characters are said in one second.")
    found = shown([fast, segment(9.0, 10.0, "Much later.")], BROADCAST)

    assert found[0].end == 2.0


def test_a_cue_comes_with_its_first_word_and_ends_at_a_sentence() -> None:
    found = shown([segment(3.0, 9.0, SENTENCE)], BROADCAST)

    assert found[0].start == 3.0
    assert " ".join(found[0].texts).endswith("while.")
    assert found[1].texts == ["Here is another one!"]


def test_a_long_silence_is_never_bridged() -> None:
    words = (Word(0.0, 0.5, "Wait"), Word(5.0, 5.5, "here."))
    found = shown([Segment(0.0, 5.5, "Wait here.", words)], BROADCAST)

    assert [cue.texts for cue in found] == [["Wait"], ["here."]]


def test_a_word_that_is_wider_than_a_line_has_one_of_its_own() -> None:
    found = shown([segment(0.0, 6.0, f"See {'x' * 50} there.")], BROADCAST)

    assert [text for cue in found for text in cue.texts] == ["See", "x" * 50, "there."]


def test_one_who_falls_into_anothers_words_is_shown_when_they_speak() -> None:
    long = segment(0.0, 12.0, f"{SENTENCE} {SENTENCE}", "Ada")
    found = shown([long, segment(5.0, 5.8, "Yes, yes.", "Bob")], BROADCAST)

    bob = next(cue for cue in found if cue.speaker == "Bob")
    assert 5.0 <= bob.start <= 7.0
    assert (found[0].speaker, found[-1].speaker) == ("Ada", "Ada")


def test_two_who_say_everything_at_once_are_both_shown() -> None:
    found = shown([segment(0.0, 4.0, SENTENCE[:40], "Ada"), segment(0.0, 4.0, SENTENCE[:40], "Bob")], BROADCAST)

    assert {cue.speaker for cue in found} == {"Ada", "Bob"}
    assert min(cue.end - cue.start for cue in found) > 0.5


def test_a_new_speaker_is_named_and_the_name_counts() -> None:
    named = [segment(0.0, 3.0, "a" * 42, "Ada"), segment(3.0, 6.0, "No.", "Bob")]

    found = shown(named, BROADCAST, prefixed=True)

    assert [cue.texts for cue in found] == [["Ada:", "a" * 42], ["Bob: No."]]


def test_wide_characters_halve_the_line() -> None:
    text = "今日はとても良い天気ですね。明日も晴れるといいのですが、どうでしょうか。"
    found = shown([segment(0.0, 8.0, text, timed=False)], limits_of(Preset.BROADCAST, max_chars_per_line=20))

    lines = [text for cue in found for text in cue.texts]
    assert max(map(len, lines)) <= 11 - 1
    assert not [line for line in lines if line[0] in "。、"]
    assert "".join(lines) == text


def test_text_without_words_is_spread_over_its_time() -> None:
    spoken = atoms(Segment(10.0, 20.0, "abcd efgh"))

    assert [(atom.text, atom.start, round(atom.end, 2)) for atom in spoken] == [
        ("abcd", 10.0, 14.44),
        ("efgh", pytest.approx(15.56, abs=0.01), 20.0),
    ]


def test_words_give_atoms_their_times_and_punctuation_stays_with_them() -> None:
    words = (Word(1.0, 1.5, "well"), Word(2.0, 2.5, "known"))
    spoken = atoms(Segment(1.0, 3.0, "«well», known!", words))

    assert joined(spoken) == "«well», known!"
    assert [(atom.text, atom.end) for atom in spoken] == [("«well»,", 1.5), ("known!", 2.5)]
    assert spoken[1].start == 2.0


def test_lines_are_balanced_and_part_at_a_clause() -> None:
    found = shown([segment(0.0, 5.0, "If it rains tomorrow, we shall stay at home.")], BROADCAST)

    assert found[0].texts == ["If it rains tomorrow,", "we shall stay at home."]
    assert lines_needed(atoms(segment(0, 1, "a b c")), 3) == 2
