"""Requests and answers as they really look, for the API's document. Tests hold them against its schemas."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from blueprints.api_v1.insight_shapes import QuestionShape, SearchShape
from blueprints.api_v1.shapes import (
    ListShape,
    MeShape,
    PipelineShape,
    QuoteShape,
    ResultShape,
    SegmentShape,
    UploadPartShape,
    UploadShape,
    UsageShape,
)
from errors import Canceled, MediaNoAudio
from rendering.shapes import Artifacts, Links, TranscriptionShape

HOSTED = "voxtral-mini-transcribe"  # A pipeline that every installation has, available or not.
ORIGIN = "https://transcribe.example.com"
RECORDING = "https://media.example.com/interview.mp3"
TRANSCRIPTION_ID = "tr_01kanx6f8r9s5v2m4c7d3e0b1a"
QUESTION_ID = "qa_01kanvb0m8x4q6s2z9c7v5t3r1"
UPLOAD_ID = "up_01kanx5c2y8t6w4q0p3n7h9k5j"


def page(rows: Sequence[Any]) -> ListShape[Any]:
    """Rows as the last page of a list."""
    return {"data": list(rows), "has_more": False, "next_cursor": None}


def _links(transcription_id: str) -> Links:
    api = f"{ORIGIN}/api/v1/transcriptions/{transcription_id}"
    return {"self": api, "result": f"{api}/result", "dashboard": f"{ORIGIN}/transcriptions/{transcription_id}"}


PENDING: Artifacts = {
    "transcript": "pending",
    "chapters": "pending",
    "topics": "pending",
    "summary": "pending",
    "search": "pending",
}
NOTHING: Artifacts = {
    "transcript": "failed",
    "chapters": "failed",
    "topics": "failed",
    "summary": "failed",
    "search": "failed",
}

# Transcriptions

FROM_URL = {"source": "external_url", "url": RECORDING}
FROM_UPLOAD = {
    "source": "upload",
    "upload_id": UPLOAD_ID,
    "pipeline_code": HOSTED,
    "language": "en",
    "diarize": True,
    "speakers_expected": 2,
    "vocabulary": ["Ada Lovelace", "Analytical Engine"],
    "title": "Interview",
    "metadata": {"customer": "42"},
    "tags": ["interviews"],
    "max_cost_usd": "0.50",
    "retention": {"media": "after_success"},
}
CHANGES = {"speakers": {"S1": "Ada", "S2": "Charles"}, "tags": ["interviews"]}

QUEUED: TranscriptionShape = {
    "id": TRANSCRIPTION_ID,
    "object": "transcription",
    "status": "processing",
    "stage": "queued",
    "progress": 0.0,
    "queue_position": None,
    "title": "interview.mp3",
    "source": "external_url",
    "url": RECORDING,
    "pipeline_code": HOSTED,
    "language": None,
    "duration_seconds": None,
    "speakers_count": None,
    "cost": {"quoted_usd": None, "charged_usd": None, "price_per_minute_usd": "0.029600"},
    "error": None,
    "warnings": [],
    "artifacts": PENDING,
    "revision": 0,
    "metadata": {"customer": "42"},
    "tags": ["interviews"],
    "retention": {"media": 168, "media_available": False, "media_expires_at": None},
    "trashed_at": None,
    "api_key_id": "key_01kanw0m3f5z8x1d6s9g2r4t7v",
    "created_at": "2026-11-22T08:00:00.000Z",
    "started_at": None,
    "completed_at": None,
    "links": _links(TRANSCRIPTION_ID),
}
TRANSCRIBING: TranscriptionShape = {
    **QUEUED,
    "retention": {"media": 168, "media_available": True, "media_expires_at": None},
    "stage": "transcribing",
    "progress": 0.4,
    "duration_seconds": 570.0,
    "cost": {"quoted_usd": "0.281200", "charged_usd": None, "price_per_minute_usd": "0.029600"},
    "started_at": "2026-11-22T08:00:00.812Z",
}
COMPLETED: TranscriptionShape = {
    **TRANSCRIBING,
    "status": "completed",
    "stage": None,
    "progress": 1.0,
    "language": "en",
    "speakers_count": 2,
    "cost": {"quoted_usd": "0.281200", "charged_usd": "0.281200", "price_per_minute_usd": "0.029600"},
    "artifacts": {"transcript": "ready", "chapters": "ready", "topics": "ready", "summary": "ready", "search": "ready"},
    "retention": {"media": 168, "media_available": True, "media_expires_at": "2026-11-29T08:01:12.345Z"},
    "completed_at": "2026-11-22T08:01:12.345Z",
}
TRASHED: TranscriptionShape = {**COMPLETED, "trashed_at": "2026-11-23T16:20:05.010Z"}
RESTORED: TranscriptionShape = {**COMPLETED, "artifacts": {**COMPLETED["artifacts"], "search": "pending"}}
UNDERSTANDING: TranscriptionShape = {**COMPLETED, "artifacts": {**PENDING, "transcript": "ready"}}
CANCELED: TranscriptionShape = {
    **TRANSCRIBING,
    "status": "failed",
    "stage": None,
    "cost": {"quoted_usd": "0.281200", "charged_usd": "0.000000", "price_per_minute_usd": "0.029600"},
    "error": {"code": Canceled.code, "message": Canceled.default_message},
    "artifacts": NOTHING,
    "completed_at": "2026-11-22T08:00:31.006Z",
}
FAILED: TranscriptionShape = {
    **QUEUED,
    "id": "tr_01kanv9p7b3k6h2j5n8w1q4x0z",
    "status": "failed",
    "stage": None,
    "cost": {"quoted_usd": None, "charged_usd": "0.000000", "price_per_minute_usd": "0.029600"},
    "error": {"code": MediaNoAudio.code, "message": MediaNoAudio.default_message},
    "artifacts": NOTHING,
    "started_at": "2026-11-22T07:40:00.530Z",
    "created_at": "2026-11-22T07:40:00.000Z",
    "completed_at": "2026-11-22T07:40:02.118Z",
    "links": _links("tr_01kanv9p7b3k6h2j5n8w1q4x0z"),
}

SEGMENTS: list[SegmentShape] = [
    {
        "id": "seg_0",
        "start": 0.2,
        "end": 1.4,
        "text": "Good morning.",
        "speaker": "S1",
        "confidence": None,
        "words": None,
    },
    {
        "id": "seg_1",
        "start": 1.7,
        "end": 2.6,
        "text": "Morning, Ada.",
        "speaker": "S2",
        "confidence": None,
        "words": None,
    },
]
RESULT: ResultShape = {
    "id": TRANSCRIPTION_ID,
    "revision": 0,
    "text": "Good morning. Morning, Ada.",
    "language": "en",
    "duration_seconds": 2.8,
    "pipeline_code": HOSTED,
    "speakers": [{"id": "S1", "name": "Ada", "seconds": 0.9}, {"id": "S2", "name": "Charles", "seconds": 1.2}],
    "segments": SEGMENTS,
    "quality": {"media_seconds": 2.8, "speech_seconds": 2.1, "transcribed_seconds": 2.1, "coverage": 1.0},
    "chapters": [{"title": "Greetings", "start": 0.0, "end": 2.8, "summary": "Two people say good morning."}],
    "topics": [{"label": "Greetings", "score": 0.92, "mentions": [{"start": 0.2, "end": 2.6}]}],
    "summary": {
        "short": "Ada and Charles greet each other.",
        "bullets": [{"text": "Ada says good morning.", "start": 0.2, "end": 1.1}],
        "key_phrases": ["good morning"],
        "action_items": [],
    },
    "understanding": {
        "engine": "llm",
        "model": "mistral-small-latest",
        "parts": {
            "chapters": {"engine": "llm", "model": "mistral-small-latest", "stale": False},
            "topics": {"engine": "extractive", "model": "all-MiniLM-L6-v2", "stale": False},
            "summary": {"engine": "llm", "model": "mistral-small-latest", "stale": False},
            "search": {"engine": "hybrid", "model": "all-MiniLM-L6-v2", "stale": False},
        },
    },
    "engine": {"model": "voxtral-mini-2602", "word_times": "none"},
}
RESULT_WITH_WORDS: ResultShape = {
    **RESULT,
    "text": "Good morning.",
    "pipeline_code": "whisper-base",
    "speakers": [],
    "segments": [
        {
            "id": "seg_0",
            "start": 0.24,
            "end": 1.36,
            "text": "Good morning.",
            "speaker": None,
            "confidence": 0.96,
            "words": [
                {"start": 0.24, "end": 0.71, "word": "Good", "confidence": 0.95},
                {"start": 0.71, "end": 1.36, "word": "morning.", "confidence": 0.97},
            ],
        }
    ],
    "chapters": [{"title": "Good morning", "start": 0.0, "end": 2.8, "summary": "Good morning."}],
    "topics": [],
    "summary": {"short": "Good morning.", "bullets": [], "key_phrases": [], "action_items": []},
    "understanding": {
        "engine": "extractive",
        "model": "all-MiniLM-L6-v2",
        "parts": {
            "chapters": {"engine": "extractive", "model": "all-MiniLM-L6-v2", "stale": False},
            "topics": {"engine": "extractive", "model": "all-MiniLM-L6-v2", "stale": False},
            "summary": {"engine": "extractive", "model": "all-MiniLM-L6-v2", "stale": False},
            "search": {"engine": "hybrid", "model": "all-MiniLM-L6-v2", "stale": False},
        },
    },
    "engine": {"model": "base", "word_times": "measured"},
}


def _event(name: str, data: Mapping[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"


EVENTS = "".join(
    [
        _event("progress", {"stage": "transcribing", "progress": 0.4}),
        _event("status", TRANSCRIBING),
        ": still here\n\n",
        _event("segments", {"segments": SEGMENTS}),
        _event("progress", {"stage": None, "progress": 1.0}),
        _event("status", COMPLETED),
    ]
)

# Search and questions

QUESTION = "Who said good morning first?"
FOUND: SearchShape = {
    "data": [
        {
            "transcription_id": TRANSCRIPTION_ID,
            "title": "interview.mp3",
            "segment_id": "seg_0",
            "start": 0.2,
            "end": 2.6,
            "at": 0.2,
            "speaker": "S1",
            "text": "Good morning.",
            "score": 0.61,
            "highlights": [(0, 4), (5, 12)],
        }
    ],
    "has_more": False,
    "next_cursor": None,
    "searched_by": "hybrid",
}
ANSWERED: QuestionShape = {
    "id": QUESTION_ID,
    "object": "question",
    "question": QUESTION,
    "answer": "Ada did, and Charles answered her.",
    "answerable": True,
    "citations": [
        {
            "transcription_id": TRANSCRIPTION_ID,
            "title": "interview.mp3",
            "segment_ids": ["seg_0"],
            "start": 0.2,
            "end": 1.1,
            "speaker": "S1",
            "quote": "Good morning.",
        }
    ],
    "understanding": {"engine": "llm", "model": "mistral-small-latest"},
    "created_at": "2026-11-22T08:05:00.000Z",
}
UNANSWERED: QuestionShape = {
    **ANSWERED,
    "id": "qa_01kanvc2p1k7h5j3n9w6q8x4z0",
    "question": "What did they have for breakfast?",
    "answer": None,
    "answerable": False,
    "citations": [],
}

# Quotes

QUOTE: QuoteShape = {
    "object": "quote",
    "pipeline_code": HOSTED,
    "duration_seconds": 570.0,
    "is_estimate": False,
    "price_per_minute_usd": "0.029600",
    "total_usd": "0.281200",
    "affordable": True,
    "warnings": [],
}
QUOTE_WITHOUT_LENGTH: QuoteShape = {
    **QUOTE,
    "duration_seconds": None,
    "total_usd": None,
    "warnings": [
        {"code": "length_unknown", "message": "Only the whole file would tell how long this is."},
    ],
}

# Uploads

NEW_UPLOAD = {
    "filename": "interview.mp3",
    "content_type": "audio/mpeg",
    "size_bytes": 4_561_920,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
PENDING_UPLOAD: UploadShape = {
    "id": UPLOAD_ID,
    "object": "upload",
    "status": "pending",
    "filename": "interview.mp3",
    "content_type": "audio/mpeg",
    "size_bytes": 4_561_920,
    "method": "PUT",
    "url": "https://media.example.com/uploads/3f6c…?signature=…",
    "headers": {"Content-Type": "audio/mpeg", "If-None-Match": "*"},
    "expires_at": "2026-11-22T08:15:00.000Z",
    "max_size_bytes": 2_147_483_648,
    "part_size_bytes": None,
    "parts_count": None,
    "parts_received": None,
}
COMPLETE_UPLOAD: UploadShape = {**PENDING_UPLOAD, "status": "complete", "url": None, "headers": {}}
NEW_UPLOAD_IN_PARTS = {
    "filename": "conference.mov",
    "content_type": "video/quicktime",
    "size_bytes": 734_003_200,
    "multipart": True,
}
UPLOAD_IN_PARTS: UploadShape = {
    **PENDING_UPLOAD,
    "filename": "conference.mov",
    "content_type": "video/quicktime",
    "size_bytes": 734_003_200,
    "url": None,
    "headers": {},
    "expires_at": "2026-11-23T08:00:00.000Z",
    "part_size_bytes": 8_388_608,
    "parts_count": 88,
    "parts_received": [],
}
RESUMED_UPLOAD: UploadShape = {**UPLOAD_IN_PARTS, "parts_received": [1, 2, 4]}
UPLOAD_PART: UploadPartShape = {
    "part_number": 3,
    "method": "PUT",
    "url": "https://media.example.com/uploads/3f6c…?partNumber=3&signature=…",
    "headers": {},
    "size_bytes": 8_388_608,
    "expires_at": "2026-11-22T09:00:00.000Z",
}

# The account

ME: MeShape = {
    "account": {"id": "acct_01kanv2d9c4b7g0m5k8s1y6w3r", "email": "ada@example.com", "plan": "free"},
    "api_key": {"id": "key_01kanw0m3f5z8x1d6s9g2r4t7v", "name": "Nightly job", "last_four": "x7Qd"},
    "wallet": {
        "monthly_credit_usd": "0.000000",
        "top_up_usd": "9.437600",
        "held_usd": "0.281200",
        "available_usd": "9.437600",
    },
    "month": {"spent_usd": "0.281200", "cap_usd": "25.000000", "resets_at": "2026-12-01T00:00:00.000Z"},
}
PIPELINE: PipelineShape = {
    "code": HOSTED,
    "name": "Voxtral Mini Transcribe",
    "provider": "mistral",
    "available": True,
    "price_per_minute_usd": "0.029600",
    "your_price_per_minute_usd": "0.029600",
    "languages": ["de", "en", "fr"],
    "diarization": True,
    "word_timestamps": False,
    "vocabulary": True,
    "max_duration_seconds": 14_400,
    "max_size_bytes": 2_147_483_648,
}
USAGE: list[UsageShape] = [
    {"group": "2026-11-22", "transcriptions": 1, "seconds": 570.0, "spent_usd": "0.281200"},
    {"group": "2026-11-20", "transcriptions": 3, "seconds": 1842.6, "spent_usd": "0.909016"},
]
