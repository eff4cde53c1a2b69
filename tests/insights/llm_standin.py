"""A loopback chat endpoint that says what a script has, and is strict about what it is asked.

The form of requests, streams and refusals is OpenAI's (the reference of `/chat/completions`, structured outputs, error
codes); a test that is about another server brings that server's words.
"""

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

Json = dict[str, Any]
Answering = Callable[[str], Json]

API_KEY = "sk-standin-0123456789abcdef"
MODEL = "standin-1"
FIELDS = {
    "model", "messages", "response_format", "max_tokens", "max_completion_tokens", "temperature", "stream",
    "stream_options", "enable_thinking",
}  # fmt: skip
STRICT_KEYWORDS = {
    "type", "description", "enum", "properties", "required", "additionalProperties", "items", "anyOf", "$ref", "$defs",
}  # fmt: skip
PIECE_CHARACTERS = 5


@dataclass(frozen=True, slots=True)
class Say:
    """An answer. `content` may be anything that a server puts there, `more` is put beside it."""

    content: Any
    finish_reason: str = "stop"
    more: Json | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """What becomes of a stream after some pieces: `cut`, `ended`, `stalled`, `endless`, or an error as an event."""

    after: int
    how: str | Json


class Refusal(Exception):
    """An answer that is no completion. A status of 0 breaks the connection."""

    def __init__(self, status: int, body: Json | str | None = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.body = body or {}
        self.headers = dict(headers or {})


def error(
    message: str, *, kind: str = "invalid_request_error", code: str | int | None = None, param: str | None = None
) -> Json:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


RATE_LIMIT = error("Rate limit reached for requests", kind="requests", code="rate_limit_exceeded")
OVERLOAD = error("The server is overloaded", kind="server_error")
NO_QUOTA = error("You exceeded your current quota", kind="insufficient_quota", code="insufficient_quota")
NO_MAX_TOKENS = error(
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    code="unsupported_parameter",
    param="max_tokens",
)


class ChatStandin:
    """Give it answers with `say`; close it in the end. `asked` holds the requests that were in order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.at_once = 0
        self._server = make_server("127.0.0.1", 0, self._site, threaded=True, request_handler=_Quiet)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        self._interrupted = threading.Event()
        self.reset()
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="chat-standin", daemon=True
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
        self.hung_up = threading.Event()
        self.requests = 0
        self.most_at_once = 0
        self.asked: list[Json] = []
        self.headers: list[Mapping[str, str]] = []
        self.key: str | None = API_KEY
        self.context_tokens = 100_000
        self._answers: list[Say | bytes | Answering] = []
        self._refused: dict[str, Refusal] = {}
        self._troubles: list[Refusal | float] = []
        self._break: Break | None = None
        self._cut_body = False
        self._drips = False

    # The script

    def say(self, *answers: Say | Json | str | bytes | Answering) -> None:
        """What the next answers hold; the last is repeated. A mapping is said as JSON; bytes are a whole body.

        A function makes its answer of the text that the model is asked about.
        """
        self._answers = [_scripted(answer) for answer in answers]

    def refuse(self, parameter: str, status: int, body: Json) -> None:
        """From now on refuse requests that hold this parameter, or this type of `response_format`."""
        self._refused[parameter] = Refusal(status, body)

    def fail_next(
        self, status: int, body: Json | str | None = None, *, headers: Mapping[str, str] | None = None, count: int = 1
    ) -> None:
        """Answer the next requests with this status; a status of 0 breaks the connection."""
        self._troubles += [Refusal(status, body if body is not None else OVERLOAD, headers)] * count

    def slow_next(self, seconds: float) -> None:
        """Take this long for the next answer."""
        self._troubles.append(seconds)

    def cut_next_body(self) -> None:
        """Break the connection in the middle of the next whole answer."""
        self._cut_body = True

    def drip(self) -> None:
        """Send empty lines instead of an answer, as DeepSeek does while it is busy."""
        self._drips = True

    def break_next_stream(self, after: int, how: str | Json) -> None:
        self._break = Break(after, how)

    # The site

    def _site(self, environ: Any, start_response: Any) -> Any:
        with self._lock:
            self.requests += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            with Request(environ) as request:
                response = self._response(request)
        finally:
            with self._lock:
                self.at_once -= 1
        return response(environ, start_response)

    def _response(self, request: Request) -> Response:
        try:
            asked = self._in_order(request)
            answer = self._befallen(asked)
        except Refusal as refusal:
            if refusal.status == 0:
                return _cut(request)
            said = refusal.body if isinstance(refusal.body, str) else json.dumps(refusal.body)
            return Response(said, refusal.status, {"Content-Type": "application/json", **refusal.headers})
        if isinstance(answer, Say) and asked.get("stream"):
            return Response(self._stream(request, asked, answer), mimetype="text/event-stream")
        if self._drips:
            return Response(self._dripped(), mimetype="application/json")
        body = answer if isinstance(answer, bytes) else json.dumps(_completion(answer, _usage(asked))).encode()
        if self._cut_body:
            self._cut_body = False
            return _cut(request, body[: len(body) // 2], len(body))
        return Response(body, mimetype="application/json")

    def _befallen(self, asked: Json) -> Say | bytes:
        """The answer that is due, after the trouble that is."""
        with self._lock:
            trouble = self._troubles.pop(0) if self._troubles else None
        if isinstance(trouble, Refusal):
            raise trouble
        if trouble and self._interrupted.wait(trouble):
            # Asked by a test that is over: the answers are the next one's.
            raise Refusal(503, OVERLOAD)
        with self._lock:
            self.asked.append(asked)
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return Say(json.dumps(answer(asked["messages"][1]["content"]))) if callable(answer) else answer

    # The request

    def _in_order(self, request: Request) -> Json:
        if (request.method, request.path) != ("POST", "/v1/chat/completions"):
            raise Refusal(404, error(f"Invalid URL ({request.method} {request.path})", code="unknown_url"))
        with self._lock:
            self.headers.append(dict(request.headers))
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.key is not None and given != self.key:
            raise Refusal(401, error(f"Incorrect API key provided: {given}.", code="invalid_api_key"))
        if request.mimetype != "application/json":
            raise Refusal(400, error("you must provide a JSON body"))
        asked: Json = json.loads(request.get_data())
        self._check(asked)
        return asked

    def _check(self, asked: Json) -> None:
        for field in asked.keys() - FIELDS:
            raise Refusal(400, error(f"Unrecognized request argument supplied: {field}"))
        for refused, refusal in self._refused.items():
            if refused in asked or refused == asked.get("response_format", {}).get("type"):
                raise refusal
        if asked["model"] != MODEL:
            raise Refusal(404, error(f"The model '{asked['model']}' does not exist", code="model_not_found"))
        _check_messages(asked["messages"])
        _check_numbers(asked)
        _check_stream(asked)
        _check_format(asked.get("response_format"), asked["messages"])
        tokens = _usage(asked)["prompt_tokens"]
        if tokens > self.context_tokens:
            message = (
                f"This model's maximum context length is {self.context_tokens} tokens. However, your messages "
                f"resulted in {tokens} tokens. Please reduce the length of the messages."
            )
            raise Refusal(400, error(message, code="context_length_exceeded", param="messages"))

    # The answer

    def _stream(self, request: Request, asked: Json, answer: Say) -> Iterator[bytes]:
        text = str(answer.content or "")
        pieces = [text[start : start + PIECE_CHARACTERS] for start in range(0, len(text), PIECE_CHARACTERS)]
        broken, self._break = self._break, None
        is_over = False
        try:
            yield b": connected\n\n"
            yield _event({"role": "assistant", "content": ""})
            for number, piece in enumerate(pieces):
                if broken and number == broken.after:
                    yield from self._broken(request, broken, piece)
                    if broken.how != "endless":
                        return
                yield _event({"content": piece})
            yield _event({}, answer.finish_reason)
            if asked.get("stream_options", {}).get("include_usage"):
                yield _data({"choices": [], "usage": _usage(asked)})
            yield b"data: [DONE]\n\n"
            is_over = True
        finally:
            if not is_over:
                self.hung_up.set()

    def _broken(self, request: Request, broken: Break, piece: str) -> Iterator[bytes]:
        if broken.how == "cut":
            request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        elif broken.how == "stalled":
            self._interrupted.wait(10)
        elif broken.how == "endless":
            while not self._interrupted.wait(0.01):
                yield _event({"content": piece})
        elif isinstance(broken.how, dict):
            yield _data(broken.how)

    def _dripped(self) -> Iterator[bytes]:
        while not self._interrupted.wait(0.02):
            yield b"\n"


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        pass


def _scripted(answer: Say | Json | str | bytes | Answering) -> Say | bytes | Answering:
    if callable(answer) or isinstance(answer, Say | bytes):
        return answer
    return Say(answer if isinstance(answer, str) else json.dumps(answer))


def _check_messages(messages: list[Json]) -> None:
    roles = [message["role"] for message in messages]
    if roles[:2] != ["system", "user"] or roles[2:] not in ([], ["assistant", "user"]):
        raise Refusal(400, error("After the optional system message, roles must alternate user/assistant/user"))
    for message in messages:
        if set(message) != {"role", "content"} or not isinstance(message["content"], str) or not message["content"]:
            raise Refusal(400, error("a message takes a role and a content that is not empty", param="messages"))


def _check_numbers(asked: Json) -> None:
    limits = [asked[name] for name in ("max_tokens", "max_completion_tokens") if name in asked]
    if len(limits) > 1 or any(type(limit) is not int or limit < 1 for limit in limits):
        raise Refusal(400, error("give max_tokens or max_completion_tokens, at least 1", code="invalid_value"))
    if not 0 <= asked.get("temperature", 1) <= 2:
        raise Refusal(400, error("temperature is between 0 and 2", code="invalid_value", param="temperature"))


def _check_stream(asked: Json) -> None:
    if "stream_options" in asked and asked.get("stream") is not True:
        message = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        raise Refusal(400, error(message, param="stream_options"))
    if asked.get("stream_options", {}).keys() - {"include_usage"}:
        raise Refusal(400, error("Unknown parameter", code="unknown_parameter", param="stream_options"))


def _check_format(form: Json | None, messages: list[Json]) -> None:
    match form:
        case None:
            return
        case {"type": "json_object"} if len(form) == 1:
            if not any("json" in message["content"].lower() for message in messages):
                message = "'messages' must contain the word 'json' to use 'response_format' of type 'json_object'."
                raise Refusal(400, error(message, param="messages"))
        case {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": schema}} if len(form) == 2:
            if not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name):
                raise Refusal(400, error("Invalid 'response_format.json_schema.name'", code="invalid_value"))
            _check_schema(name, schema)
        case _:
            raise Refusal(400, error("Invalid value: 'response_format'", param="response_format"))


def _check_schema(name: str, schema: Json) -> None:
    """As strict structured outputs want it: closed objects, every property required, known keywords only."""
    unknown = schema.keys() - STRICT_KEYWORDS
    is_open = schema.get("type") == "object" and (
        schema.get("additionalProperties") is not False or schema.get("required") != list(schema["properties"])
    )
    if unknown or is_open or ("$ref" in schema and len(schema) > 1):
        message = f"Invalid schema for response_format '{name}': {sorted(unknown) or 'it is not closed'}"
        raise Refusal(400, error(message, param="response_format"))
    parts = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values(), *schema.get("anyOf", [])]
    for part in [*parts, *([schema["items"]] if "items" in schema else [])]:
        _check_schema(name, part)


def _usage(asked: Json) -> Json:
    tokens = sum(len(message["content"]) for message in asked["messages"]) // 4
    return {"prompt_tokens": tokens, "completion_tokens": 7, "total_tokens": tokens + 7}


def _completion(answer: Say, usage: Json) -> Json:
    message = {"role": "assistant", "content": answer.content, **(answer.more or {})}
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_790_000_000, "model": MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": answer.finish_reason, "logprobs": None}],
        "usage": usage,
    }  # fmt: skip


def _event(delta: Json, finish_reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return _data({"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [choice], "usage": None})


def _data(content: Json) -> bytes:
    return f"data: {json.dumps(content, ensure_ascii=False)}\n\n".encode()


def _cut(request: Request, beginning: bytes | None = None, whole_bytes: int = 0) -> Response:
    connection = request.environ["werkzeug.socket"]
    if beginning is not None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {whole_bytes}\r\n\r\n"
        connection.sendall(head.encode() + beginning)
    connection.shutdown(socket.SHUT_RDWR)
    return Response()
