"""What holds for every format in the registry, and what each promises by itself."""

import csv
import io
import itertools
import json
import typing

import docx
import pypdf
import pytest
import srt
import webvtt
from pydantic import TypeAdapter

from blueprints.inputs import ExportFormat
from errors import ChaptersUnavailable
from exports import FORMATS
from exports.document import Chapter, Document
from exports.names import file_name, unused
from exports.options import Options, Preset, limits_of
from speech.imports import read_transcript
from tests.exports.documents import document, meeting, segment

WRITTEN = {code: kind for code, kind in FORMATS.items() if kind.render is not None}
TALK = [code for code in WRITTEN if not code.startswith("chapters")]
NAUGHTY = [
    "-->",
    "00:00:01,000 --> 00:00:02,000",
    "<script>alert(1)</script>",
    "<i>it</i> {\\an8} &lt;b&gt; AT&T",
    '=HYPERLINK("http://x")',
    "+1 @SUM -2",
    "# no heading `code` [link](x) ![image](x)",
    "1. no list",
    "bell\x07 and \u0000 nul",
    "WEBVTT NOTE STYLE",
    "مرحبا بالعالم 123",
    "田中さんにあげて下さい",
    "👩‍👩‍👧‍👦 ﷽ Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚A",
]


def written(code: str, source: Document, options: Options | None = None) -> bytes:
    render = FORMATS[code].render
    assert render is not None
    return render(source, options or Options())


def read(code: str, content: bytes) -> str:
    """All text of a file, read by a library that is not ours."""
    if code == "docx":
        return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs)
    if code == "pdf":
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    if code == "srt":
        return "\n".join(cue.content for cue in srt.parse(content.decode()))
    if code.startswith("vtt"):
        return "\n".join(cue.text for cue in webvtt.from_buffer(io.StringIO(content.decode())).captions)
    return content.decode("utf-8-sig")


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_the_api_offers_what_there_is() -> None:
    offered = TypeAdapter(ExportFormat).json_schema()["enum"]
    assert offered == list(FORMATS) == list(typing.get_args(ExportFormat.__value__))


@pytest.mark.parametrize("code", TALK)
def test_everything_that_is_said_is_in_it_and_in_order(code: str) -> None:
    text = squeezed(read(code, written(code, meeting())))

    places = [text.find(squeezed(part)) for part in ("everybody.", "Yes,please.", "last year.", "travel.", "today.")]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("code", TALK)
def test_an_empty_transcript_is_a_file_all_the_same(code: str) -> None:
    assert read(code, written(code, document())).strip() in {"", "Board meeting", "# Board meeting"} or code in {
        "csv",
        "pdf",
    }


@pytest.mark.parametrize("code", TALK)
@pytest.mark.parametrize("text", NAUGHTY)
def test_a_naughty_string_breaks_nothing(code: str, text: str) -> None:
    source = document(
        [segment(0.0, 4.0, f"before {text} after", f"A {text}"), segment(5.0, 7.0, "The end.")], title=text
    )

    found = squeezed(read(code, written(code, source)))

    assert found.find("before") < found.find("after") < found.find("Theend.")


@pytest.mark.parametrize("code", [*TALK, "chapters_youtube", "chapters_podcast"])
def test_the_same_document_is_the_same_file(code: str) -> None:
    if code != "docx":  # A zip has the time at which it is made.
        assert written(code, meeting()) == written(code, meeting())


@pytest.mark.parametrize("code", sorted(set(TALK) - {"csv"}))
def test_speakers_are_left_out_where_nobody_wants_them(code: str) -> None:
    source = document([segment(0.0, 3.0, "Hello.", "Zuleika")])

    assert "Zuleika" in read_raw(code, written(code, source, Options(speakers=True)))
    assert "Zuleika" not in read_raw(code, written(code, source, Options(speakers=False)))


def read_raw(code: str, content: bytes) -> str:
    return read(code, content) if code in {"docx", "pdf"} else content.decode()


@pytest.mark.parametrize("code", ["txt", "md", "docx", "pdf"])
def test_times_are_left_out_where_nobody_wants_them(code: str) -> None:
    source = document([segment(71.0, 73.0, "Hello.")])

    assert "1:11" in read(code, written(code, source))
    assert "1:11" not in read(code, written(code, source, Options(timestamps=False)))


@pytest.mark.parametrize("code", ["srt", "vtt", "vtt_karaoke"])
def test_captions_come_back_as_the_same_words(code: str) -> None:
    content = written(code, meeting()).decode()

    again = read_transcript(code.partition("_")[0], content).transcript

    assert again.text == " ".join(each.text for each in meeting().segments)


def test_vtt_comes_back_with_its_speakers() -> None:
    imported = read_transcript("vtt", written("vtt", meeting()).decode())

    assert imported.speaker_names == {"S1": "Ada", "S2": "Bob"}


