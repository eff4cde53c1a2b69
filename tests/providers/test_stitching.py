"""One transcript out of chunks: no word lost or said twice at the seams, no speaker under another's label."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from speech.providers.chunks import Chunk
from speech.providers.stitching import Part, stitched
from speech.providers.voices import Voice, named, numbered, voices
from speech.providers.words import estimated_words
from speech.transcript import Segment, in_order


def said(start: float, end: float, text: str, speaker: str | None = "A") -> Segment:
    segment = Segment(start, end, text, speaker=speaker)
    return replace(segment, words=estimated_words(segment))


def part(start: float, end: float, *segments: Segment) -> Part:
    return Part(Chunk(start, end), segments)


def texts(segments: Sequence[Segment]) -> list[str]:
    return [segment.text for segment in segments]


# Seams


def test_chunks_that_only_meet_are_put_one_after_the_other() -> None:
    whole = stitched([part(0, 10, said(1, 9, "one two")), part(10, 20, said(10, 19, "two three", "B"))])
    assert [(segment.text, segment.speaker) for segment in whole] == [("one two", "A"), ("two three", "B")]


def test_a_segment_that_both_heard_is_there_once() -> None:
    whole = stitched(
        [
            part(0, 108, said(90, 99, "before it all"), said(101, 107, "heard by both of them", "B")),
            part(100, 200, said(101.1, 107.1, "Heard by both, of them!", "B"), said(109, 112, "and after")),
        ]
    )
    plain = " ".join(texts(whole)).lower().translate(str.maketrans("", "", ",!"))
    assert plain == "before it all heard by both of them and after"


def test_a_segment_that_the_seam_cuts_is_split_there() -> None:
    whole = stitched(
        [
            part(0, 108, said(98, 108, "zero one two three four five six seven eight ni")),
            part(100, 200, said(100, 112, "oo three four five six seven eight nine ten eleven twelve")),
        ]
    )
    assert " ".join(texts(whole)) == "zero one two three four five six seven eight nine ten eleven twelve"
    assert [segment.speaker for segment in whole] == ["A", "A"]
    assert whole[0].end <= whole[1].start + 1
    assert [word.text for segment in whole for word in segment.words or ()] == " ".join(texts(whole)).split()


def test_equal_words_are_told_apart_by_their_time() -> None:
    words = [(100 + number, 100.9 + number, "no") for number in range(8)]
    whole = stitched(
        [
            part(0, 107, *(said(*word) for word in words if word[1] <= 107)),
            part(101, 200, *(said(*word) for word in words if word[0] >= 101)),
        ]
    )
    assert [round(segment.start) for segment in whole] == [100, 101, 102, 103, 104, 105, 106, 107]


def test_where_the_chunks_disagree_the_seam_is_in_the_middle() -> None:
    whole = stitched(
        [
            part(0, 108, said(101, 102, "mumble"), said(106, 107, "mutter")),
            part(100, 200, said(101, 102, "grumble"), said(106, 107, "stutter")),
        ]
    )
    assert texts(whole) == ["mumble", "stutter"]


def test_what_only_the_earlier_chunk_heard_is_kept() -> None:
    whole = stitched([part(0, 108, said(101, 107, "only here")), part(100, 200, said(120, 121, "later"))])
    assert texts(whole) == ["only here", "later"]


def test_what_only_the_later_chunk_heard_is_kept() -> None:
    whole = stitched([part(0, 108, said(1, 2, "early")), part(100, 200, said(101, 107, "only here"))])
    assert texts(whole) == ["early", "only here"]


def test_one_word_that_sounds_the_same_far_away_is_no_seam() -> None:
    whole = stitched(
        [
            part(0, 108, said(97, 97.5, "the"), said(101, 103, "first words")),
            part(100, 200, said(100, 100.5, "the"), said(105, 107, "other things")),
        ]
    )
    assert texts(whole) == ["the", "first words", "other things"]


def test_a_script_without_spaces_is_cut_between_its_characters() -> None:
    whole = stitched(
        [
            part(0, 108, said(98, 108, "今日は天気がいいので散歩に行")),
            part(100, 200, said(101.4, 112, "天気がいいので散歩に行きました。")),
        ]
    )
    assert "".join(texts(whole)) == "今日は天気がいいので散歩に行きました。"


def test_segments_stay_inside_their_chunk() -> None:
    whole = stitched([part(0, 10, said(-2, 14, "one two")), part(10, 20, said(8, 24, "three"))])
    assert [(segment.start, segment.end) for segment in whole] == [(0, 10), (10, 20)]


def test_sorting_keeps_the_order_at_the_seam() -> None:
    """Estimates may put the later chunk's first word before the earlier chunk's last."""
    whole = stitched(
        [
            part(0, 108, said(100, 103, "one two three"), said(103.5, 104, "four", "B")),
            part(100, 200, said(100, 102, "one two three"), said(102.2, 103, "four", "B"), said(103, 104, "five", "C")),
        ]
    )
    assert " ".join(texts(in_order(whole, 200))) == "one two three four five"


@st.composite
def recordings(draw: st.DrawFn, *, repeated: bool) -> tuple[list[str], list[Part]]:
    """Words, and what chunks with random overlaps made of them in random segments at slightly different times."""
    count = draw(st.integers(10, 120))
    vocabulary = [f"w{number}" for number in range(4 if repeated else count)]
    words = draw(st.lists(st.sampled_from(vocabulary), min_size=count, max_size=count)) if repeated else vocabulary
    spans = [(2 + 0.5 * number, 2.45 + 0.5 * number) for number in range(count)]
    end = spans[-1][1] + 2
    parts = []
    start = 0.0
    while True:
        cut = min(end, start + draw(st.floats(12, 40)))
        drift = 0.0 if repeated else draw(st.floats(-0.5, 0.5))
        heard = [(span, word) for span, word in zip(spans, words, strict=True) if start <= span[0] and span[1] <= cut]
        segments = []
        while heard:
            size = draw(st.integers(1, 12))
            (first, _), (last, _) = heard[0], heard[min(size, len(heard)) - 1]
            text = " ".join(word for _, word in heard[:size])
            segments.append(said(first[0] + drift, last[1] + drift, text, draw(st.sampled_from("AB"))))
            heard = heard[size:]
        parts.append(part(start, cut, *segments))
        if cut >= end:
            return words, parts
        start = cut - draw(st.floats(4, 9))


@given(recordings(repeated=False))
def test_no_word_is_lost_or_doubled_wherever_the_cuts_are(recording: tuple[list[str], list[Part]]) -> None:
    words, parts = recording
    assert " ".join(texts(in_order(stitched(parts), parts[-1].chunk.end))).split() == words


@given(recordings(repeated=True))
def test_nor_where_the_same_words_come_again_and_again(recording: tuple[list[str], list[Part]]) -> None:
    words, parts = recording
    assert " ".join(texts(in_order(stitched(parts), parts[-1].chunk.end))).split() == words


@given(recordings(repeated=False), st.data())
def test_nor_where_words_at_the_edges_are_misheard(
    recording: tuple[list[str], list[Part]], data: st.DataObject
) -> None:
    words, parts = recording
    edges = [
        replace(
            heard,
            segments=(
                *(
                    [said(heard.chunk.start, heard.chunk.start + 0.3, data.draw(st.sampled_from(["uh", "w"])))]
                    * (number > 0)
                ),
                *heard.segments,
                *([said(heard.chunk.end - 0.3, heard.chunk.end, "mm")] * (number < len(parts) - 1)),
            ),
        )
        for number, heard in enumerate(parts)
    ]
    assert " ".join(texts(in_order(stitched(edges), parts[-1].chunk.end))).split() == words


# Voices


def test_labels_get_names_of_their_chunk() -> None:
    segments = named(
        [said(0, 1, "a", "A"), said(1, 2, "b", "B"), said(2, 3, "c", "voice_0_2"), said(3, 4, "d", None)], 3
    )
    assert [segment.speaker for segment in segments] == ["voice_3_1", "voice_3_2", "voice_0_2", None]


def test_speakers_are_numbered_as_they_appear() -> None:
    segments = numbered([said(0, 1, "a", "voice_2_1"), said(1, 2, "b", "x"), said(2, 3, "c", "voice_2_1")])
    assert [segment.speaker for segment in segments] == ["S1", "S2", "S1"]


def test_a_clip_is_the_middle_of_the_longest_stretch() -> None:
    found = voices([[said(0, 4, "short"), said(5, 8, "other", "B"), said(10, 20, "long"), said(20.5, 30, "on")]])
    assert found == (Voice("A", 15.5, 24.5), Voice("B", 5.25, 7.75))


def test_a_clip_has_nobody_else_in_it() -> None:
    segments = [said(0, 12, "talks on and on"), said(4, 5, "hm", "B"), said(12, 20, "answers", "B")]
    assert voices([segments]) == (Voice("A", 0.25, 3.75), Voice("B", 12.25, 19.75))


def test_who_never_speaks_alone_for_long_has_no_clip() -> None:
    assert voices([[said(0, 2.5, "brief"), said(3, 5, "brief too", "B")]]) == ()


def test_four_voices_are_chosen_of_the_earliest_chunk_by_how_long_they_speak() -> None:
    first = [said(10 * number, 10 * number + 3 + number, "x", f"P{number}") for number in range(3)]
    later = [said(100 + 10 * number, 100 + 10 * number + 4 + number, "x", f"Q{number}") for number in range(4)]
    assert [voice.name for voice in voices([first, later])] == ["P2", "P1", "P0", "Q3"]


def test_a_speaker_without_a_name_has_no_voice() -> None:
    assert voices([[said(0, 9, "who", None)]]) == ()


@given(
    st.lists(st.tuples(st.floats(0, 60), st.floats(0, 15), st.sampled_from("ABC")), max_size=25),
)
def test_clips_are_of_the_right_length_and_of_one_speaker(turns: list[tuple[float, float, str]]) -> None:
    segments = in_order([said(start, start + length, "x", who) for start, length, who in turns], 100)
    for voice in voices([segments]):
        assert 2.19 <= voice.end - voice.start <= 9.01
        for segment in segments:
            if segment.speaker != voice.name:
                assert min(segment.end, voice.end) - max(segment.start, voice.start) <= 0.001
