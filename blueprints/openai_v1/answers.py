"""A transcript in the formats of OpenAI's endpoint."""

import math
import zlib
from collections.abc import Sequence
from typing import Any

from flask import Response

from blueprints.api_v1.replies import reply
from blueprints.openai_v1.inputs import ResponseFormat, TranscriptionForm
from blueprints.pages.languages import LANGUAGES
from exports import FORMATS
from exports.options import Options
from handlers.exports import Exportable
from models import Segment

Json = dict[str, Any]


def answer(form: TranscriptionForm, heard: Exportable) -> Response:
    """The whole transcript in the format that is wanted."""
    wanted: ResponseFormat = form.response_format
    if wanted in ("srt", "vtt"):
        kind = FORMATS[wanted]
        assert kind.render is not None
        return Response(kind.render(heard.document, Options()), content_type=kind.content_type)
    if wanted == "text":
        return Response(text_of(heard.segments) + "\n", content_type="text/plain; charset=utf-8")
    if wanted == "verbose_json":
        return reply(_verbose(form, heard))
    if wanted == "diarized_json":
        return reply(_diarized(heard))
    return reply({"text": text_of(heard.segments), **after_text(heard)})


def text_of(segments: Sequence[Segment]) -> str:
    return " ".join(segment.text for segment in segments)


def after_text(heard: Exportable) -> Json:
    """What follows the text: the languages, as gpt-transcribe tells them, and what was charged by."""
    language = heard.transcription.language
    return {"languages": [{"code": language}] if language else [], "usage": _usage(heard)}


def diarized_segments(heard: Exportable) -> list[Json]:
    """The segments with their speakers: by the name that was given to them, else A, B and so on, as OpenAI's."""
    names = {
        speaker.label: _letters(place) if speaker.name == speaker.label else speaker.name
        for place, speaker in enumerate(heard.speakers)
    }
    return [
        {
            "type": "transcript.text.segment",
            "id": segment.public_id,
            "start": segment.start,
            "end": segment.end,
            "text": segment.text,
            "speaker": names.get(segment.speaker or "", _letters(0)),
        }
        for segment in heard.segments
    ]


def _diarized(heard: Exportable) -> Json:
    return {
        "task": "transcribe",
        "duration": _duration(heard),
        "text": text_of(heard.segments),
        "segments": diarized_segments(heard),
        "usage": _usage(heard),
    }


def _verbose(form: TranscriptionForm, heard: Exportable) -> Json:
    wanted = form.timestamp_granularities or ("segment",)
    language = heard.transcription.language or ""
    body: Json = {
        "task": "transcribe",
        # whisper-1 says "english", not "en".
        "language": LANGUAGES.get(language, language).lower(),
        "duration": _duration(heard),
        "text": text_of(heard.segments),
    }
    if "segment" in wanted:
        body["segments"] = [_segment(segment) for segment in heard.segments]
    if "word" in wanted:
        body["words"] = [
            {"word": word, "start": start, "end": end}
            for segment in heard.segments
            for start, end, word, _ in segment.words or ()
        ]
    return {**body, "usage": _usage(heard)}


def _segment(segment: Segment) -> Json:
    """A segment with all fields of Whisper's. Those that no engine here tells have their least telling value."""
    text = segment.text.encode()
    return {
        "id": segment.number,
        "seek": round(segment.start * 100),
        "start": segment.start,
        "end": segment.end,
        "text": segment.text,
        "tokens": [],
        "temperature": 0.0,
        "avg_logprob": round(math.log(segment.confidence), 4) if segment.confidence else 0.0,
        "compression_ratio": round(len(text) / len(zlib.compress(text)), 4),
        "no_speech_prob": 0.0,
    }


def _usage(heard: Exportable) -> Json:
    return {"type": "duration", "seconds": _duration(heard)}


def _duration(heard: Exportable) -> float:
    return heard.transcription.duration_seconds or 0.0


def _letters(place: int) -> str:
    """A to Z, then AA, AB and so on."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
