"""One call: what is sent, what is sent again, and what is raised."""

import logging
import traceback
from typing import Any

import pytest

from blueprints.api_v1.documents import examples
from tests.sdks.python.clients import KEY, Kind, asked
from tests.sdks.python.loopback import Reply, error, in_turn, loopback
from transcribe_client import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    AuthenticationError,
    Client,
    ConfigurationError,
    ConflictError,
    IdempotencyError,
    InvalidRequestError,
    NotFoundError,
    PaymentRequiredError,
    PermissionDeniedError,
    RateLimitError,
    Retries,
    ServerError,
    UnexpectedAnswerError,
)

CREATED = Reply(202, examples.QUEUED)
BUSY = error(503, "api_error", "service_unavailable")


def create(client: Any) -> Any:
    return client.transcriptions.create(source="external_url", url="https://x.example/a.mp3")


def test_what_is_sent_and_what_comes_back(kind: Kind) -> None:
    with loopback(in_turn(CREATED)) as server:
        made = asked(kind, server.url, create)
    (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/api/v1/transcriptions")
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["user-agent"].startswith("transcribe-client/")
    assert request.json == {"source": "external_url", "url": "https://x.example/a.mp3"}
    assert (made.id, made.status, str(made.cost.price_per_minute_usd)) == (
        examples.TRANSCRIPTION_ID,
        "processing",
        examples.QUEUED["cost"]["price_per_minute_usd"],
    )


@pytest.mark.parametrize(
    "trouble",
    [
        error(408, "invalid_request_error", "request_timeout"),
        error(429, "rate_limit_error", "rate_limited"),
        Reply(500, b"<h1>Oops</h1>"),
        BUSY,
        error(409, "idempotency_error", "idempotency_key_in_use"),
        Reply(cut=0),
        Reply(202, examples.QUEUED, cut=20),
    ],
    ids=["408", "429", "500", "503", "in use", "no answer", "half an answer"],
)
def test_what_may_pass_is_asked_again_with_the_same_key(kind: Kind, trouble: Reply) -> None:
    with loopback(in_turn(trouble, trouble, CREATED)) as server:
        assert asked(kind, server.url, create).id == examples.TRANSCRIPTION_ID
    assert len(server.requests) == 3
    assert len({request.headers["idempotency-key"] for request in server.requests}) == 1


def test_what_is_sent_again_is_told_to_the_log(kind: Kind, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "transcribe_client")
    with loopback(in_turn(BUSY, CREATED)) as server:
        asked(kind, server.url, create)
    (line,) = (record.getMessage() for record in caplog.records if record.name == "transcribe_client")
    assert line.startswith("It is service_unavailable. (service_unavailable) [req_1]: trying again in 0.0 s")


def test_each_call_has_a_key_of_its_own_unless_it_is_given_one(kind: Kind) -> None:
    with loopback(in_turn(CREATED)) as server:
        for _ in range(2):
            asked(kind, server.url, create)
        asked(kind, server.url, lambda client: client.transcriptions.retry("tr_1", idempotency_key="mine"))
    first, second, third = (request.headers["idempotency-key"] for request in server.requests)
    assert first != second
    assert third == "mine"


@pytest.mark.parametrize(
    ("status", "told", "kind_of_error"),
    [
        (400, "invalid_request_error", InvalidRequestError),
        (401, "authentication_error", AuthenticationError),
        (402, "payment_required_error", PaymentRequiredError),
        (403, "permission_error", PermissionDeniedError),
        (404, "invalid_request_error", NotFoundError),
        (409, "invalid_request_error", ConflictError),
        (422, "idempotency_error", IdempotencyError),
        (422, "a_type_of_tomorrow", APIError),
    ],
)
def test_a_refusal_is_raised_at_once_with_all_it_says(kind: Kind, status: int, told: str, kind_of_error: type) -> None:
    with loopback(in_turn(error(status, told, "some_code", param="url"))) as server, pytest.raises(APIError) as raised:
        asked(kind, server.url, create)
    assert len(server.requests) == 1
    refused = raised.value
    assert type(refused) is kind_of_error
    assert (refused.status, refused.type, refused.code, refused.param) == (status, told, "some_code", "url")
    assert (refused.request_id, refused.doc_url) == ("req_1", "https://x.example/errors#some_code")
    assert str(refused) == "It is some_code. (some_code, field url) [req_1]"


def test_it_gives_up_after_so_many_attempts(kind: Kind) -> None:
    with loopback(in_turn(BUSY)) as server, pytest.raises(ServerError):
        asked(kind, server.url, create, retries=Retries(most=2, first_pause_seconds=0.001))
    assert len(server.requests) == 3


def test_retry_after_is_waited_for_unless_it_is_too_long(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transcribe_client.retries.random.uniform", lambda low, high: high)
    policy = Retries()
    limited = error(429, "rate_limit_error", "rate_limited", headers={"Retry-After": "61"})
    with loopback(in_turn(limited)) as server, pytest.raises(RateLimitError) as raised:
        asked(kind, server.url, create, retries=policy)
    assert (len(server.requests), raised.value.retry_after_seconds) == (1, 61.0)
    raised.value.retry_after_seconds = 60.0
    assert [policy.pause(attempt, raised.value) for attempt in range(5)] == [60.0, 60.0, 60.0, 60.0, None]
    assert [policy.pause(attempt, APIConnectionError()) for attempt in range(5)] == [0.5, 1.0, 2.0, 4.0, None]


def test_retry_after_may_be_a_date(kind: Kind) -> None:
    dates = {"Retry-After": "Sun, 22 Nov 2026 08:02:00 GMT", "Date": "Sun, 22 Nov 2026 08:00:00 GMT"}
    limited = error(429, "rate_limit_error", "rate_limited", headers=dates)
    with loopback(in_turn(limited)) as server, pytest.raises(RateLimitError) as raised:
        asked(kind, server.url, create)
    assert (len(server.requests), raised.value.retry_after_seconds) == (1, 120.0)


def test_a_slow_answer_is_a_time_out(kind: Kind) -> None:
    slow = Reply(200, examples.ME, after_seconds=1.0)
    with loopback(in_turn(slow)) as server, pytest.raises(APITimeoutError):
        asked(kind, server.url, lambda client: client.me(), timeout=0.05, retries=Retries(most=0))


def test_nobody_there_is_a_connection_error(kind: Kind) -> None:
    with loopback(in_turn(CREATED)) as server:
        pass
    with pytest.raises(APIConnectionError):
        asked(kind, server.url, create)


def test_fields_and_values_of_a_newer_server_are_taken(kind: Kind) -> None:
    newer = {**examples.QUEUED, "stage": "polishing", "mood": "calm", "error": {"code": "new_code", "message": "New."}}
    with loopback(in_turn(Reply(200, newer))) as server:
        made = asked(kind, server.url, lambda client: client.transcriptions.get("tr_1"))
    assert (made.stage, made.mood, made.error.code) == ("polishing", "calm", "new_code")


def test_an_answer_that_is_something_else_says_so(kind: Kind) -> None:
    with loopback(in_turn(Reply(200, {"id": 7}))) as server, pytest.raises(UnexpectedAnswerError) as raised:
        asked(kind, server.url, lambda client: client.me())
    assert "Me" in str(raised.value)


def test_redirects_are_not_followed(kind: Kind) -> None:
    moved = Reply(307, headers={"Location": "http://127.0.0.1:1/elsewhere"})
    with loopback(in_turn(moved)) as server, pytest.raises(APIError) as raised:
        asked(kind, server.url, create)
    assert raised.value.status == 307


def test_pages_are_fetched_one_after_the_other(kind: Kind) -> None:
    rows = [{**examples.QUEUED, "id": f"tr_{number}"} for number in range(3)]
    first = {"data": rows[:2], "has_more": True, "next_cursor": "next"}
    with loopback(in_turn(Reply(200, first), Reply(200, examples.page(rows[2:])))) as server:
        listed = asked(kind, server.url, lambda client: client.transcriptions.list(limit=2, metadata={"a": "b c"}))
    assert [each.id for each in listed] == ["tr_0", "tr_1", "tr_2"]
    query = {"limit": "2", "metadata[a]": "b c"}
    assert [request.query for request in server.requests] == [query, {**query, "cursor": "next"}]


def test_the_key_is_in_no_repr_log_or_error(kind: Kind, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    seen = []

    def look(client: Any) -> Any:
        seen.append(f"{client!r} {client._settings!r} {vars(client)!r} {client.transcriptions.create!r}")
        return create(client)

    unauthorized = error(401, "authentication_error", "invalid_api_key")
    with loopback(in_turn(unauthorized)) as server, pytest.raises(AuthenticationError) as raised:
        asked(kind, server.url, look)
    told = traceback.TracebackException.from_exception(raised.value, capture_locals=True)
    # The test's own frames know it, of course.
    ours = [frame for frame in told.stack if "transcribe_client" in frame.filename]
    assert len(ours) > 3
    seen += [f"{told} {raised.value!r} {frame.locals}" for frame in ours]
    assert KEY not in "".join([*seen, caplog.text])


@pytest.mark.parametrize("key", ["", "  ", "tsk live", "tsk_live_ü", "tsk\nlive"])
def test_a_key_that_is_none_is_refused_without_being_named(key: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        Client(key)
    assert not key.strip() or key not in str(raised.value)


def test_key_and_address_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSCRIBE_API_KEY", KEY + "\n")
    monkeypatch.setenv("TRANSCRIBE_BASE_URL", "https://speech.example/api/v1/")
    with Client() as client:
        assert repr(client) == "Client(base_url='https://speech.example/api/v1')"


@pytest.mark.parametrize("url", ["speech.example", "ftp://speech.example", "https://", "https://a:b@speech.example"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError):
        Client(KEY, base_url=url)


def test_an_empty_id_is_never_sent(kind: Kind) -> None:
    with loopback(in_turn(Reply(204))) as server, pytest.raises(ValueError, match="empty"):
        asked(kind, server.url, lambda client: client.transcriptions.delete(""))
    assert server.requests == []
