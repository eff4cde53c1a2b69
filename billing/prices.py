"""The tariff: what a minute costs on which plan, what a recording comes to, what a plan gives. Amounts: micro-dollars.

`/pricing`, `/pipelines`, the quote and the charge all read the one `Tariff` of this installation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from models import Plan

MICROUSD_PER_CENT = 10_000
LOCAL_PREFIX = "whisper-"
LOCAL_PRICE_PER_MINUTE_MICROUSD = 5_000  # every Whisper size: the machine is the operator's own
LIST_PRICES_PER_MINUTE_MICROUSD = {
    "qwen3-asr-flash-filetrans": 28_500,
    "gpt-4o-transcribe-diarize": 64_700,
    "voxtral-mini-transcribe": 29_600,
    "import": 0,
}


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """What a plan costs a month, the credit it brings each month, and the share of list prices it pays."""

    price_per_month_microusd: int
    monthly_credit_microusd: int
    percent_of_list_price: int


TERMS = {
    Plan.FREE: PlanTerms(price_per_month_microusd=0, monthly_credit_microusd=500_000, percent_of_list_price=100),
    Plan.PRO: PlanTerms(
        price_per_month_microusd=12_000_000, monthly_credit_microusd=10_000_000, percent_of_list_price=70
    ),
}


@dataclass(frozen=True, slots=True)
class Month:
    """What a month comes to on a plan: the price of its minutes, what of it the credit covers, and the plan's fee."""

    price_microusd: int
    credit_used_microusd: int
    fee_microusd: int

    @property
    def top_up_microusd(self) -> int:
        """What the minutes take from top-ups, once the month's credit is used up."""
        return self.price_microusd - self.credit_used_microusd

    @property
    def paid_microusd(self) -> int:
        return self.fee_microusd + self.top_up_microusd


@dataclass(frozen=True, slots=True)
class Tariff:
    """An installation's prices and plans."""

    list_prices: Mapping[str, int]
    terms: Mapping[Plan, PlanTerms]

    def list_price_per_minute(self, pipeline_code: str) -> int:
        if pipeline_code.startswith(LOCAL_PREFIX):
            return self.list_prices.get(pipeline_code, LOCAL_PRICE_PER_MINUTE_MICROUSD)
        return self.list_prices[pipeline_code]

    def price_per_minute(self, pipeline_code: str, plan: Plan) -> int:
        """What this plan pays for a minute, rounded up to the micro-dollar."""
        percent = self.terms[plan].percent_of_list_price
        return ceil(Fraction(self.list_price_per_minute(pipeline_code) * percent, 100))

    def month(self, pipeline_code: str, plan: Plan, minutes: int) -> Month:
        """What so many minutes in one month of the plan come to; its credit is used before what was paid in."""
        terms, amount = self.terms[plan], minutes * self.price_per_minute(pipeline_code, plan)
        return Month(amount, min(amount, terms.monthly_credit_microusd), terms.price_per_month_microusd)


DEFAULT_TARIFF = Tariff(LIST_PRICES_PER_MINUTE_MICROUSD, TERMS)


def price(duration_seconds: float, per_minute_microusd: int) -> int:
    """The price of a recording: charged per second, rounded up once to the micro-dollar."""
    return ceil(Fraction(exact_seconds(duration_seconds)) * per_minute_microusd / 60)


def exact_seconds(duration_seconds: float) -> Decimal:
    """A duration without a float's dust. Samples at 16 kHz are multiples of 0.0000625 s, so seven decimals hold it."""
    return Decimal(f"{duration_seconds:.7f}")


def as_usd(microusd: int) -> str:
    """The decimal string of the API, always with six places: 900 is "0.000900"."""
    return f"{Decimal(microusd).scaleb(-6):.6f}"


def dollars(microusd: int) -> str:
    """Dollars for people, with as many decimals as the amount needs, at least two: 900 is "$0.0009"."""
    whole, _, decimals = f"{Decimal(abs(microusd)).scaleb(-6):.6f}".rstrip("0").partition(".")
    return f"{'−' if microusd < 0 else ''}${whole}.{decimals:0<2}"


def from_usd(amount: str) -> int:
    """Micro-dollars of a decimal string; ValueError when it is finer than a micro-dollar or no amount at all."""
    try:
        microusd = Decimal(amount).scaleb(6)
        whole = int(microusd)
    except (ArithmeticError, ValueError):
        raise ValueError("an amount in dollars, such as 10.00") from None
    if microusd != whole:
        raise ValueError("an amount with at most six decimals")
    return whole
