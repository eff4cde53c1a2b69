"""What every transcript that is brought along becomes, whatever its format."""

import html
import json
import time
from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.imports import Unreadable, read_transcript
from speech.transcript import Segment

WORDS = st.text(st.sampled_from("abzÄé漢م’&<>{}-0 "), min_size=1, max_size=30).map(str.strip).filter(bool)


@st.composite
def spoken(draw: st.DrawFn) -> list[Segment]:
    """Segments one after another, either all or none of which have a speaker; times are whole milliseconds."""
    is_named = draw(st.booleans())
    segments, now = [], 0
    for _ in range(draw(st.integers(1, 8))):
        start = now + draw(st.integers(0, 3000))
        now = start + draw(st.integers(100, 9000))
        speaker = draw(st.sampled_from(["S1", "S2", "S9"])) if is_named else None
        text = " ".join(draw(WORDS).split())
        segments.append(Segment(start / 1000, now / 1000, text, speaker=speaker))
    return segments


def clock(seconds: float, point: str) -> str:
    milliseconds = round(seconds * 1000)
    return f"{milliseconds // 3_600_000:02}:{milliseconds // 60_000 % 60:02}:{milliseconds // 1000 % 60:02}{point}" + (
        f"{milliseconds % 1000:03}"
    )


def as_srt(segments: Sequence[Segment]) -> str:
    return "".join(
        f"{number}\n{clock(segment.start, ',')} --> {clock(segment.end, ',')}\n"
        f"{segment.speaker + ': ' if segment.speaker else ''}{html.escape(segment.text)}\n\n"
        for number, segment in enumerate(segments, 1)
    )


def as_vtt(segments: Sequence[Segment]) -> str:
    return "WEBVTT\n\n" + "".join(
        f"{clock(segment.start, '.')} --> {clock(segment.end, '.')}\n"
        f"{f'<v {segment.speaker}>' if segment.speaker else ''}{html.escape(segment.text)}\n\n"
        for segment in segments
    )


def as_json(segments: Sequence[Segment]) -> str:
    return json.dumps({"segments": [{name: getattr(segment, name) for name in FIELDS} for segment in segments]})


FIELDS = ("start", "end", "text", "speaker")
WRITERS = {"srt": as_srt, "vtt": as_vtt, "json": as_json}


@pytest.mark.parametrize("kind", sorted(WRITERS))
@settings(max_examples=150, deadline=None)
@given(segments=spoken())
def test_what_is_written_is_read_again(kind: str, segments: list[Segment]) -> None:
    imported = read_transcript(kind, WRITERS[kind](segments))

    assert list(imported.transcript.segments) == segments


@pytest.mark.parametrize("kind", sorted(WRITERS))
@settings(max_examples=200, deadline=None)
@given(content=st.text(st.sampled_from('0:1,.-> \n<v/>&;{}[]"WEBTNOs\x00\ud800'), max_size=80))
def test_any_content_is_read_or_refused(kind: str, content: str) -> None:
    with suppress(Unreadable):
        assert read_transcript(kind, f"WEBVTT\n\n{content}" if kind == "vtt" else content).transcript.text


def test_segments_come_in_time_order_and_apart() -> None:
    transcript = read_transcript("json", as_json([Segment(5, 8, "later"), Segment(0, 6, "sooner")])).transcript

    assert [(segment.text, segment.start, segment.end) for segment in transcript.segments] == [
        ("sooner", 0, 6),
        ("later", 6, 8),
    ]


def test_a_segment_that_has_to_start_later_comes_after_who_speaks_meanwhile() -> None:
    said = [(0, 5, "a", "S1"), (1, 6, "b", "S1"), (2, 3, "c", "S2")]
    written = [{"start": start, "end": end, "text": text, "speaker": who} for start, end, text, who in said]
    segments = read_transcript("json", json.dumps({"segments": written})).transcript.segments

    assert [(each.start, each.end, each.text) for each in segments] == [(0, 5, "a"), (2, 3, "c"), (5, 6, "b")]


def test_the_duration_is_where_the_last_segment_ends() -> None:
    transcript = read_transcript("srt", as_srt([Segment(0, 9, "a"), Segment(2, 4, "b")])).transcript

    assert transcript.duration_seconds == 9


def test_all_that_the_segments_cover_is_speech() -> None:
    transcript = read_transcript("srt", as_srt([Segment(0, 1, "a"), Segment(5, 7, "b")])).transcript

    assert (transcript.speech_seconds, transcript.transcribed_seconds) == (3, 3)


