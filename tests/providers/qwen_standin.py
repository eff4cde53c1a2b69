"""A loopback DashScope: takes a recording by URL, fetches it itself, and says what the script has for it.

As strict as its documentation: headers, fields, languages, rates, what a result's address wants. `qwen3-asr-*` models
answer with one `result` and no speakers, the others with `results` and speakers.
"""

import json
import socket
import threading
import time
import urllib.error
import urllib.request
import wave
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from tests.providers.fakes import Line

Json = dict[str, Any]

API_KEY = "sk-dashscope-standin"
LANGUAGE_CODES = "zh yue en ja de ko ru fr pt ar it es hi id th tr uk vi cs da fil fi is ms no pl sv"
LANGUAGES = set(LANGUAGE_CODES.split())
WITHOUT_SPEAKERS = {"qwen3-asr-flash-filetrans", "qwen3-asr-flash-filetrans-2025-11-17"}
WITH_SPEAKERS = {"qwen-audio-3.0-asr-flash-filetrans", "qwen-audio-3.1-asr-flash-filetrans", "fun-asr"}
PARAMETERS: dict[str, Callable[[Any], bool]] = {
    "channel_id": lambda value: isinstance(value, list) and all(isinstance(channel, int) for channel in value),
    "language": lambda value: value in LANGUAGES,
    "enable_itn": lambda value: isinstance(value, bool),
    "enable_words": lambda value: isinstance(value, bool),
}
PARAMETERS_WITH_SPEAKERS: dict[str, Callable[[Any], bool]] = {
    "channel_id": PARAMETERS["channel_id"],
    "language_hints": lambda value: isinstance(value, list) and len(value) <= 4 and set(value) <= LANGUAGES,
    "diarization_enabled": lambda value: isinstance(value, bool),
    "speaker_count": lambda value: isinstance(value, int) and 2 <= value <= 100,
    "vocabulary": lambda value: (
        isinstance(value, dict) and all(weight in (1, 2, 3, 4, 5, 50) for weight in value.values())
    ),
}
BEGINNINGS = (b"RIFF", b"ID3", b"fLaC", b"OggS", b"\xff\xfb", b"\xff\xf3", b"\xff\xf1", b"\x1aE\xdf\xa3", b"#!AMR")
MAX_BYTES = 2 << 30
DAY_SECONDS = 24 * 3600.0
SUBMITS_PER_MINUTE = 100
LOOKS_PER_SECOND = 20


