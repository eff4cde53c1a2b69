"""When a delivery is tried again (P26)."""

import pytest

from webhooks import schedule

MIDDLE = 0.5


def waits(**options: float) -> list[float]:
    found = (schedule.wait_after(tries, random=lambda: MIDDLE, **options) for tries in range(1, 20))
    return [wait for wait in found if wait is not None]


def test_P26_ten_attempts_in_about_76_hours() -> None:
    assert waits() == [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
    assert 75 * 3600 < sum(waits()) < 77 * 3600


@pytest.mark.parametrize(("random", "seconds"), [(0.0, 270.0), (1.0, 330.0)])
def test_P26_waits_differ_by_a_tenth(random: float, seconds: float) -> None:
    assert schedule.wait_after(2, random=lambda: random) == pytest.approx(seconds)


def test_P26_who_asks_for_more_time_gets_it_up_to_a_day() -> None:
    assert schedule.wait_after(1, retry_after_seconds=3600.0) == 3600
    assert schedule.wait_after(1, retry_after_seconds=1e9) == 86400
    assert schedule.wait_after(3, retry_after_seconds=1.0, random=lambda: MIDDLE) == 1800


def test_after_the_tenth_there_is_no_other_whatever_is_asked_for() -> None:
    assert schedule.wait_after(10, retry_after_seconds=60.0) is None


@pytest.mark.parametrize(
    ("status", "is_good"), [(200, True), (204, True), (299, True), (302, False), (410, False), (None, False)]
)
def test_only_2xx_is_success(status: int | None, is_good: bool) -> None:
    assert schedule.is_success(status) is is_good
