"""What is made of transcripts in JSON, our own exports among them."""

import json
from typing import Any

import pytest

from speech.imports import Unreadable, read_transcript
from speech.transcript import Word

EXPORT = {
    "id": "tr_1",
    "text": "Hello there. Hi.",
    "language": "en",
    "duration_seconds": 12.5,
    "speakers": [{"id": "S2", "name": "Ada", "seconds": 2.0}, {"id": "S1", "name": "S1", "seconds": 1.0}],
    "segments": [
        {
            "id": "seg_0",
            "start": 0.5,
            "end": 2.5,
            "text": "Hello there.",
            "speaker": "S2",
            "confidence": 0.9,
            "words": [
                {"start": 0.5, "end": 1, "word": "Hello", "confidence": 0.8},
                {"start": 1, "end": 2.5, "word": "there.", "confidence": None},
            ],
        },
        {"id": "seg_1", "start": 3, "end": 4, "text": "Hi.", "speaker": "S1", "confidence": None, "words": None},
    ],
    "summary": {"short": "", "bullets": []},
}


def one(**changes: Any) -> str:
    return json.dumps({"segments": [{"start": 0, "end": 1, "text": "hello", **changes}]})


def test_our_own_export_keeps_words_and_confidences() -> None:
    first, second = read_transcript("json", json.dumps(EXPORT)).transcript.segments

    assert first.words == (Word(0.5, 1, "Hello", 0.8), Word(1, 2.5, "there."))
    assert (first.confidence, second.confidence, second.words) == (0.9, None, None)


def test_our_own_export_keeps_language_length_and_names() -> None:
    imported = read_transcript("json", json.dumps(EXPORT))

    assert (imported.transcript.language, imported.transcript.duration_seconds) == ("en", 12.5)
    assert [segment.speaker for segment in imported.transcript.segments] == ["S2", "S1"]
    assert imported.speaker_names == {"S2": "Ada"}


def test_a_length_shorter_than_the_segments_is_not_believed() -> None:
    transcript = read_transcript("json", json.dumps({**EXPORT, "duration_seconds": 1})).transcript

    assert transcript.duration_seconds == 4


def test_foreign_speakers_have_the_names_listed_for_them() -> None:
    content = {**json.loads(one(speaker=0)), "speakers": [{"id": 0, "name": "Ada"}]}

    assert read_transcript("json", json.dumps(content)).speaker_names == {"S1": "Ada"}


def test_a_language_that_is_no_tag_is_left_out() -> None:
    content = {**json.loads(one()), "language": "what they speak\x00"}

    assert read_transcript("json", json.dumps(content)).transcript.language is None


def test_an_empty_speaker_is_nobody() -> None:
    imported = read_transcript("json", one(speaker=" "))

    assert (imported.transcript.segments[0].speaker, imported.speaker_names) == (None, {})


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (one(start="0"), "segments[0].start: "),
        (one(start=-1), "segments[0].start: "),
        (one(end=float("nan")), "segments[0].end: "),
        (one(end=float("inf")), "segments[0].end: "),
        (one(end=True), "segments[0].end: "),
        (one(start=2), "segments[0] ends before it starts."),
        (one(text=None), "segments[0].text: "),
        (one(confidence=2), "segments[0].confidence: "),
        (one(words=[{"start": 0, "end": 1}]), "segments[0].words[0].word: This field is required."),
        (one(words=[{"start": 1, "end": 0, "word": "a"}]), "segments[0].words[0] ends before it starts."),
        ('{"segments": [3]}', "segments[0]: Input should be an object."),
        ('{"segments": {}}', "segments: "),
        ("{}", "segments: This field is required."),
        ("[]", "The JSON should be an object"),
        ('{"segments":\n[}', "Line 2, column 2: this is no JSON"),
        ('{"segments": [1' + "1" * 5000, "A number in the JSON has too many digits."),
        ('{"segments": [{"start": 0, "end": 1e999, "text": "a"}]}', "segments[0].end: "),
        ("[" * 100_000, "The JSON is nested too deeply."),
    ],
)
def test_a_refusal_says_what_is_wrong_and_where(content: str, place: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_transcript("json", content)

    assert str(refusal.value).startswith(place)
    assert str(refusal.value).endswith(".")


def test_a_refusal_repeats_nothing_of_the_content() -> None:
    with pytest.raises(Unreadable) as refusal:
        read_transcript("json", one(start="a secret"))

    assert "secret" not in str(refusal.value)
