"""What is made of SubRip and WebVTT files as they are found."""

import pytest

from speech.imports import Unreadable, read_transcript

YOUTUBE = """WEBVTT
Kind: captions
Language: en-GB

00:00:00.080 --> 00:00:02.389 align:start position:0%
\x20
so<00:00:00.320><c> hello</c><00:00:00.900><c> world</c>

00:00:02.389 --> 00:00:02.399 align:start position:0%
so hello world
\x20

00:00:02.399 --> 00:00:05.000 align:start position:0%
so hello world
and<00:00:02.700><c> good</c><00:00:03.100><c> night</c>
"""


def srt(*texts: str) -> str:
    """A cue of one second for each text, a second apart."""
    return "\n".join(
        f"{number}\n00:00:{2 * number:02},000 --> 00:00:{2 * number + 1:02},000\n{text}\n"
        for number, text in enumerate(texts, 1)
    )


def vtt(*texts: str) -> str:
    return "WEBVTT\n\n" + srt(*texts).replace(",", ".")


def texts(kind: str, content: str) -> list[str]:
    return [segment.text for segment in read_transcript(kind, content).transcript.segments]


def said(kind: str, content: str) -> list[tuple[str | None, str]]:
    """Who says what, by name."""
    imported = read_transcript(kind, content)
    names = imported.speaker_names
    return [(names.get(segment.speaker or ""), segment.text) for segment in imported.transcript.segments]


def test_lines_may_end_as_windows_ends_them() -> None:
    assert texts("srt", srt("one\ntwo", "three").replace("\n", "\r\n")) == ["one two", "three"]


def test_numbers_may_be_missing() -> None:
    content = "00:00:01,000 --> 00:00:02,000\none\n\n00:00:03,000 --> 00:00:04,000\n42\n"

    assert texts("srt", content) == ["one", "42"]


def test_empty_lines_between_cues_may_be_missing() -> None:
    assert texts("srt", srt("one", "two").replace("\n\n", "\n")) == ["one", "two"]


def test_an_empty_line_in_a_subrip_text_loses_nothing() -> None:
    assert texts("srt", srt("one\n\ntwo", "three")) == ["one two", "three"]


@pytest.mark.parametrize("written", ["01:02:03,400", "01:02:03.400", "1:02:03,4", "1:02:03.400 X1:40 X2:60"])
def test_times_are_read_as_they_are_found(written: str) -> None:
    (segment,) = read_transcript("srt", f"1\n00:01,000 --> {written}\nhello\n").transcript.segments

    assert (segment.start, segment.end) == (1, 3723.4)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("<i>one</i> <font color='#fff'>two</font>", "one two"),
        (r"{\an8}one", "one"),
        ("one<br/>two", "one two"),
        ("<c.loud>one</c> <00:00:02.500>two", "one two"),
        ("R&amp;D &lt;3&#33;", "R&D <3!"),
        ("AT&T says 1 < 2 and 3 > 2", "AT&T says 1 < 2 and 3 > 2"),
        ("one\u00a0two", "one\u00a0two"),
        ("press --> to go on", "press --> to go on"),
        (f"&#{'1' * 5000};", f"&#{'1' * 5000};"),
    ],
)
def test_markup_is_taken_out_and_text_is_left(written: str, shown: str) -> None:
    assert texts("srt", srt(written)) == [shown]


def test_notes_styles_and_regions_are_not_said() -> None:
    header = "WEBVTT - talk\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000\n\nSTYLE\n::cue { color: red }\n\n"
    notes = "NOTE\nfor later\n00:01.000 --> 00:02.000\ntaken out\n\nREGION\nid:one\n\n"

    assert texts("vtt", header + notes + "intro\n00:01.000 --> 00:02.000 align:start\nhello\n\nNOTE end") == ["hello"]


def test_voices_are_speakers() -> None:
    assert said("vtt", vtt("<v Ada Lovelace>hello\nagain</v>", "<v.loud Bob &amp; Co>hi")) == [
        ("Ada Lovelace", "hello again"),
        ("Bob & Co", "hi"),
    ]