class Refusal(Exception):
    def __init__(self, status: int, code: str, message: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.body = {"code": code, "message": message or f"{code} said the service.", "request_id": "req-refused"}
        self.headers = dict(headers or {})


@dataclass
class Task:
    task_id: str
    file_url: str
    order: Json
    made_at: float
    looks: int = 0
    canceled: bool = False
    fault: str | None = None
    seconds: float = 0.0
    results: list[str] = field(default_factory=list)

    @property
    def file(self) -> str:
        """The address without its signature: the same for every address of one recording."""
        return self.file_url.partition("?")[0]


class QwenStandin:
    """Set `script` to what is said, close it in the end. A task is PENDING for `pending_looks`, then RUNNING for
    `running_looks`, and at least `busy_seconds` in all; then it ends.
    """

    def __init__(self, *, api_key: str = API_KEY, port: int = 0) -> None:
        self._api_key = api_key
        self._lock = threading.RLock()
        self._interrupted = threading.Event()
        self._server = make_server("127.0.0.1", port, self._site, threaded=True, request_handler=_Quiet)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.base_url = f"{self.url}/api/v1"
        self.reset()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._interrupted.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def reset(self) -> None:
        """Forget every task and arrangement."""
        self._interrupted.set()
        self._interrupted = threading.Event()
        self.script: list[Line] = []
        self.language = "en"
        self.result: Json | bytes | None = None
        self.result_url: str | None = None
        self.expected_bytes: bytes | None = None
        self.pending_looks, self.running_looks, self.busy_seconds = 1, 1, 0.0
        self.tasks: dict[str, Task] = {}
        self.requests: list[tuple[str, str]] = []
        self.on_request: Callable[[str, Any], None] = lambda what, detail: None
        self.orders: list[Json] = []
        self.canceled: list[str] = []
        self.clock_ahead_seconds = 0.0
        self._recent: dict[str, deque[float]] = {"submit": deque(), "look": deque()}
        self._refusals: dict[str, list[Refusal | Response]] = {"submit": [], "look": [], "cancel": [], "result": []}
        self._cuts: list[bool] = []
        self._faults: list[str] = []
        self._expiries = 0
        self._delays: dict[str, float] = {}

    # Arrangements

    def refuse_next(
        self,
        kind: str,
        status: int,
        code: str,
        message: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        count: int = 1,
    ) -> None:
        """Say no to the next requests of a kind (`submit`, `look`, `cancel`, `result`) and do nothing else."""
        self._refusals[kind] += [Refusal(status, code, message, headers)] * count

    def answer_next(self, kind: str, status: int, body: bytes, content_type: str = "text/html") -> None:
        """Answer the next request of a kind with this, as a proxy in between might."""
        self._refusals[kind].append(Response(body, status, content_type=content_type))

    def cut_next_submit(self, *, accepted: bool) -> None:
        """Break the connection of the next submit, before or after it made a task."""
        self._cuts.append(accepted)

    def fail_next_task(self, code: str, count: int = 1) -> None:
        """Let the next tasks end as FAILED with this code."""
        self._faults += [code] * count

    def expire_results(self, count: int = 1) -> None:
        """Let the next addresses of results be out of date when they are given out."""
        self._expiries += count

    def slow(self, kind: str, seconds: float) -> None:
        """Take this long for each answer of a kind from now on."""
        self._delays[kind] = seconds

    # What there is

    @property
    def submits(self) -> int:
        return sum(path.endswith("/transcription") for _, path in self.requests)

    @property
    def duplicates(self) -> dict[str, int]:
        """Recordings for which more than one task was made, and how many."""
        counts = Counter(task.file for task in self.tasks.values())
        return {file: count for file, count in counts.items() if count > 1}

    # The site

    def _site(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        return self._response(request)(environ, start_response)

    def _response(self, request: Request) -> Response:
        kind = _kind(request)
        body = request.get_data()
        with self._lock:
            self.requests.append((request.method, request.path))
            self.on_request("request", f"{request.method} {request.path}")
        self._interrupted.wait(self._delays.get(kind, 0.0))
        try:
            with self._lock:
                if self._refusals.get(kind):
                    arranged = self._refusals[kind].pop(0)
                    if isinstance(arranged, Response):
                        return arranged
                    raise arranged
            return self._answer(kind, request, body)
        except Refusal as refusal:
            return _json(refusal.body, refusal.status, refusal.headers)
        except _Cut:
            request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            return Response()

    def _answer(self, kind: str, request: Request, body: bytes) -> Response:
        if kind == "result":
            return self._result(request)
        if request.headers.get("Authorization") != f"Bearer {self._api_key}":
            raise Refusal(401, "InvalidApiKey", f"Invalid API-key provided: {request.headers.get('Authorization')}")
        if kind == "submit":
            return self._submit(request, body)
        if kind == "look":
            return self._look(request.path.rpartition("/")[2])
        if kind == "cancel":
            return self._cancel(request.path.split("/")[-2])
        raise Refusal(404, "NotFound", "not found")

    def _submit(self, request: Request, body: bytes) -> Response:
        cut = self._cuts.pop(0) if self._cuts else None
        if cut is False:
            raise _Cut
        self._check_rate("submit", SUBMITS_PER_MINUTE, 60.0)
        order = _checked_order(request, body)
        with self._lock:
            self.orders.append(order)
            address = order["input"].get("file_url") or order["input"]["file_urls"][0]
            task = Task(f"8fab76d0-0eed-4d20-9ba4-{len(self.tasks):012d}", address, order, self._now())
            self.tasks[task.task_id] = task
            arranged = self._faults.pop(0) if self._faults else None
        task.fault = self._fetch(task) or arranged
        if cut is True:
            raise _Cut
        return _json({"request_id": "req-submit", "output": {"task_id": task.task_id, "task_status": "PENDING"}})

    def _look(self, task_id: str) -> Response:
        self._check_rate("look", LOOKS_PER_SECOND, 1.0)
        with self._lock:
            task = self.tasks.get(task_id)
            if task is None or self._now() - task.made_at > DAY_SECONDS:
                return _json({"request_id": "req-look", "output": {"task_id": task_id, "task_status": "UNKNOWN"}})
            status = self._status(task)
            task.looks += 1
            answer: Json = {
                "request_id": "req-look",
                "output": {
                    "task_id": task_id,
                    "task_status": status,
                    "submit_time": "2026-11-20 13:57:45.948",
                    "task_metrics": {"TOTAL": 1, "SUCCEEDED": 0, "FAILED": 0},
                },
            }
            if status == "SUCCEEDED":
                answer["usage"] = self._outcome(task, answer["output"])
            elif status == "FAILED":
                answer["output"] |= {"code": task.fault, "message": f"{task.fault} at {task.file_url}"}
            return _json(answer)

    def _outcome(self, task: Task, output: Json) -> Json:
        seconds = -int(-task.seconds // 1)
        model = task.order["model"]
        if model in WITHOUT_SPEAKERS:
            output["result"] = {"transcription_url": self._new_result(task)}
            return {"seconds": seconds}
        if task.fault:
            output["results"] = [
                {"file_url": task.file_url, "code": task.fault, "message": task.fault, "subtask_status": "FAILED"}
            ]
        else:
            output["results"] = [
                {"file_url": task.file_url, "transcription_url": self._new_result(task), "subtask_status": "SUCCEEDED"}
            ]
        return {"duration": seconds}

    def _status(self, task: Task) -> str:
        if task.canceled:
            return "CANCELED"
        if task.looks < self.pending_looks:
            return "PENDING"
        if task.fault and task.order["model"] in WITHOUT_SPEAKERS:
            return "FAILED"
        busy = self._now() - task.made_at < self.busy_seconds
        return "RUNNING" if busy or task.looks < self.pending_looks + self.running_looks else "SUCCEEDED"

    def _cancel(self, task_id: str) -> Response:
        with self._lock:
            task = self.tasks.get(task_id)
            if task is None or self._status(task) != "PENDING":
                raise Refusal(400, "UnsupportedOperation", "Only a pending task can be canceled.")
            task.canceled = True
            self.canceled.append(task_id)
            return _json({"request_id": "req-cancel"})

    def _new_result(self, task: Task) -> str:
        expires = int(self._now() + DAY_SECONDS)
        if self._expiries:
            self._expiries, expires = self._expiries - 1, int(self._now()) - 10
        signature = f"sig{len(task.results)}{task.task_id[-6:]}"
        task.results.append(signature)
        if self.result_url is not None:
            return self.result_url
        return f"{self.url}/results/{task.task_id}.json?Expires={expires}&OSSAccessKeyId=standin&Signature={signature}"

    def _result(self, request: Request) -> Response:
        task = self.tasks.get(request.path.rpartition("/")[2].removesuffix(".json"))
        if "Authorization" in request.headers:
            return _xml(400, "InvalidArgument")
        if task is None or request.args.get("Signature") not in task.results:
            return _xml(403, "SignatureDoesNotMatch")
        if int(request.args["Expires"]) < self._now():
            return _xml(403, "AccessDenied", "Request has expired.")
        document = self._document(task) if self.result is None else self.result
        return Response(document, 200) if isinstance(document, bytes) else _json(document)

    def _document(self, task: Task) -> Json:
        speaks = task.order["parameters"].get("diarization_enabled", False)
        names = list(dict.fromkeys(line.speaker for line in self.script))
        sentences = []
        for number, line in enumerate(self.script):
            sentence: Json = {
                "sentence_id": number,
                "begin_time": round(line.start * 1000),
                "end_time": round(line.end * 1000),
                "text": line.text,
            }
            if task.order["model"] in WITHOUT_SPEAKERS:
                sentence |= {"language": self.language, "emotion": "neutral"}
            elif speaks:
                sentence["speaker_id"] = names.index(line.speaker)
            if task.order["parameters"].get("enable_words") or task.order["model"] in WITH_SPEAKERS:
                sentence["words"] = words_of(line, by_character=self.language in {"zh", "yue", "ja"})
            sentences.append(sentence)
        transcripts = [{"channel_id": 0, "text": "".join(line.text for line in self.script), "sentences": sentences}]
        return {
            "file_url": task.file_url,
            "audio_info": {"format": "wav", "sample_rate": 16000},
            "transcripts": transcripts if self.script else [],
        }

    # The recording

    def _fetch(self, task: Task) -> str | None:
        """Fetch what the task is about, as the service does before it listens: the code of what is wrong with it."""
        try:
            with urllib.request.urlopen(task.file_url, timeout=5) as answer:
                announced = answer.headers.get("Content-Length")
                content: bytes = answer.read(MAX_BYTES + 1)
        except urllib.error.HTTPError as error:
            error.close()
            return {403: "FILE_403_FORBIDDEN", 404: "FILE_404_NOT_FOUND"}.get(error.code, "FILE_SERVER_ERROR")
        except (OSError, ValueError):
            return "FILE_DOWNLOAD_FAILED"
        return self._judge(task, content, announced)

    def _judge(self, task: Task, content: bytes, announced: str | None) -> str | None:
        if announced is None or int(announced) != len(content):
            return "CONTENT_LENGTH_CHECK_FAILED"
        if len(content) > MAX_BYTES:
            return "FILE_TOO_LARGE"
        if not (content.startswith(BEGINNINGS) or content[4:8] == b"ftyp"):
            return "UNSUPPORTED_FORMAT"
        if self.expected_bytes is not None and content != self.expected_bytes:
            return "FILE_CHECK_FAILED"
        task.seconds = _seconds(content) or max((line.end for line in self.script), default=1.0)
        return None if task.seconds <= 12 * 3600 else "AUDIO_DURATION_TOO_LONG"

    def _check_rate(self, kind: str, most: int, seconds: float) -> None:
        with self._lock:
            now, recent = self._now(), self._recent[kind]
            while recent and recent[0] <= now - seconds:
                recent.popleft()
            if len(recent) >= most:
                raise Refusal(429, "Throttling.RateQuota", "Requests rate limit exceeded, please try again later.")
            recent.append(now)

    def _now(self) -> float:
        return time.time() + self.clock_ahead_seconds


class _Cut(Exception):
    pass


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        pass


def words_of(line: Line, *, by_character: bool = False) -> list[Json]:
    """The line's words in equal shares of its time: English ones with a space before, Chinese ones one character."""
    words: list[tuple[str, str]] = []
    for token in list(line.text) if by_character else line.text.split():
        bare = token.rstrip(".,!?;:。，！？；：、")
        if bare:
            words.append((f" {bare}" if words and not by_character else bare, token[len(bare) :]))
        elif words:
            words[-1] = (words[-1][0], words[-1][1] + token)
    share = (line.end - line.start) / max(1, len(words))
    return [
        {
            "begin_time": round((line.start + n * share) * 1000),
            "end_time": round((line.start + (n + 1) * share) * 1000),
            "text": text,
            "punctuation": punctuation,
        }
        for n, (text, punctuation) in enumerate(words)
    ]


def lines(*said: tuple[float, float, str, str]) -> list[Line]:
    return [Line(*values) for values in said]


def _kind(request: Request) -> str:
    path, method = request.path, request.method
    if path.startswith("/results/") and method == "GET":
        return "result"
    if path == "/api/v1/services/audio/asr/transcription" and method == "POST":
        return "submit"
    if path.startswith("/api/v1/tasks/"):
        parts = path.removeprefix("/api/v1/tasks/").split("/")
        if method == "GET" and len(parts) == 1:
            return "look"
        if method == "POST" and parts[1:] == ["cancel"]:
            return "cancel"
    return "none"


def _checked_order(request: Request, body: bytes) -> Json:
    if request.headers.get("X-DashScope-Async") != "enable":
        raise Refusal(403, "AccessDenied", "current user api does not support asynchronous calls.")
    if request.mimetype != "application/json":
        raise Refusal(400, "InvalidParameter", "Content-Type must be application/json")
    order = _object(body)
    if order.get("model") not in WITHOUT_SPEAKERS | WITH_SPEAKERS:
        raise Refusal(404, "ModelNotFound", f"Model {order.get('model')} not exist.")
    if set(order) != {"model", "input", "parameters"}:
        raise Refusal(400, "InvalidParameter", "model, input and parameters are required, and nothing else")
    _check_input(order)
    known = PARAMETERS if order["model"] in WITHOUT_SPEAKERS else PARAMETERS_WITH_SPEAKERS
    for name, value in order["parameters"].items():
        if name not in known or not known[name](value):
            raise Refusal(400, "InvalidParameter", f"parameters.{name} is invalid")
    return order


def _check_input(order: Json) -> None:
    if order["model"] in WITHOUT_SPEAKERS:
        addresses = [order["input"].get("file_url")]
        fields = {"file_url"}
    else:
        addresses = order["input"].get("file_urls") or []
        fields = {"file_urls"}
    valid = [
        address for address in addresses if isinstance(address, str) and address.startswith(("http://", "https://"))
    ]
    if len(valid) != 1 or set(order["input"]) != fields:
        raise Refusal(400, "InvalidParameter", f"input.{next(iter(fields))} is required: exactly one http(s) URL")


def _object(body: bytes) -> Json:
    try:
        order = json.loads(body)
    except ValueError:
        order = None
    if not isinstance(order, dict) or not isinstance(order.get("input"), dict):
        raise Refusal(400, "InvalidParameter", "the body is not JSON with an input")
    if not isinstance(order.get("parameters"), dict):
        raise Refusal(400, "InvalidParameter", "parameters is required")
    return order


def _seconds(content: bytes) -> float:
    """How long a WAV is; 0 for any other recording."""
    if not content.startswith(b"RIFF"):
        return 0.0
    with wave.open(BytesIO(content)) as file:
        return float(file.getnframes() / file.getframerate())


def _json(body: Json, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, dict(headers or {}), content_type="application/json")


def _xml(status: int, code: str, message: str = "") -> Response:
    body = f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Response(body, status, content_type="application/xml")
