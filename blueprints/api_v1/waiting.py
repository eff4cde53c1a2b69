"""Waiting for a transcription, with no transaction open meanwhile: one long request, or server-sent events.

Who waits has a seat, so that the others are served meanwhile.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from flask import Response, stream_with_context
from sqlalchemy.orm import Session

from blueprints.api_v1.presenters import segment_json
from blueprints.seats import seats
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


@dataclass(frozen=True, slots=True)
class Look:
    """A transcription as it stands, and the segments that nobody had seen before."""

    transcription: Transcription
    fresh: Sequence[Segment]


def until_final(account: Account, public_id: str, *, timeout_seconds: float) -> TranscriptionShape:
    """The transcription once it is final, or as it stands when the time is up; where no seat is left, that is now."""
    has_seat = seats.take(account.id)
    try:
        seconds = timeout_seconds if has_seat else 0.0
        return transcription_json(until(account, public_id, lambda it: it.is_final, timeout_seconds=seconds))
    finally:
        if has_seat:
            seats.leave(account.id)


def until(
    account: Account, public_id: str, is_enough: Callable[[Transcription], bool], *, timeout_seconds: float
) -> Transcription:
    """The transcription once that is true of it, or as it stands when the time is up. Whoever calls has a seat."""
    began = time.monotonic()
    while True:
        with transaction() as session:
            transcription = get_transcription(session, account, public_id)
        left = began + timeout_seconds - time.monotonic()
        if is_enough(transcription) or left <= 0:
            return transcription
        time.sleep(min(_pause(began), left))


def watch(account: Account, public_id: str) -> Iterator[Look]:
    """A look from time to time, until nobody wants one, it is deleted, or an hour is over."""
    began, seen = time.monotonic(), 0
    while time.monotonic() - began < LONGEST_STREAM_SECONDS:
        try:
            with transaction() as session:
                transcription = get_transcription(session, account, public_id)
                fresh = _fresh_segments(session, transcription, seen)
        except NotFound:
            return  # deleted meanwhile
        seen = fresh[-1].number + 1 if fresh else seen
        yield Look(transcription, fresh)
        time.sleep(_pause(began))


def event_stream(account: Account, public_id: str) -> Response:
    """Server-sent events: `status`, `progress`, `segments`, ending with the final `status`."""
    with ExitStack() as held:
        held.enter_context(seats.seat(account.id))
        with transaction() as session:
            get_transcription(session, account, public_id)  # a 404 before the stream begins
        return streamed(_events(account, public_id), held)


def streamed(events: Iterator[str], held: ExitStack) -> Response:
    """Server-sent events, kept alive where there are none for a while; what is held is let go when they end."""
    response = Response(
        stream_with_context(_kept_alive(events)),
        content_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )
    response.call_on_close(held.pop_all().close)
    return response


def _events(account: Account, public_id: str) -> Iterator[str]:
    """The events of each look, as one piece that may be empty."""
    seen_status: dict[str, Any] = {}
    seen_progress: dict[str, Any] = {}
    for look in watch(account, public_id):
        shape = transcription_json(look.transcription)
        progress = {"stage": shape["stage"], "progress": shape["progress"]}
        status = {"status": shape["status"], "stage": shape["stage"]}
        events = []
        if look.fresh:
            events.append(_event("segments", {"segments": [segment_json(segment) for segment in look.fresh]}))
        if progress != seen_progress:
            events.append(_event("progress", progress))
        if status != seen_status:
            events.append(_event("status", shape))
        seen_progress, seen_status = progress, status
        yield "".join(events)
        if look.transcription.is_final:
            return


def _kept_alive(pieces: Iterator[str]) -> Iterator[str]:
    last_sent = time.monotonic()
    for piece in pieces:
        if piece or time.monotonic() - last_sent > KEEP_ALIVE_SECONDS:
            last_sent = time.monotonic()
            yield piece or ": still here\n\n"


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