def test_voices_in_one_cue_share_its_time_by_their_text() -> None:
    transcript = read_transcript("vtt", vtt("<v Ada>one</v> <v Bob>two three</v>")).transcript

    assert [(segment.speaker, segment.text, segment.start, segment.end) for segment in transcript.segments] == [
        ("S1", "one", 2, 2.25),
        ("S2", "two three", 2.25, 3),
    ]


def test_text_after_a_closed_voice_is_nobody_s() -> None:
    assert said("vtt", vtt("<v Ada>hello</v> (laughter)")) == [("Ada", "hello"), (None, "(laughter)")]


@pytest.mark.parametrize("line", ["ADA LOVELACE: hello", "- ADA LOVELACE: hello", ">> ADA LOVELACE: hello"])
def test_a_name_in_front_of_the_text_is_the_speaker(line: str) -> None:
    assert said("srt", srt(line, "and on")) == [("ADA LOVELACE", "hello"), (None, "and on")]


@pytest.mark.parametrize(
    "line", ["Dr. Ada van Dyk: hello", "Speaker 1: hello", "田中：hello", "Ada (host): hello", "Ada:\nhello"]
)
def test_a_name_may_look_like_this(line: str) -> None:
    (segment,) = read_transcript("srt", srt(line)).transcript.segments

    assert (segment.speaker, segment.text) == ("S1", "hello")


@pytest.mark.parametrize(
    "line", ["at 10:30 we met", "so what I mean: this", "Wait, Ada: no", "10: hello", "http://a.b"]
)
def test_other_colons_are_text(line: str) -> None:
    (segment,) = read_transcript("srt", srt(line)).transcript.segments

    assert (segment.speaker, segment.text) == (None, line)


def test_two_names_in_one_cue_are_two_speakers() -> None:
    assert said("srt", srt("- Ada: hello\n- Bob: hi\nyou")) == [("Ada", "hello"), ("Bob", "hi you")]


def test_few_names_in_front_are_text() -> None:
    assert said("srt", srt("Note: this", "one", "two")) == [(None, "Note: this"), (None, "one"), (None, "two")]


def test_cues_without_text_do_not_outvote_names() -> None:
    assert said("srt", srt("Ada: hello", "", "", "")) == [("Ada", "hello")]


def test_generated_captions_that_roll_up_are_said_once() -> None:
    assert texts("vtt", YOUTUBE) == ["so hello world", "and good night"]


def test_rows_that_stay_on_the_screen_are_said_once() -> None:
    content = vtt("one\ntwo\nthree", "two\nthree\nfour").replace("00:00:03.000", "00:00:04.000")

    assert texts("vtt", content) == ["one two three", "four"]


def test_a_line_that_is_said_again_is_kept() -> None:
    content = srt("Hallelujah", "Hallelujah").replace("00:00:03,000", "00:00:04,000")

    assert texts("srt", content) == ["Hallelujah", "Hallelujah"]


def test_the_language_of_generated_captions_is_read() -> None:
    assert read_transcript("vtt", YOUTUBE).transcript.language == "en-GB"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (srt("a", "b").replace("05,000", "99,000"), "Cue 2: the time 00:00:99,000 cannot be read."),
        (srt("a").replace("00:00:02", "O0:00:02"), "Cue 1: the time O0:00:02,000 cannot be read."),
        (srt("a").replace("00:00:02", "-00:00:02"), "Cue 1: the time -00:00:02,000 cannot be read."),
        (srt("a").replace("00:00:03,000", ""), "Cue 1 has no end."),
        (srt("a").replace("03,000", "01,000"), "Cue 1 ends before it starts."),
        ("hello\n" + srt("a"), "Line 1: a cue should begin with its times, not with hello."),
    ],
)
def test_a_refusal_says_what_is_wrong_and_where(content: str, message: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_transcript("srt", content)

    assert str(refusal.value) == message


def test_a_refusal_repeats_little_of_the_content() -> None:
    with pytest.raises(Unreadable) as refusal:
        read_transcript("srt", f"secret\x00{'x' * 5000}\n")

    assert len(str(refusal.value)) < 120


def test_webvtt_begins_with_its_name() -> None:
    with pytest.raises(Unreadable, match="WEBVTT"):
        read_transcript("vtt", srt("a"))
