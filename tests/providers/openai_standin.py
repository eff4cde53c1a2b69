"""A loopback OpenAI that transcribes with `gpt-4o-transcribe-diarize` by a script, as strict as its documentation.

It decodes what it is sent, finds by the loudness which part of the recording that is, and says what the script has
for it, in seconds of the part and with labels that begin anew in each request, but for speakers whose clip came along.
"""

import base64
import io
import json
import re
import socket
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.audio.resampler import AudioResampler
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from speech.providers.words import estimated_words
from speech.transcript import Segment
from tests.providers.fakes import RATE, Line

Json = dict[str, Any]
Samples = npt.NDArray[np.int16]
Features = npt.NDArray[np.float64]
Likeness = npt.NDArray[np.float64]

API_KEY = "sk-standin-0123456789"
MODEL = "gpt-4o-transcribe-diarize"
SUPPORTED = {
    "model", "response_format", "chunking_strategy", "language", "temperature", "stream",
    "known_speaker_names[]", "known_speaker_references[]",
}  # fmt: skip
UNSUPPORTED = {"prompt", "timestamp_granularities[]", "include[]", "keywords[]", "languages[]"}
EXTENSIONS = {"flac", "mp3", "mp4", "mpeg", "mpga", "m4a", "ogg", "wav", "webm"}
LONGEST_UNCHUNKED_SECONDS = 30.0
FRAME = RATE // 100
LIKENESS = 0.8
FRAGMENT = "uh"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was in order: its fields, how large it was, and which seconds of the recording it holds."""

    fields: Mapping[str, Sequence[str]]
    file_name: str
    size_bytes: int
    container: str
    start: float
    end: float

    @property
    def names(self) -> list[str]:
        return list(self.fields.get("known_speaker_names[]", ()))


class Refusal(Exception):
    """An answer that is no transcript. A status of 0 breaks the connection."""

    def __init__(self, status: int, body: Json | None = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.body = body or {}
        self.headers = dict(headers or {})


def error(message: str, *, kind: str = "invalid_request_error", code: str | None = None) -> Json:
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


RATE_LIMIT = error("Rate limit reached for requests", kind="requests", code="rate_limit_exceeded")
OVERLOAD = error("The server is overloaded", kind="server_error", code="server_is_overloaded")
NO_QUOTA = error("You exceeded your current quota", kind="insufficient_quota", code="insufficient_quota")


@dataclass
class Trouble:
    """What befalls the next `count` requests, or those of them whose part of the recording holds `covering`."""

    count: int
    covering: float | None = None
    refusal: Refusal | None = None
    delay_seconds: float = 0.0
    said: bytes | None = None


class OpenAiStandin:
    """Give it a recording with `listen`; close it in the end. `asked` holds the requests that were in order."""

    def __init__(self, *, max_bytes: int = 26_214_400, max_seconds: float = 1400) -> None:
        self.max_bytes = max_bytes
        self.max_seconds = max_seconds
        self._lock = threading.Lock()
        self._server = make_server("127.0.0.1", 0, self._site, threaded=True, request_handler=_Quiet)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        self._interrupted = threading.Event()
        self.reset()
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="openai-standin", daemon=True
        )
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
        self.at_once = self.most_at_once = 0
        self.asked: list[Asked] = []
        self.complaints: list[str] = []
        self.usage = "duration"
        self._troubles: list[Trouble] = []
        self._recording = Heard(np.zeros(0, np.int16), ())

    def listen(self, pcm: bytes | Path, script: Iterable[Line]) -> None:
        """The recording that requests hold parts of (16 kHz mono s16le), and what is said in it."""
        content = pcm.read_bytes() if isinstance(pcm, Path) else pcm
        self._recording = Heard(np.frombuffer(content, np.int16), tuple(script))

    # Outages and oddities

    def fail_next(
        self,
        status: int,
        body: Json | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        count: int = 1,
        covering: float | None = None,
    ) -> None:
        """Answer with this status, after the request was found in order; a status of 0 breaks the connection."""
        self._troubles.append(Trouble(count, covering, Refusal(status, body or OVERLOAD, headers)))

    def slow_next(self, seconds: float, *, count: int = 1, covering: float | None = None) -> None:
        """Take this long for the answer."""
        self._troubles.append(Trouble(count, covering, delay_seconds=seconds))

    def say_next(self, body: bytes, *, covering: float | None = None) -> None:
        """Answer 200 with this body."""
        self._troubles.append(Trouble(1, covering, said=body))

    # The site

    def _site(self, environ: Any, start_response: Any) -> Any:
        with self._lock:
            self.requests += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        self.arrived.set()
        try:
            with _Request(environ) as request:
                response = self._response(request)
        finally:
            with self._lock:
                self.at_once -= 1
        return response(environ, start_response)

    def _response(self, request: Request) -> Response:
        try:
            body = self._answer(request)
            status, headers = 200, dict[str, str]()
        except Refusal as refusal:
            status, headers = refusal.status, refusal.headers
            body = json.dumps(refusal.body).encode()
            if status in (400, 413):
                self.complaints.append(body.decode())
        if status == 0:
            request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            return Response()
        return Response(body, status, {"Content-Type": "application/json", "x-request-id": "req_1", **headers})

    def _answer(self, request: Request) -> bytes:
        if (request.method, request.path) != ("POST", "/v1/audio/transcriptions"):
            raise Refusal(404, error(f"Invalid URL ({request.method} {request.path})", code="unknown_url"))
        if request.headers.get("Authorization") != f"Bearer {API_KEY}":
            given = request.headers.get("Authorization", "").removeprefix("Bearer ")
            raise Refusal(401, error(f"Incorrect API key provided: {given}", code="invalid_api_key"))
        size = request.content_length or 0
        if size > self.max_bytes:
            body = error(
                f"413: Maximum content size limit ({self.max_bytes}) exceeded ({size} bytes read)", kind="server_error"
            )
            raise Refusal(413, body | {"usage": {"type": "duration", "seconds": 0}})
        asked, sound = self._in_order(request, size)
        labels = self._labels(asked)
        with self._lock:
            self.asked.append(asked)
        said = self._befall(asked)
        if said is not None:
            return said
        return json.dumps(self._transcript(asked, sound, labels)).encode()

    def _befall(self, asked: Asked) -> bytes | None:
        with self._lock:
            trouble = next((trouble for trouble in self._troubles if _meets(trouble, asked)), None)
            if trouble is None:
                return None
            trouble.count -= 1
        self._interrupted.wait(trouble.delay_seconds)
        if trouble.refusal:
            raise trouble.refusal
        return trouble.said

    # The request

    def _in_order(self, request: Request, size: int) -> tuple[Asked, Samples]:
        if request.mimetype != "multipart/form-data":
            raise Refusal(400, error("you must provide a multipart form"))
        fields = {name: request.form.getlist(name) for name in request.form}
        _check_fields(fields)
        if list(request.files) != ["file"] or len(request.files.getlist("file")) != 1:
            raise Refusal(400, error("you must provide one file"))
        file = request.files["file"]
        name = file.filename or ""
        if name.rpartition(".")[2] not in EXTENSIONS:
            raise Refusal(400, error(f"Unsupported file format {name}"))
        container, sound = decoded(file.stream.read())
        seconds = len(sound) / RATE
        if seconds > self.max_seconds:
            message = (
                f"audio duration {seconds:.6f} seconds is longer than {self.max_seconds:.0f} seconds which is the "
                "maximum for this model"
            )
            raise Refusal(400, error(message, code="invalid_value"))
        if seconds < 0.1:
            raise Refusal(400, error("Audio file is too short", code="audio_too_short"))
        if seconds > LONGEST_UNCHUNKED_SECONDS and "chunking_strategy" not in fields:
            raise Refusal(400, error("chunking_strategy is required for diarization models"))
        start = self._recording.place(sound)
        return Asked(fields, name, size, container, start, start + seconds), sound

    def _labels(self, asked: Asked) -> dict[str, str]:
        """The known names, by speaker of the script."""
        labels: dict[str, str] = {}
        references = asked.fields.get("known_speaker_references[]", ())
        for name, reference in zip(asked.names, references, strict=True):
            labels.setdefault(self._recording.speaker(_clip(reference)), name)
        return labels

    def _transcript(self, asked: Asked, sound: Samples, labels: dict[str, str]) -> Json:
        segments = []
        letters = iter("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        for number, (start, end, speaker, text) in enumerate(self._recording.said(asked.start, asked.end)):
            label = labels.get(speaker) or labels.setdefault(speaker, next(letters))
            segments.append(
                {
                    "type": "transcript.text.segment",
                    "id": f"seg_{number:03}",
                    "start": round(start - asked.start, 3),
                    "end": round(end - asked.start, 3),
                    "text": f" {text}" if number % 2 else text,
                    "speaker": label,
                }
            )
        seconds = len(sound) / RATE
        counted: Json = {"type": "duration", "seconds": round(seconds)}
        tokens = {"type": "tokens", "input_tokens": 14, "output_tokens": 45, "total_tokens": 59}
        return {
            "task": "transcribe",
            "duration": round(seconds, 2),
            "text": "\n".join(f"{segment['speaker']}: {str(segment['text']).strip()}" for segment in segments),
            "segments": segments,
            "usage": counted if self.usage == "duration" else tokens,
        }


class Heard:
    """A recording that is known: which part of it a sound is, and what the script has for that."""

    def __init__(self, samples: Samples, script: Sequence[Line]) -> None:
        self._samples = samples
        self._script = [
            (line, estimated_words(Segment(line.start, line.end, line.text)))
            for line in sorted(script, key=lambda line: line.start)
        ]
        self._whole = Whole(_features(samples))

    def place(self, sound: Samples) -> float:
        """Where the sound begins, in seconds. Raises Refusal for one that is no part of the recording."""
        if abs(len(sound) - len(self._samples)) < RATE / 10:
            return 0.0
        features = _features(sound)
        if not 0 < features.shape[1] <= self._whole.count:
            raise Refusal(400, error("this is not part of the recording"))
        likeness = self._whole.likeness(features)
        place = int(np.argmax(likeness))
        if likeness[place] < LIKENESS:
            raise Refusal(400, error(f"this is not part of the recording ({likeness[place]:.2f})"))
        return place * FRAME / RATE

    def speaker(self, clip: Samples) -> str:
        """The one who speaks in the clip. Raises Refusal where that is nobody, or not the only one."""
        start = self.place(clip)
        end = start + len(clip) / RATE
        speakers = {line.speaker for line, _ in self._script if min(line.end, end) - max(line.start, start) > 0.05}
        if len(speakers) != 1:
            raise Refusal(400, error(f"{len(speakers)} speakers in a reference"))
        return speakers.pop()

    def said(self, start: float, end: float) -> Iterable[tuple[float, float, str, str]]:
        """The lines between two times; a word that is cut by one of them is heard as something else."""
        for line, spoken in self._script:
            words = [
                (word, word.text if start - 0.02 <= word.start and word.end <= end + 0.02 else FRAGMENT)
                for word in spoken
                if word.end > start + 0.02 and word.start < end - 0.02
            ]
            if words:
                first, last = words[0][0], words[-1][0]
                text = " ".join(text for _, text in words)
                yield max(first.start, start), min(last.end, end), line.speaker, text


class Whole:
    """The features of a recording, ready to be searched."""

    def __init__(self, features: Features) -> None:
        self.count = features.shape[1]
        # No larger: where the part lies inside, nothing wraps around.
        self._size = 1 << self.count.bit_length()
        self._spectrum = np.fft.rfft(features, self._size)
        zero = np.zeros((2, 1))
        self._sums = np.concatenate([zero, np.cumsum(features, axis=1)], axis=1)
        self._powers = np.concatenate([zero, np.cumsum(features**2, axis=1)], axis=1)

    def likeness(self, part: Features) -> Likeness:
        """The correlation of the part with every equally long part of the whole, −1..1."""
        count = part.shape[1]
        centred = part - part.mean(axis=1, keepdims=True)
        spectrum = (self._spectrum * np.conj(np.fft.rfft(centred, self._size))).sum(axis=0)
        products = np.fft.irfft(spectrum, self._size)[: self.count - count + 1]
        sums = self._sums[:, count:] - self._sums[:, :-count]
        squares = self._powers[:, count:] - self._powers[:, :-count] - sums**2 / count
        likeness: Likeness = products / np.sqrt(np.maximum(squares.sum(axis=0) * np.sum(centred**2), 1e-9))
        return likeness


class _Request(Request):
    # A reference is a form field of some hundred kilobytes.
    max_form_memory_size = None


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        pass


def _meets(trouble: Trouble, asked: Asked) -> bool:
    return trouble.count > 0 and (trouble.covering is None or asked.start <= trouble.covering < asked.end)


def _check_fields(fields: Mapping[str, Sequence[str]]) -> None:
    for name in fields.keys() - SUPPORTED:
        message = "is not supported by this model" if name in UNSUPPORTED else "is not a field"
        raise Refusal(400, error(f"{name} {message}", code="unsupported_parameter"))
    for name, values in fields.items():
        if not name.endswith("[]") and len(values) != 1:
            raise Refusal(400, error(f"{name} is given {len(values)} times"))
    if fields.get("model") != [MODEL]:
        raise Refusal(404, error(f"The model {fields.get('model')} does not exist", code="model_not_found"))
    if fields.get("response_format") != ["diarized_json"]:
        raise Refusal(400, error("response_format must be diarized_json here", code="unsupported_value"))
    if fields.get("chunking_strategy", ["auto"]) != ["auto"]:
        raise Refusal(400, error("chunking_strategy must be auto or an object"))
    if not re.fullmatch(r"[a-z]{2}", fields.get("language", ["en"])[0]):
        raise Refusal(400, error("language must be ISO-639-1", code="invalid_value"))
    if not 0 <= float(fields.get("temperature", ["0"])[0]) <= 1:
        raise Refusal(400, error("temperature is between 0 and 1"))
    names = fields.get("known_speaker_names[]", ())
    if len(names) != len(fields.get("known_speaker_references[]", ())):
        raise Refusal(400, error("one reference for each name"))
    if len(names) > 4 or len(set(names)) != len(names):
        raise Refusal(400, error("at most four different names"))


def _clip(reference: str) -> Samples:
    match = re.fullmatch(r"data:audio/(\w+);base64,([A-Za-z0-9+/]+=*)", reference)
    if not match:
        raise Refusal(400, error("a reference is a data URL"))
    _, sound = decoded(base64.b64decode(match[2], validate=True))
    if not 2 * RATE <= len(sound) <= 10 * RATE:
        raise Refusal(400, error(f"a reference takes 2 to 10 seconds, not {len(sound) / RATE:.3f}"))
    return sound


def decoded(content: bytes) -> tuple[str, Samples]:
    resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
    blocks = []
    try:
        with av.open(io.BytesIO(content), "r") as container:
            if container.streams.audio[0].codec_context.name == "opus":
                raise Refusal(400, error("Audio file might be corrupted or unsupported", code="invalid_value"))
            for frame in (*container.decode(audio=0), None):
                blocks += [bytes(part.planes[0])[: 2 * part.samples] for part in resampler.resample(frame)]
            return container.format.name, np.frombuffer(b"".join(blocks), np.int16)
    except (av.error.FFmpegError, IndexError) as broken:
        raise Refusal(400, error("Audio file might be corrupted or unsupported", code="invalid_value")) from broken


def _features(samples: Samples) -> Features:
    """How loud each hundredth of a second is, and how shrill. Shape (2, frames)."""
    minute = 6000 * FRAME
    whole = samples[: len(samples) // FRAME * FRAME]
    blocks = [np.zeros((2, 0))]
    for start in range(0, len(whole), minute):
        frames = whole[start : start + minute].reshape(-1, FRAME).astype(np.float32)
        loud = np.sqrt(np.mean(frames**2, axis=1))
        shrill = np.sqrt(np.mean(np.diff(frames, axis=1) ** 2, axis=1))
        blocks.append(np.log1p(np.stack([loud, shrill]) / 10))
    return np.concatenate(blocks, axis=1)