@pytest.mark.parametrize("preset", Preset)
def test_captions_of_three_hours_keep_their_limits(preset: Preset) -> None:
    words = "so we looked at the numbers again, and what they say is not what anybody had expected of them. "
    talk = [
        segment(5.4 * n, 5.4 * n + 5.0, (words * 2)[n % 40 : n % 40 + 80].strip(), f"S{n % 7 // 3}")
        for n in range(2000)
    ]
    limits = limits_of(preset)

    content = written("srt", document(talk), Options(limits)).decode()

    found = list(srt.parse(content))
    assert max(len(line) for cue in found for line in cue.content.split("\n")) <= limits.max_chars_per_line
    assert max(cue.content.count("\n") + 1 for cue in found) <= limits.max_lines
    seconds = [(cue.end - cue.start).total_seconds() for cue in found]
    assert max(seconds) <= limits.max_seconds
    for this, following in itertools.pairwise(found):
        silence = (following.start - this.end).total_seconds()
        is_too_fast = len(this.content) > limits.max_chars_per_second * (this.end - this.start).total_seconds()
        assert silence >= 0
        assert not is_too_fast or silence <= limits.gap_seconds + 0.001
    assert squeezed("".join(cue.content for cue in found)) == squeezed("".join(each.text for each in talk))


def test_karaoke_words_are_stamped_in_order_within_their_cue() -> None:
    content = written("vtt_karaoke", document([segment(1.0, 3.0, "One two three.")])).decode()

    assert content == ("WEBVTT\n\n00:00:01.000 --> 00:00:03.000\nOne <00:00:01.667>two <00:00:02.333>three.\n")


def test_a_table_runs_no_formula() -> None:
    source = document([segment(0.0, 1.0, text) for text in ("=1+1", "-2", "+3", "@x", "plain")])

    rows = list(csv.reader(io.StringIO(written("csv", source).decode("utf-8-sig"))))

    assert rows[0] == ["start", "end", "speaker", "text"]
    assert [row[3] for row in rows[1:]] == ["'=1+1", "'-2", "'+3", "'@x", "plain"]


def test_word_files_have_headings_and_tell_of_themselves() -> None:
    word = docx.Document(io.BytesIO(written("docx", meeting())))

    headings = [
        each.text for each in word.paragraphs if ((each.style and each.style.name) or "").startswith("Heading 1")
    ]
    assert headings == ["Summary", "Budget", "Travel", "Closing"]
    assert (word.core_properties.title, word.core_properties.language) == ("Board meeting", "en")


@pytest.mark.parametrize("text", ["Grüße, Ελλάδα, Привет", "你好世界", "こんにちは", "안녕하세요", "नमस्ते", "สวัสดี"])
def test_a_pdf_shows_the_scripts_that_its_fonts_have(text: str) -> None:
    found = read("pdf", written("pdf", document([segment(0.0, 1.0, text)])))

    assert "in no font" not in found


def test_a_pdf_says_what_it_cannot_show() -> None:
    found = read("pdf", written("pdf", document([segment(0.0, 1.0, "Linear B: \U00010000")])))

    assert "1 character is in no font of this service and shown as \ufffd" in " ".join(found.split())


def test_youtube_chapters_begin_at_zero_and_last_ten_seconds() -> None:
    chapters = [Chapter(f"Part {n}", start, 100.0, "") for n, start in enumerate([0.4, 12.0, 15.0, 40.0, 3700.5])]

    content = written("chapters_youtube", document(chapters=chapters, duration_seconds=3720.0))

    assert content.decode() == "0:00 Part 0\n0:12 Part 1\n0:40 Part 3\n1:01:40 Part 4\n"


def test_too_few_chapters_are_refused_with_the_reason() -> None:
    with pytest.raises(ChaptersUnavailable, match="at least 3 chapters of 10 seconds, and this transcription has none"):
        written("chapters_youtube", document())
    with pytest.raises(ChaptersUnavailable):
        written("chapters_podcast", document())


def test_podcast_chapters_are_what_the_specification_wants() -> None:
    made = json.loads(written("chapters_podcast", meeting()))

    assert made["version"] == "1.2.0"
    assert made["chapters"][1] == {"startTime": 20.0, "title": "Travel", "endTime": 30.0}


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("talk.mp3", "talk.srt"),
        ("../../etc/passwd", "etc-passwd.srt"),
        ("Q3: plans / budget?", "Q3- plans - budget.srt"),
        ("  \u202egpj.exe\n", "gpj.exe.srt"),
        ("CON", "_CON.srt"),
        ("会議", "会議.srt"),
        ("…/", "….srt"),
        ("", "transcript.srt"),
    ],
)
def test_a_file_is_called_after_its_title(title: str, name: str) -> None:
    assert file_name(title, ".srt") == name


def test_names_in_a_zip_are_unique_whatever_their_case() -> None:
    taken: set[str] = set()

    assert [unused(name, ".srt", taken) for name in ("a.srt", "A.srt", "a.srt")] == ["a.srt", "A (2).srt", "a (3).srt"]