def test_speakers_are_numbered_as_they_first_speak() -> None:
    segments = [Segment(5, 6, "b", speaker="Bob"), Segment(0, 1, "a", speaker="Ada"), Segment(7, 8, "c")]
    imported = read_transcript("json", as_json(segments))

    assert [segment.speaker for segment in imported.transcript.segments] == ["S1", "S2", None]
    assert imported.speaker_names == {"S1": "Ada", "S2": "Bob"}


def test_a_speaker_that_is_a_label_keeps_it_and_needs_no_name() -> None:
    segments = [Segment(0, 1, "a", speaker="Ada"), Segment(2, 3, "b", speaker="S1")]
    imported = read_transcript("json", as_json(segments))

    assert [segment.speaker for segment in imported.transcript.segments] == ["S2", "S1"]
    assert imported.speaker_names == {"S2": "Ada"}


@pytest.mark.parametrize("kind", sorted(WRITERS))
def test_characters_that_cannot_be_stored_are_taken_out(kind: str) -> None:
    content = WRITERS[kind]([Segment(0, 1, "one@ two#")]).replace("@", "\x00\x07").replace("#", "\ud800")
    content = content.replace("\x00\x07", "\\u0000\\u0007") if kind == "json" else content

    (segment,) = read_transcript(kind, content).transcript.segments

    assert segment.text == "one two�"


@pytest.mark.parametrize("kind", sorted(WRITERS))
def test_a_byte_order_mark_is_no_content(kind: str) -> None:
    content = "\ufeff" + WRITERS[kind]([Segment(0, 1, "hello")])

    assert read_transcript(kind, content).transcript.text == "hello"


@pytest.mark.parametrize("content", [as_srt([]), as_srt([Segment(0, 1, "<i> </i>")]).replace("&lt;", "<"), "\n\n"])
def test_a_transcript_without_text_is_refused(content: str) -> None:
    with pytest.raises(Unreadable, match=r"^The transcript has no text\.$"):
        read_transcript("srt", content.replace("&gt;", ">"))


@pytest.mark.parametrize("kind", sorted(WRITERS))
def test_fifty_thousand_segments_are_taken_and_no_more(kind: str) -> None:
    segments = [Segment(second, second + 1, "a") for second in range(50_001)]

    assert len(read_transcript(kind, WRITERS[kind](segments[1:])).transcript.segments) == 50_000
    with pytest.raises(Unreadable, match="50,000"):
        read_transcript(kind, WRITERS[kind](segments))


@pytest.mark.parametrize("kind", sorted(WRITERS))
def test_a_day_is_taken_and_no_more(kind: str) -> None:
    assert read_transcript(kind, WRITERS[kind]([Segment(0, 86_400, "a")])).transcript.duration_seconds == 86_400
    with pytest.raises(Unreadable, match="24 hours"):
        read_transcript(kind, WRITERS[kind]([Segment(0, 86_400.001, "a")]))


@pytest.mark.parametrize("kind", sorted(WRITERS))
def test_a_segment_of_more_than_twenty_thousand_characters_is_refused(kind: str) -> None:
    assert read_transcript(kind, WRITERS[kind]([Segment(0, 1, "a" * 20_000)]))
    with pytest.raises(Unreadable, match="20,000"):
        read_transcript(kind, WRITERS[kind]([Segment(0, 1, "a" * 20_001)]))


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(Unreadable, match="srt, vtt or json"):
        read_transcript("docx", "hello")


CUE = "00:00:01.000 --> 00:00:02.000\n"
HOSTILE = {
    "spaces": " ",
    "lines": "\n",
    "carriage returns": "\r",
    "digits": "1",
    "tags that open": "<v ",
    "tags": "<v A>b",
    "opened once": "<" + "v" * 9,
    "placements": "{\\",
    "entities": "&#1",
    "amps": "&",
    "arrows": "-->",
    "times": CUE,
    "cues": CUE + "Ada: b\n\n",
    "one line": "Ada: b ",
    "names": "Ada: b\n",
    "comments": "NOTE\n\n",
    "brackets": "[",
    "objects": '{"segments":[',
    "empty objects": "{},",
}


@pytest.mark.parametrize("repeated", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize(
    ("kind", "opening"),
    [
        ("srt", ""),
        ("srt", CUE),
        ("vtt", "WEBVTT\n\n" + CUE),
        ("json", '{"segments":['),
        ("json", '{"segments":[{"a":"'),
    ],
)
def test_hostile_content_costs_little(kind: str, opening: str, repeated: str) -> None:
    content = opening + repeated * (5_000_000 // len(repeated))
    began = time.process_time()

    with suppress(Unreadable):
        read_transcript(kind, content)

    assert time.process_time() - began < 2
