"""What a minute costs, and what a recording comes to."""

import random
from decimal import Decimal
from fractions import Fraction

import pytest

from billing.prices import DEFAULT_TARIFF, as_usd, dollars, from_usd, price
from models import Plan

LIST = {
    "qwen3-asr-flash-filetrans": ("0.028500", "0.019950"),
    "gpt-4o-transcribe-diarize": ("0.064700", "0.045290"),
    "voxtral-mini-transcribe": ("0.029600", "0.020720"),
    "whisper-base": ("0.005000", "0.003500"),
    "whisper-large-v3": ("0.005000", "0.003500"),
    "import": ("0.000000", "0.000000"),
}


@pytest.mark.parametrize(("code", "prices"), LIST.items())
def test_a_minute_costs_what_the_list_says_and_less_on_pro(code: str, prices: tuple[str, str]) -> None:
    tariff = DEFAULT_TARIFF
    assert as_usd(tariff.list_price_per_minute(code)) == as_usd(tariff.price_per_minute(code, Plan.FREE)) == prices[0]
    assert as_usd(tariff.price_per_minute(code, Plan.PRO)) == prices[1]


@pytest.mark.parametrize(
    ("plan", "minutes", "expected"),
    [
        (Plan.FREE, 0, (0, 0, 0)),
        (Plan.FREE, 100, (500_000, 0, 0)),  # the month's credit, to the last
        (Plan.FREE, 1_000, (500_000, 4_500_000, 4_500_000)),
        (Plan.PRO, 1_000, (3_500_000, 0, 12_000_000)),
        (Plan.PRO, 10_000, (10_000_000, 25_000_000, 37_000_000)),
    ],
)
def test_a_month_takes_its_credit_first(plan: Plan, minutes: int, expected: tuple[int, int, int]) -> None:
    month = DEFAULT_TARIFF.month("whisper-base", plan, minutes)
    assert (month.credit_used_microusd, month.top_up_microusd, month.paid_microusd) == expected
    assert month.credit_used_microusd + month.top_up_microusd == month.price_microusd


def test_a_pipeline_without_a_price_has_none() -> None:
    with pytest.raises(KeyError):
        DEFAULT_TARIFF.list_price_per_minute("made-up")


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(0, "$0.00"), (900, "$0.0009"), (1, "$0.000001"), (10_000_000, "$10.00"), (-1_500_000, "−$1.50")],
)
def test_people_see_as_many_decimals_as_there_are(amount: int, shown: str) -> None:
    assert dollars(amount) == shown


@pytest.mark.parametrize(
    ("seconds", "per_minute", "expected"),
    [(60.0, 28_500, 28_500), (0.0, 28_500, 0), (1 / 16_000, 5_000, 1), (11.0, 5_000, 917), (14_400.0, 5, 1_200)],
)
def test_a_recording_costs_its_seconds(seconds: float, per_minute: int, expected: int) -> None:
    assert price(seconds, per_minute) == expected


def test_every_length_is_rounded_up_once_to_the_microdollar() -> None:
    chance = random.Random(7)
    for _ in range(5_000):
        samples, per_minute = chance.randint(0, 4 * 3600 * 16_000), chance.choice([5_000, 28_500, 45_290, 64_700])
        exact = Fraction(samples * per_minute, 16_000 * 60)

        assert 0 <= price(samples / 16_000, per_minute) - exact < 1


def test_a_longer_recording_is_never_cheaper() -> None:
    lengths = sorted(random.Random(8).uniform(0, 20_000) for _ in range(500))
    prices = [price(length, 28_500) for length in lengths]

    assert prices == sorted(prices)


def test_amounts_survive_the_way_to_text_and_back() -> None:
    chance = random.Random(9)
    for amount in [0, 1, 999_999, 10**12, *(chance.randint(0, 10**15) for _ in range(500))]:
        assert from_usd(as_usd(amount)) == amount
        assert Decimal(as_usd(amount)) * 1_000_000 == amount


@pytest.mark.parametrize("text", ["", "ten", "0.0000001", "NaN", "Infinity", "1e-7", "1e999999", "$5", "1,5"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="an amount"):
        from_usd(text)
