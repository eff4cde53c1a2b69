"""Stripe's HTTP protocol without a server: one request in, status, headers and bytes out."""

import base64
import binascii
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.stripe_standin import checkouts
from tests.stripe_standin.expansion import expanded
from tests.stripe_standin.params import checked, decoded
from tests.stripe_standin.refusals import Refusal
from tests.stripe_standin.routes import ROUTES, Route
from tests.stripe_standin.state import API_VERSION, State, as_bytes


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    params: list[tuple[str, str]]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Remembered:
    """A POST under an idempotency key; `answer` is None while it runs."""

    request: tuple[str, list[tuple[str, str]]]
    answer: Answer | None = None
    request_id: str = ""
    expires_at: int = 0


class Api:
    """The API of one account, reached with one secret key."""

    def __init__(self, state: State, secret_key: str, take_time: Callable[[], object]) -> None:
        """`take_time` is called while a request is being worked on, without the lock."""
        self._state = state
        self._take_time = take_time
        self._secret_key = secret_key
        self._remembered: dict[str, Remembered] = {}

    def answer(self, request: Request) -> Answer:
        request_id = self._state.new_id("req")
        headers = {"Request-Id": request_id, "Stripe-Version": API_VERSION, "Content-Type": "application/json"}
        try:
            self._authenticate(request)
            version = request.headers.get("Stripe-Version", API_VERSION)
            if version != API_VERSION:
                raise Refusal(f"Invalid Stripe API version: {version}; this stand-in speaks {API_VERSION} alone.")
            answer = self._answer_once(request, request_id)
        except Refusal as refusal:
            answer = Answer(refusal.status, as_bytes(refusal.body))
        return Answer(answer.status, answer.body, {**headers, **answer.headers})

    def _authenticate(self, request: Request) -> None:
        scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            try:
                credentials = base64.b64decode(credentials).decode().partition(":")[0]
            except (binascii.Error, UnicodeDecodeError):
                credentials = ""
        if not credentials:
            raise Refusal("You did not provide an API key.", status=401)
        if not hmac.compare_digest(credentials.encode(), self._secret_key.encode()):
            raise Refusal(f"Invalid API Key provided: {credentials[:8]}****{credentials[-4:]}", status=401)

    def _answer_once(self, request: Request, request_id: str) -> Answer:
        key = request.headers.get("Idempotency-Key")
        if request.method != "POST" or key is None:
            return self._run(request)
        if len(key) > 255:
            raise Refusal("Idempotency keys are at most 255 characters long.", kind="idempotency_error")
        earlier = self._claim(key, request, request_id)
        if earlier:
            return earlier
        try:
            answer = self._run(request)
        except Refusal as refusal:
            # Kept only when the endpoint had begun; what a check refused may be sent again, mended.
            if refusal.status != 402:
                self._remembered.pop(key)
                raise
            answer = Answer(refusal.status, as_bytes(refusal.body))
        except Exception:
            self._remembered.pop(key)
            raise
        answer.headers.update({"Idempotency-Key": key, "Original-Request": request_id})
        self._remembered[key].answer = answer
        return answer

    def _claim(self, key: str, request: Request, request_id: str) -> Answer | None:
        asked = (request.path, sorted(request.params))
        with self._state.lock:
            earlier = self._remembered.get(key)
            if earlier is None or earlier.expires_at <= self._state.now():
                expires_at = self._state.now() + 24 * 3600
                self._remembered[key] = Remembered(asked, None, request_id, expires_at)
                return None
        if earlier.request != asked:
            raise Refusal(
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                f"Try using a key other than '{key}' if you meant to execute a different request.",
                kind="idempotency_error",
            )
        if earlier.answer is None:
            raise Refusal(
                "There is currently another in-progress request using this Idempotency Key.",
                status=409,
                kind="idempotency_error",
                code="idempotency_key_in_use",
            )
        headers = {**earlier.answer.headers, "Idempotent-Replayed": "true"}
        return Answer(earlier.answer.status, earlier.answer.body, headers)

    def _run(self, request: Request) -> Answer:
        params = decoded(request.params)
        expand = params.pop("expand", [])
        self._take_time()
        with self._state.lock:
            checkouts.expire_overdue(self._state)
            route, object_id = _route(request)
            found = route.run(self._state, object_id, checked(params, route.shape))
            return Answer(200, as_bytes(expanded(self._state, found, expand)))


def _route(request: Request) -> tuple[Route, str]:
    for route in ROUTES:
        match = route.pattern.fullmatch(request.path)
        if match and route.method == request.method:
            return route, match.groupdict().get("id", "")
    raise Refusal(f"Unrecognized request URL ({request.method}: {request.path}).", status=404)
