"""Whatever people and their servers send is read or refused, and nothing that reads it falls over."""

import json
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueprints.pages.paths import safe_path
from errors import InvalidIdempotencyKey, UrlNotAllowed, UrlNotMedia
from handlers import idempotency, one_time_codes
from handlers.api_keys import is_well_formed
from outbound.addresses import canonical_host, check_url
from outbound.file_names import MAX_NAME_BYTES, file_name
from outbound.retries import retry_after_seconds
from outbound.share_links import direct_download_url
from outbound.sniffing import refuse_page
from rendering.devices import device_name
from speech.imports import Unreadable, read_transcript
from speech.transcript import Transcript
from tests.fuzz.conftest import FUZZ
from tests.fuzz.mutations import mutated
from tests.hostile import HOSTILE, UNKEEPABLE

SRT = "1\n00:00:01,000 --> 00:00:02,500\nANNA: Hello <i>there</i>.\n\n2\n00:00:02,500 --> 00:00:04,000\n- Yes.\n- No.\n"
VTT = (
    "\ufeffWEBVTT - a file\nLanguage: en\n\nNOTE\nnothing\n\nSTYLE\n::cue { color: red }\n\nintro\n"
    "00:01.000 --> 00:00:02.500 align:start position:0%\n<v.loud Anna>Hello <00:01.500><c>there</c></v> &amp; you\n"
)
OURS = json.dumps(
    {
        "id": "tr_1",
        "language": "en",
        "duration_seconds": 4.0,
        "speakers": [{"id": "S1", "name": "Anna", "seconds": 1.5}],
        "segments": [
            {
                "id": "seg_0",
                "start": 0.0,
                "end": 1.5,
                "text": "Hello there.",
                "speaker": "S1",
                "confidence": 0.9,
                "words": [{"start": 0.0, "end": 0.5, "word": "Hello", "confidence": 0.9}],
            },
            {"start": 1.5, "end": 4.0, "text": "Yes.", "speaker": None, "words": None},
        ],
    }
)
SEEDS = {"srt": SRT, "vtt": VTT, "json": OURS}
# A file of the largest size that is taken is read in a second or two; these are a thousandth of that.
MOST_SECONDS = 2.0

hostile = st.sampled_from([*HOSTILE, *UNKEEPABLE])
anything = st.one_of(hostile, st.text(), st.lists(hostile, min_size=2, max_size=4).map("".join))
latin_1 = st.text(st.characters(max_codepoint=255)) | hostile.map(lambda text: text.encode().decode("latin-1"))


def is_sound(transcript: Transcript) -> bool:
    """Segments are in order, within the whole, of numbers that are numbers, and say something."""
    times = [(segment.start, segment.end) for segment in transcript.segments]
    flat = [moment for pair in times for moment in pair]
    return (
        all(0 <= start <= end <= transcript.duration_seconds for start, end in times)
        and times == sorted(times)
        and all(moment == moment and moment < float("inf") for moment in flat)
        and all(segment.text.strip() for segment in transcript.segments)
    )


def read(kind: str, content: str) -> None:
    began = time.process_time()
    with suppress(Unreadable):
        assert is_sound(read_transcript(kind, content).transcript)
    assert time.process_time() - began < MOST_SECONDS


@FUZZ
@given(st.sampled_from(sorted(SEEDS)), st.integers(min_value=0))
def test_a_broken_transcript_is_read_or_refused(kind: str, seed: int) -> None:
    read(kind, mutated(SEEDS[kind].encode(), seed).decode(errors="replace"))


@FUZZ
@given(st.sampled_from(sorted(SEEDS)), anything)
def test_what_is_no_transcript_is_refused(kind: str, content: str) -> None:
    read(kind, content)


@FUZZ
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | hostile,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["start", "words", "x"]), inner),
        max_leaves=6,
    ),
    st.sampled_from(
        ["segments", "start", "end", "text", "speaker", "words", "speakers", "duration_seconds", "language"]
    ),
)
def test_json_of_other_types_is_read_or_refused(value: object, field: str) -> None:
    document = json.loads(OURS)
    holder = document if field in document else document["segments"][0]
    holder[field] = value
    read("json", json.dumps(document))


@pytest.mark.parametrize(
    "opening", ['{"segments":' * 5_000, "[" * 100_000, '{"segments": [' + "{}, " * 20_000 + "{}]}"]
)
def test_depth_and_number_are_bounded(opening: str) -> None:
    read("json", opening)


@pytest.mark.parametrize(
    "content",
    [
        "WEBVTT\n\n00:01.000 --> 00:02.000\n" + "<c>" * 50_000,
        "WEBVTT\n\n" + "NOTE\n" * 50_000,
        "WEBVTT\n\n00:01.000 --> 00:02.000\n" + "&" * 100_000,
        "WEBVTT\n\n00:01.000 --> 00:02.000\n" + "<" * 100_000,
        "WEBVTT\n\n" + "00:01.000 --> 00:02.000\n" * 20_000,
    ],
)
def test_captions_that_are_meant_to_take_long_do_not(content: str) -> None:
    read("vtt", content)
    read("srt", content)


@FUZZ
@given(anything | latin_1, anything)
def test_a_name_is_one_line_without_folders(header: str, url: str) -> None:
    try:
        name = file_name(f"attachment; filename={header}; filename*=UTF-8''{header}", url)
    except ValueError:
        # Of an address that is none; what is fetched from was looked at before.
        with pytest.raises(UrlNotAllowed):
            check_url(url, allowed_hosts=frozenset())
        return
    assert name is None or (0 < len(name.encode()) <= MAX_NAME_BYTES)
    assert name is None or not set(name) & set("/\\\r\n\x00\u202e")


@FUZZ
@given(st.binary() | hostile.map(str.encode) | st.integers(0).map(lambda seed: mutated(SRT.encode(), seed)))
def test_the_beginning_of_a_file_is_a_page_or_none(head: bytes) -> None:
    with suppress(UrlNotMedia):
        refuse_page(head)


@FUZZ
@given(anything)
def test_a_url_is_taken_or_refused(text: str) -> None:
    for url in (text, f"https://{text}/a", f"https://example.com{text}", f"https://example.com:{text}/"):
        canonical_host(text)
        direct_download_url(url)
        with suppress(UrlNotAllowed):
            check_url(url, allowed_hosts=frozenset({"127.0.0.1"}))


@FUZZ
@given(anything | latin_1)
def test_headers_are_read_or_left(text: str) -> None:
    for headers in ({"retry-after": text}, {"retry-after-ms": text}):
        seconds = retry_after_seconds(headers)
        assert seconds is None or seconds >= 0
    device_name(text)
    assert not is_well_formed(text)
    one_time_codes.hash_of_recovery_code(text)
    for values in ([text], [text, text], []):
        with suppress(InvalidIdempotencyKey):
            key = idempotency.read_key(values)
            assert key is None or key.isascii()


@FUZZ
@given(anything)
def test_P46_whatever_next_says_leads_to_this_site(text: str) -> None:
    for path in (text, f"/{text}", f"//{text}", f"/\\{text}", f"https:{text}"):
        safe = safe_path(path)
        assert safe is None or (
            safe.startswith("/") and safe[1:2] not in ("/", "\\") and safe.isprintable() is not None
        )
        assert safe is None or not set(safe) & set("\\\r\n\t\x00")
