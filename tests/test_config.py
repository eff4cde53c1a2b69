"""Prices, plans and Stripe's keys as an operator sets them."""

from pathlib import Path

import pytest

from config import Config, ConfigError, from_env
from models import Plan


def configured(tmp_path: Path, **settings: str) -> Config:
    return from_env({"DATA_DIR": str(tmp_path), "SECRET_KEY": "tests", **settings})


def test_prices_and_plans_may_be_set(tmp_path: Path) -> None:
    tariff = configured(
        tmp_path,
        PRICES_PER_MINUTE_USD="whisper-base=0.004, import=0.001",
        FREE_MONTHLY_CREDIT_USD="0",
        PRO_MONTHLY_CREDIT_USD="5",
        PRO_PRICE_USD="9.99",
    ).tariff

    assert [tariff.list_price_per_minute(code) for code in ("whisper-base", "import")] == [4_000, 1_000]
    assert tariff.list_price_per_minute("voxtral-mini-transcribe") == 29_600
    assert tariff.terms[Plan.FREE].monthly_credit_microusd == 0
    pro = tariff.terms[Plan.PRO]
    assert (pro.monthly_credit_microusd, pro.price_per_month_microusd) == (5_000_000, 9_990_000)


def test_stripes_keys_are_kept_out_of_sight(tmp_path: Path) -> None:
    config = configured(tmp_path, STRIPE_SECRET_KEY="sk_test_hush", STRIPE_WEBHOOK_SECRET="whsec_hush")

    assert config.stripe is not None
    assert "hush" not in repr(config)
    assert configured(tmp_path).stripe is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PRICES_PER_MINUTE_USD", "whisper-base"),
        ("PRICES_PER_MINUTE_USD", "whisper-base=-1"),
        ("PRICES_PER_MINUTE_USD", "whisper-base=a lot"),
        ("FREE_MONTHLY_CREDIT_USD", "-0.01"),
        ("PRO_PRICE_USD", "9.999"),
        ("STRIPE_SECRET_KEY", "sk_test_1"),
    ],
)
def test_a_setting_that_is_wrong_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        configured(tmp_path, **{name: value})
