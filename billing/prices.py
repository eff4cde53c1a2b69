"""What a minute costs, for whom, and what a recording of a given length comes to. All amounts are micro-dollars."""

from decimal import Decimal
from fractions import Fraction
from math import ceil

from models import Plan

LIST_PRICES_PER_MINUTE_MICROUSD = {
    "qwen3-asr-flash-filetrans": 28_500,
    "gpt-4o-transcribe-diarize": 64_700,
    "voxtral-mini-transcribe": 29_600,
    "import": 0,
}
LOCAL_PRICE_PER_MINUTE_MICROUSD = 5_000  # every Whisper size: the machine is the operator's own
PRO_PERCENT_OF_LIST_PRICE = 70


def list_price_per_minute(pipeline_code: str) -> int:
    return LIST_PRICES_PER_MINUTE_MICROUSD.get(pipeline_code, LOCAL_PRICE_PER_MINUTE_MICROUSD)


def price_per_minute(pipeline_code: str, plan: Plan) -> int:
    """What this plan pays for a minute: 30 % less on Pro."""
    price = list_price_per_minute(pipeline_code)
    return ceil(Fraction(price * PRO_PERCENT_OF_LIST_PRICE, 100)) if plan is Plan.PRO else price


def price(duration_seconds: float, per_minute_microusd: int) -> int:
    """The price of a recording: charged per second, rounded up once to the micro-dollar.

    Samples at 16 kHz are multiples of 0.0000625 s, so seven decimals hold the duration exactly.
    """
    exact = Fraction(f"{duration_seconds:.7f}")
    return ceil(exact * per_minute_microusd / 60)


def as_usd(microusd: int) -> str:
    """The decimal string of the API, always with six places: 900 is "0.000900"."""
    return f"{Decimal(microusd).scaleb(-6):.6f}"


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
