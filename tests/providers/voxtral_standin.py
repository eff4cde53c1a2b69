"""A loopback Mistral that transcribes by a script: strict about the form, as its documentation is, for both Voxtrals.

It decodes what it is sent, finds where in the recording that was cut from, and says what the script has for that
stretch, with labels that begin anew in each request.
"""

import io
import json
import re
import socket
import threading
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import av
import numpy as np
from av.audio.resampler import AudioResampler
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from speech.providers.words import estimated_words
from speech.transcript import Segment
from tests.providers.fakes import Line

Json = dict[str, Any]
Body = Json | list[Any] | str | bytes

API_KEY = "mistral_standin_key"
SECOND = 16_000
SECOND_VOXTRAL = {"voxtral-mini-2602", "voxtral-mini-latest"}
THIRD_VOXTRAL = {
    f"voxtral-{size}-transcribe-{version}" for size in ("mini", "small") for version in ("3-0", "3", "latest")
}
FIELDS = {
    "model", "file", "file_url", "file_id", "language", "diarize", "timestamp_granularities", "context_bias",
    "speaker_references", "temperature", "stream",
}  # fmt: skip
REPEATED = {"timestamp_granularities", "context_bias"}
CONTAINERS = {"wav", "mp3", "flac", "ogg", "matroska,webm"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that passed the form: its fields, the bytes sent, and which seconds of the recording they are."""

    fields: Mapping[str, Sequence[str]]
    file_name: str
    content_type: str
    content: bytes
    start: float
    seconds: float

    def field(self, name: str) -> str | None:
        return self.fields[name][0] if name in self.fields else None

    @property
    def granularities(self) -> list[str]:
        return list(self.fields.get("timestamp_granularities", ()))


class Refusal(Exception):
    """An answer that is no transcript."""

    def __init__(self, status: int, body: Body, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


def plain(message: str, *, code: str | None = None, param: str | None = None) -> Json:
    return {"object": "error", "message": message, "type": "invalid_request_error", "param": param, "code": code}


def invalid(field: str, message: str, *, kind: str = "value_error", given: object = None) -> Refusal:
    return Refusal(422, {"detail": [{"type": kind, "loc": [field], "msg": message, "input": given}]})


class VoxtralStandin:
    """Give it a recording with `listen`; close it in the end. `asked` holds the requests that passed the form."""

    def __init__(self, *, mount: str = "", max_bytes: int = 500_000_000, max_seconds: float = 3600) -> None:
        self._mount = mount
        self.max_bytes = max_bytes
        self.max_seconds = max_seconds
        self._interrupted = threading.Event()
        self._lock = threading.Lock()
        self._server = make_server("127.0.0.1", 0, self._site, threaded=True, request_handler=_Quiet)
        self.url = f"http://127.0.0.1:{self._server.server_port}{mount}"
        self.reset()
        self._thread = threading.Thread(target=self._server.serve_forever, name="voxtral-standin", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._interrupted.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def reset(self) -> None:
        self._interrupted.set()
        self._interrupted = threading.Event()
        self.arrived = threading.Event()
        self.requests = 0
        self.asked: list[Asked] = []
        self.gone = set[str]()
        self.third = set(THIRD_VOXTRAL)
        self.form_status = 400
        # As seen in the field: a language beside times is no fault, and the transcript is empty.
        self.is_silent_about_language = False
        self.language: str | None = "en"
        self._pcm = b""
        self._script: tuple[Line, ...] = ()
        self._outages: list[Refusal] = []
        self._oddities: list[Body | Json] = []
        self._cuts: list[bool] = []
        self._delay_seconds = 0.0

    def listen(self, pcm: bytes, script: Iterable[Line]) -> None:
        """The recording that requests are cut from (16 kHz mono s16le), and what is said in it."""
        self._pcm = pcm
        self._script = tuple(script)

    # Outages and oddities

    def fail_next(
        self, status: int, body: Body | None = None, *, headers: Mapping[str, str] | None = None, count: int = 1
    ) -> None:
        """Answer the next requests with this status and do nothing else."""
        said = body if body is not None else plain("Service tier capacity exceeded for this model.")
        self._outages += [Refusal(status, said, headers)] * count

    def cut_next(self, count: int = 1, *, halfway: bool = False) -> None:
        """Do what the next requests ask, then break the connection: before the answer, or in the middle of it."""
        self._cuts += [halfway] * count

    def change_next(self, changes: Body) -> None:
        """Say the next transcript with these keys changed (a value of `...` takes one out), or say this instead."""
        self._oddities.append(changes)

    def slow(self, seconds: float) -> None:
        """Take this long for each answer from now on."""
        self._delay_seconds = seconds

    # The site

    def _site(self, environ: Any, start_response: Any) -> Any:
        with Request(environ) as request:
            response = self._response(request)
        return response(environ, start_response)

    def _response(self, request: Request) -> Response:
        with self._lock:
            self.requests += 1
        self.arrived.set()
        try:
            answer: Body = self._answer(request)
            status, headers = 200, dict[str, str]()
        except Refusal as refusal:
            status, answer, headers = refusal.status, refusal.body, refusal.headers
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        if status == 200 and self._cuts:
            _cut(request, body[: len(body) // 2] if self._cuts.pop(0) else None, len(body))
            return Response()
        return Response(body, status, {"Content-Type": "application/json", "x-request-id": "req_1", **headers})

    def _answer(self, request: Request) -> Body:
        content = request.get_data(cache=True, parse_form_data=False) if _is_form(request) else b""
        if content is not None and self._delay_seconds:
            self._interrupted.wait(self._delay_seconds)
        if self._outages:
            raise self._outages.pop(0)
        if request.path != f"{self._mount}/v1/audio/transcriptions":
            raise Refusal(404, {"detail": "Not Found"})
        if request.method != "POST":
            raise Refusal(405, {"detail": "Method Not Allowed"})
        _check_key(request)
        asked = self._asked(request)
        with self._lock:
            self.asked.append(asked)
            return self._changed(self._transcript(asked))

    def _changed(self, transcript: Json) -> Body:
        if not self._oddities:
            return transcript
        changes = self._oddities.pop(0)
        if not isinstance(changes, dict):
            return changes
        changed = transcript | changes
        return {key: value for key, value in changed.items() if value is not ...}

    # The request

    def _asked(self, request: Request) -> Asked:
        fields = _fields(request)
        self._check_model(fields)
        _check_values(fields)
        if fields["model"][0] in self.third:
            self._check_third(fields)
        else:
            self._check_second(fields)
        name, kind, content = self._media(request, fields)
        if len(content) > self.max_bytes:
            raise Refusal(413, {"message": "Request entity too large", "request_id": "req_1"})
        pcm = _decoded(content)
        seconds = len(pcm) / 2 / SECOND
        if seconds > self.max_seconds:
            raise Refusal(400, plain(f"audio is longer than {self.max_seconds} s", param="file"))
        return Asked(fields, name, kind, content, self._start_of(pcm), seconds)

    def _start_of(self, pcm: bytes) -> float:
        """Where in the recording this was cut from: where its first seconds are most like it."""
        whole, part = (np.frombuffer(sound, "<i2")[::4].astype(float) for sound in (self._pcm, pcm[: 6 * SECOND]))
        if len(part) < SECOND / 4 or len(whole) <= len(part):
            return 0.0
        size = len(whole) + len(part)
        likeness = np.fft.irfft(np.fft.rfft(whole, size) * np.fft.rfft(part, size).conj(), size)
        energy = np.cumsum(np.square(whole))
        places = len(whole) - len(part)
        loudness = np.sqrt(energy[len(part) :] - energy[:places] + 1.0)
        return int(np.argmax(likeness[:places] / loudness[:places])) * 4 / SECOND

    def _check_model(self, fields: Mapping[str, Sequence[str]]) -> None:
        if "model" not in fields:
            raise invalid("model", "Field required", kind="missing")
        if fields["model"][0] in self.gone or fields["model"][0] not in SECOND_VOXTRAL | THIRD_VOXTRAL:
            message = f"Invalid model: {fields['model'][0]}"
            raise Refusal(400, plain(message, code="1500") | {"type": "invalid_model"})

    def _check_second(self, fields: Mapping[str, Sequence[str]]) -> None:
        granularities = fields.get("timestamp_granularities", ())
        if granularities and "language" in fields and not self.is_silent_about_language:
            raise self._form_refusal("language is not compatible with timestamp_granularities", "language")
        if len(granularities) > 1 or ("diarize" in _true(fields) and list(granularities) != ["segment"]):
            raise self._form_refusal("diarize takes segment timestamps", "timestamp_granularities")
        for entry in fields.get("context_bias", ()):
            if not re.fullmatch(r"[^,\s]+", entry):
                raise invalid("context_bias", "String should match pattern '^[^,\\s]+$'", given=entry)
        if "speaker_references" in fields:
            raise invalid("speaker_references", "Extra inputs are not permitted", kind="extra_forbidden")

    def _check_third(self, fields: Mapping[str, Sequence[str]]) -> None:
        granularities = list(fields.get("timestamp_granularities", ()))
        if "word" in granularities:
            raise self._form_refusal("Input should be 'segment'", "timestamp_granularities")
        if "diarize" in _true(fields) and granularities != ["segment"]:
            raise self._form_refusal("diarize needs segment timestamps", "timestamp_granularities")
        if any(not entry.strip() for entry in fields.get("context_bias", ())):
            raise invalid("context_bias", "String should have at least 1 character")
        if "speaker_references" in fields and "diarize" not in _true(fields):
            raise self._form_refusal("speaker_references needs diarize", "speaker_references")

    def _form_refusal(self, message: str, field: str) -> Refusal:
        """400 by one page of the documentation, 422 by another: `form_status` says which."""
        return invalid(field, message) if self.form_status == 422 else Refusal(400, plain(message))

    def _media(self, request: Request, fields: Mapping[str, Sequence[str]]) -> tuple[str, str, bytes]:
        file = request.files.get("file")
        given = [name for name in ("file_url", "file_id") if name in fields] + (["file"] if file else [])
        if len(given) != 1 or "file" in fields:
            raise invalid("file", "Exactly one of file, file_url, file_id is required")
        if file:
            if not file.filename:
                raise invalid("file", "Expected a file with a name")
            return file.filename, file.mimetype, file.read()
        if given == ["file_id"]:
            raise Refusal(404, {"detail": "File not found"})
        return "", "", _fetched(fields["file_url"][0])

    # The answer

    def _transcript(self, asked: Asked) -> Json:
        granularities = asked.granularities
        is_silent = self.is_silent_about_language and granularities and asked.field("language")
        script = () if is_silent else self._script
        said = [_within(line, asked.start, asked.start + asked.seconds) for line in script]
        segments = [line for line in said if line.text]
        labels = {name: f"speaker_{n}" for n, name in enumerate(dict.fromkeys(line.speaker for line in segments), 1)}
        if granularities == ["word"]:
            shown = [_segment(word) for line in segments for word in _words(line)]
        elif granularities:
            diarized = asked.field("diarize") == "true"
            shown = [_segment(line, labels[line.speaker] if diarized else None) for line in segments]
        else:
            shown = []
        return {
            "model": asked.field("model"),
            "text": " ".join(line.text for line in segments),
            "language": None if granularities else asked.field("language") or self.language,
            "segments": shown,
            "usage": {
                "prompt_audio_seconds": int(asked.seconds), "prompt_tokens": 4, "completion_tokens": 13,
                "total_tokens": 17, "num_cached_tokens": 0, "request_count": 1,
            },
            "type": "transcription.done",
        }  # fmt: skip


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        pass


def _is_form(request: Request) -> bool:
    return request.mimetype in {"multipart/form-data", "application/x-www-form-urlencoded"}


def _check_key(request: Request) -> None:
    bearer = request.headers.get("Authorization") == f"Bearer {API_KEY}"
    if not (bearer or request.headers.get("x-api-key") == API_KEY):
        raise Refusal(401, {"detail": "Unauthorized"})


def _fields(request: Request) -> dict[str, list[str]]:
    if not _is_form(request):
        raise Refusal(415, {"detail": "Unsupported Media Type"})
    fields: dict[str, list[str]] = {}
    for sent, values in request.form.lists():
        name = sent.removesuffix("[]")
        if name not in FIELDS or (sent.endswith("[]") and name not in REPEATED):
            raise invalid(sent, "Extra inputs are not permitted", kind="extra_forbidden")
        fields.setdefault(name, []).extend(values)
    for name, values in fields.items():
        if len(values) > 1 and name not in REPEATED:
            raise invalid(name, "Input should be a single value")
    if set(request.files) - {"file"}:
        raise invalid(next(iter(request.files)), "Extra inputs are not permitted", kind="extra_forbidden")
    return fields


def _check_values(fields: Mapping[str, Sequence[str]]) -> None:
    for name in ("diarize", "stream"):
        if name in fields and fields[name][0] not in {"true", "false"}:
            raise invalid(name, "Input should be a valid boolean", kind="bool_parsing")
    if "stream" in _true(fields):
        raise Refusal(400, plain("this stand-in does not stream", param="stream"))
    if "language" in fields and not re.fullmatch(r"\w{2}", fields["language"][0]):
        raise invalid("language", "String should match pattern '^\\w{2}$'", kind="string_pattern_mismatch")
    for granularity in fields.get("timestamp_granularities", ()):
        if granularity not in {"segment", "word"}:
            raise invalid("timestamp_granularities", "Input should be 'segment' or 'word'", kind="enum")
    if len(fields.get("context_bias", ())) > 100:
        raise invalid("context_bias", "List should have at most 100 items", kind="too_long")


def _true(fields: Mapping[str, Sequence[str]]) -> set[str]:
    return {name for name, values in fields.items() if values[0] == "true"}


def _fetched(url: str) -> bytes:
    if len(url) > 2083 or not url.startswith("http://127.0.0.1:"):
        raise invalid("file_url", "Could not fetch the file")
    with urllib.request.urlopen(url, timeout=5) as answer:
        content: bytes = answer.read()
        return content


def _decoded(content: bytes) -> bytes:
    """16 kHz mono s16le of one of the documented containers."""
    try:
        with av.open(io.BytesIO(content), "r") as container:
            if container.format.name not in CONTAINERS:
                raise Refusal(400, plain(f"Unsupported audio format: {container.format.name}", param="file"))
            resampler = AudioResampler(format="s16", layout="mono", rate=SECOND)
            frames = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
            return b"".join(frame.to_ndarray().tobytes() for frame in [*frames, *resampler.resample(None)])
    except (av.error.FFmpegError, IndexError) as error:
        raise Refusal(400, plain("Audio could not be decoded", param="file")) from error


def _within(line: Line, start: float, end: float) -> Line:
    """The part of a line that is said in start..end seconds, in seconds from start."""
    words = [
        word
        for word in estimated_words(Segment(line.start, line.end, line.text))
        if start <= (word.start + word.end) / 2 < end
    ]
    if not words:
        return Line(0.0, 0.0, line.speaker, "")
    return Line(
        max(0.0, words[0].start - start), words[-1].end - start, line.speaker, " ".join(word.text for word in words)
    )


def _words(line: Line) -> list[Line]:
    words = estimated_words(Segment(line.start, line.end, line.text))
    return [Line(word.start, word.end, line.speaker, word.text) for word in words]


def _segment(line: Line, label: str | None = None) -> Json:
    segment: Json = {
        "type": "transcription_segment", "text": " " + line.text,
        "start": round(line.start, 1), "end": round(line.end, 1), "score": None,
    }  # fmt: skip
    return segment if label is None else segment | {"speaker_id": label}


def _cut(request: Request, beginning: bytes | None, whole_bytes: int) -> None:
    connection = request.environ["werkzeug.socket"]
    if beginning is not None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {whole_bytes}\r\n\r\n"
        connection.sendall(head.encode() + beginning)
    connection.shutdown(socket.SHUT_RDWR)
