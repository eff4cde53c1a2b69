"""Waiting for a transcription, with no transaction open meanwhile: one long request, or server-sent events."""

import json
import time
from collections.abc import Iterator
from typing import Any

from flask import Response, stream_with_context
from sqlalchemy.orm import Session

from blueprints.api_v1.presenters import segment_json
from db import transaction
from errors import NotFound
from handlers.transcriptions import get_transcription, segments
from models import Account, Segment, Transcription
from rendering.shapes import TranscriptionShape
from rendering.transcriptions import transcription_json

LOOK_EVERY_SECONDS = 0.25
LOOK_EVERY_SECONDS_AFTER_A_WHILE = 1.0
WHILE_SECONDS = 20.0
KEEP_ALIVE_SECONDS = 15.0
LONGEST_STREAM_SECONDS = 3600.0


def until_final(account: Account, public_id: str, *, timeout_seconds: float) -> TranscriptionShape:
    """The transcription once it is final, or as it stands when the time is up."""
    began = time.monotonic()
    while True:
        with transaction() as session:
            transcription = get_transcription(session, account, public_id)
        left = began + timeout_seconds - time.monotonic()
        if transcription.is_final or left <= 0:
            return transcription_json(transcription)
        time.sleep(min(_pause(began), left))


def event_stream(account: Account, public_id: str) -> Response:
    """Server-sent events: `status`, `progress`, `segments`, ending with the final `status`."""
    with transaction() as session:
        get_transcription(session, account, public_id)  # a 404 before the stream begins
    return Response(
        stream_with_context(_events(account, public_id)),
        content_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


def _events(account: Account, public_id: str) -> Iterator[str]:
    began = last_sent = time.monotonic()
    seen_status: dict[str, Any] = {}
    seen_progress: dict[str, Any] = {}
    sent_segments = 0
    while time.monotonic() - began < LONGEST_STREAM_SECONDS:
        try:
            with transaction() as session:
                transcription = get_transcription(session, account, public_id)
                fresh = _fresh_segments(session, transcription, sent_segments)
        except NotFound:
            return  # deleted meanwhile
        shape = transcription_json(transcription)
        progress = {"stage": shape["stage"], "progress": shape["progress"]}
        status = {"status": shape["status"], "stage": shape["stage"]}
        events = []
        if fresh:
            sent_segments = fresh[-1].number + 1
            events.append(_event("segments", {"segments": [segment_json(segment) for segment in fresh]}))
        if progress != seen_progress:
            events.append(_event("progress", progress))
        if status != seen_status:
            events.append(_event("status", shape))
        seen_progress, seen_status = progress, status
        if events:
            last_sent = time.monotonic()
            yield "".join(events)
        elif time.monotonic() - last_sent > KEEP_ALIVE_SECONDS:
            last_sent = time.monotonic()
            yield ": still here\n\n"
        if transcription.is_final:
            return
        time.sleep(_pause(began))


def _fresh_segments(session: Session, transcription: Transcription, sent: int) -> list[Segment]:
    """The segments after the first `sent`; all of them when recognition has begun anew meanwhile."""
    rows = segments(session, transcription, first=max(0, sent - 1))
    if sent and not rows:
        return segments(session, transcription)
    return [row for row in rows if row.number >= sent]


def _event(name: str, data: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(data, separators=(',', ':'), ensure_ascii=False)}\n\n"


def _pause(began: float) -> float:
    """Short recordings are waited for closely, long ones calmly."""
    return LOOK_EVERY_SECONDS if time.monotonic() - began < WHILE_SECONDS else LOOK_EVERY_SECONDS_AFTER_A_WHILE
