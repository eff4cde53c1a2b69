"""Which faults are asked again, when, and for how long."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from errors import ProviderError, ProviderRejected, ProviderTimeout
from outbound.retries import (
    LONGEST_WAIT_SECONDS,
    TICK_SECONDS,
    Transient,
    Verdict,
    reason,
    retry_after_seconds,
    retrying,
    transient_status,
)


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.naps: list[float] = []
        self.ticks: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds

    def tick(self) -> None:
        self.ticks.append(self.now)


class Faulty:
    """Fails as often as it is told to, then answers."""

    def __init__(self, failures: int, clock: Clock, seconds: float = 0.0) -> None:
        self.failures = failures
        self.calls_at: list[float] = []
        self.clock = clock
        self.seconds = seconds

    def __call__(self) -> str:
        self.calls_at.append(self.clock.now)
        self.clock.now += self.seconds
        if len(self.calls_at) <= self.failures:
            raise OSError("no route")
        return "heard"


@pytest.fixture
def clock() -> Clock:
    return Clock()


def ask(
    call: Callable[[], str], clock: Clock, verdict: Verdict, *, budget: float = 600, tries: int = 8, luck: float = 1.0
) -> str:
    return retrying(
        call,
        verdict=lambda error: verdict,
        budget_seconds=budget,
        tries=tries,
        tick=clock.tick,
        sleep=clock.sleep,
        random=lambda: luck,
        clock=clock,
    )


def test_a_call_that_succeeds_is_made_once(clock: Clock) -> None:
    call = Faulty(0, clock)
    assert ask(call, clock, Transient()) == "heard"
    assert (call.calls_at, clock.naps) == ([0.0], [])


def test_a_transient_fault_is_tried_again_after_growing_waits(clock: Clock) -> None:
    call = Faulty(7, clock)
    assert ask(call, clock, Transient()) == "heard"
    waits = [after - before for before, after in zip(call.calls_at, call.calls_at[1:], strict=False)]
    assert waits == [1, 2, 4, 8, 16, LONGEST_WAIT_SECONDS, LONGEST_WAIT_SECONDS]


def test_the_jitter_is_full(clock: Clock) -> None:
    call = Faulty(3, clock)
    ask(call, clock, Transient(), luck=0.0)
    assert call.calls_at == [0, 0, 0, 0]


def test_a_final_fault_is_raised_at_once_with_its_cause(clock: Clock) -> None:
    call = Faulty(9, clock)
    with pytest.raises(ProviderRejected) as raised:
        ask(call, clock, ProviderRejected())
    assert len(call.calls_at) == 1
    assert isinstance(raised.value.__cause__, OSError)


def test_retry_after_is_the_least_that_is_waited(clock: Clock) -> None:
    call = Faulty(1, clock)
    ask(call, clock, Transient(retry_after_seconds=17.0), luck=0.5)
    assert call.calls_at == [0, 17.5]


def test_no_try_begins_after_the_budget(clock: Clock) -> None:
    call = Faulty(99, clock, seconds=40)
    with pytest.raises(ProviderTimeout):
        ask(call, clock, Transient(ProviderTimeout()), budget=100)
    assert call.calls_at == [0, 41, 83]


def test_a_wait_that_would_outlast_the_budget_is_not_begun(clock: Clock) -> None:
    call = Faulty(1, clock)
    with pytest.raises(ProviderError):
        ask(call, clock, Transient(retry_after_seconds=3600), budget=100)
    assert clock.naps == []


def test_tries_are_counted(clock: Clock) -> None:
    call = Faulty(99, clock)
    with pytest.raises(ProviderError):
        ask(call, clock, Transient(), tries=3)
    assert len(call.calls_at) == 3


def test_waiting_ticks(clock: Clock) -> None:
    ask(Faulty(1, clock), clock, Transient(retry_after_seconds=9), luck=0)
    assert max(after - before for before, after in zip(clock.ticks, clock.ticks[1:], strict=False)) <= TICK_SECONDS
    assert (clock.ticks[0], clock.now) == (0, 9)


def test_what_a_tick_raises_ends_the_waiting(clock: Clock) -> None:
    def canceled() -> None:
        raise KeyError("canceled")

    call = Faulty(9, clock)
    with pytest.raises(KeyError):
        retrying(call, verdict=lambda error: Transient(), budget_seconds=600, tick=canceled, sleep=clock.sleep)
    assert len(call.calls_at) == 1


def test_an_exception_that_is_none_of_the_providers_rises(clock: Clock) -> None:
    def not_ours(error: Exception) -> Verdict:
        raise error

    with pytest.raises(OSError, match="no route"):
        retrying(Faulty(9, clock), verdict=not_ours, budget_seconds=600, tick=clock.tick)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 529])
def test_a_status_that_may_pass(status: int) -> None:
    verdict = transient_status(status, {"retry-after": "3"}, ProviderTimeout())
    assert verdict is not None
    assert (type(verdict.outcome), verdict.retry_after_seconds) == (ProviderTimeout, 3.0)


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 413, 422])
def test_a_status_that_does_not(status: int) -> None:
    assert transient_status(status, {}) is None


def test_a_server_that_says_not_to_is_not_asked_again() -> None:
    assert transient_status(503, {"x-should-retry": "false"}) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "20"}, 20.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "20", "retry-after-ms": "250"}, 0.25),
        ({"retry-after": "Mon, 02 Nov 2026 10:00:30 GMT"}, 30.0),
        ({"retry-after": "Mon, 02 Nov 2026 09:00:00 GMT"}, 0.0),
        ({"retry-after": "Mon, 02 Nov 2026 10:00:30 -0000"}, 30.0),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "5\x1f"}, 5.0),
        ({"retry-after": ""}, None),
    ],
)
def test_retry_after_in_each_of_its_forms(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_seconds(headers, now=datetime(2026, 11, 2, 10, tzinfo=UTC)) == seconds


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("audio duration 1830.5 seconds is too long", "audio duration 1830.5 seconds is too long"),
        (
            "Incorrect API key provided: sk-proj-a1B2*****c3. See https://x.test/keys?a=b",
            "Incorrect API key provided: […] See […]",
        ),
        ("header Bearer abc.def was refused", "header Bearer […] was refused"),
        ("two\r\nlines\x1b[31m and\ttabs", "two lines [31m and tabs"),
        ("not a clip: data:audio/wav;base64,UklGRg==", "not a clip: […]"),
        ("cannot open OSS://bucket/key", "cannot open […]"),
    ],
)
def test_a_reason_for_the_log_is_one_line_without_secrets(said: str, logged: str) -> None:
    assert reason(said) == logged


def test_a_reason_is_cut_short() -> None:
    assert len(reason("no " * 10_000)) == 300
