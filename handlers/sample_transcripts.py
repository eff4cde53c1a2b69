"""What this service made of the sample recording, kept beside it: for showing the service to who has no account yet.

`assets/README.md` says how the file was made: nothing in it was written by hand but the speaker's name and the
question.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from exports.document import Chapter, Document, Point
from handlers.samples import SAMPLE, SAMPLE_TITLE
from speech.transcript import Segment, Word

RESULT = SAMPLE.with_name("sample.json")


@dataclass(frozen=True, slots=True)
class SampleQuote:
    """Words that an answer rests on, and where they are said."""

    text: str
    start: float
    segment: int


@dataclass(frozen=True, slots=True)
class SampleTranscript:
    """The transcript as exports take it, who made it, and a question with the quotes that answer it."""

    document: Document
    pipeline_code: str
    question: str
    quotes: Sequence[SampleQuote]


@cache
def sample_transcript() -> SampleTranscript:
    kept = json.loads(RESULT.read_text())
    result, asked = kept["result"], kept["question"]
    made_at = datetime.fromisoformat(kept["transcription"]["completed_at"])
    return SampleTranscript(
        _document(result, made_at), result["pipeline_code"], asked["question"], _quotes(result, asked)
    )


def _document(result: Mapping[str, Any], made_at: datetime) -> Document:
    names = {speaker["id"]: speaker["name"] for speaker in result["speakers"]}
    summary = result["summary"]
    return Document(
        title=SAMPLE_TITLE,
        language=result["language"],
        duration_seconds=result["duration_seconds"],
        made_at=made_at,
        segments=[_segment(each, names) for each in result["segments"]],
        chapters=[Chapter(each["title"], each["start"], each["end"], each["summary"]) for each in result["chapters"]],
        summary=summary["short"],
        points=[Point(each["text"], each["start"]) for each in summary["bullets"]],
        topics=[each["label"] for each in result["topics"]],
    )


def _segment(said: Mapping[str, Any], names: Mapping[str, str]) -> Segment:
    words = tuple(Word(each["start"], each["end"], each["word"], each["confidence"]) for each in said["words"])
    return Segment(
        said["start"], said["end"], said["text"], words, names.get(said["speaker"], said["speaker"]), said["confidence"]
    )


def _quotes(result: Mapping[str, Any], asked: Mapping[str, Any]) -> Sequence[SampleQuote]:
    places = {segment["id"]: number for number, segment in enumerate(result["segments"])}
    return [SampleQuote(each["quote"], each["start"], places[each["segment_ids"][0]]) for each in asked["citations"]]
