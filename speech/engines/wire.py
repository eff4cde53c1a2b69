"""What engine and client say to each other: one JSON object a line, in both directions, over a unix socket.

The client sends one request and reads until `done` or `error`:

    {"type": "ping"}                                    → {"type": "pong", model, device, threads, pid, loaded_seconds}
    {"type": "speech", pcm}                             → {"type": "speech", spans}  [start, end] in seconds
    {"type": "voices", pcm, span, target}               → `waiting` and `progress` as below, and at the end, when what
        {"type": "voices"}                              was heard is in the file `target`; `span` [first, after] in
                                                        samples, or null for all
    {"type": "speakers", voices, speakers_expected}     → `waiting` as below, and at the end, for such files, each as
        {"type": "speakers", turns}                     [first sample, path]: [start, end, speaker] in seconds
    {"type": "plan", pcm, channel, chunk_seconds, detect}        → `waiting` as below, and at the end
        {"type": "plan", spans, language}               its chunks, [first, after] in samples; null if not detected
    {"type": "transcribe", pcm, channel, span, language, vocabulary}   → any number of
        (`channel` of two, null of a mono file; `span` [first, after] in samples, null of the whole)
        {"type": "waiting", place}                      others come first; `place` of them
        {"type": "progress", done_seconds, total_seconds}   of the span
        {"type": "segments", segments}                  in seconds of the whole recording
      and at the end one of
        {"type": "done", model, language, duration_seconds, speech_seconds, transcribed_seconds, engine_seconds}
        {"type": "error", code, message}
"""

import json
from dataclasses import asdict
from typing import Any

from speech.transcript import Segment, Word

Message = dict[str, Any]
MAX_LINE_BYTES = 1 << 20


def to_line(message: Message) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def from_line(line: bytes) -> Message:
    """The message in `line`. Raises ValueError where it is not a JSON object."""
    message = json.loads(line)
    if not isinstance(message, dict):
        raise ValueError("a message is a JSON object")
    return message


def segment_to_json(segment: Segment) -> Message:
    return asdict(segment)


def segment_from_json(fields: Message) -> Segment:
    words = fields["words"]
    return Segment(**{**fields, "words": None if words is None else tuple(Word(**word) for word in words)})
