"""Prices, plans and Stripe's keys as an operator sets them."""

from pathlib import Path

import pytest

from config import Bucket, Config, ConfigError, from_env
from models import Plan
from outbound.mail import MailServer


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


def test_a_language_model_is_asked_where_one_is_set(tmp_path: Path) -> None:
    llm = configured(tmp_path, LLM_BASE_URL="http://127.0.0.1:11434/v1/", LLM_MODEL="qwen", LLM_API_KEY="hush").llm

    assert llm is not None
    assert (llm.base_url, llm.model, llm.api_key) == ("http://127.0.0.1:11434/v1", "qwen", "hush")
    assert (llm.timeout_seconds, llm.context_tokens) == (120, 8192)
    assert "hush" not in repr(llm)
    assert configured(tmp_path).llm is None


@pytest.mark.parametrize(
    ("given", "missing"),
    [("LLM_BASE_URL", "LLM_MODEL"), ("LLM_MODEL", "LLM_BASE_URL"), ("LLM_API_KEY", "LLM_BASE_URL")],
)
def test_half_a_language_model_names_what_is_missing(tmp_path: Path, given: str, missing: str) -> None:
    with pytest.raises(ConfigError, match=f"^{missing} must be set when .*{given}"):
        configured(tmp_path, **{given: "https://llm.example.com/v1"})


def test_a_bucket_may_have_an_address_of_its_own_and_one_for_those_outside(tmp_path: Path) -> None:
    addresses = {"S3_ENDPOINT_URL": "http://store:8333/", "S3_PUBLIC_ENDPOINT_URL": "https://files.example.com"}
    assert configured(tmp_path).bucket is None
    assert configured(tmp_path, S3_BUCKET="recordings").bucket == Bucket("recordings", None, None)
    bucket = configured(tmp_path, S3_BUCKET="recordings", **addresses).bucket
    assert bucket == Bucket("recordings", "http://store:8333", "https://files.example.com")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LLM_BASE_URL", "llm.example.com/v1"),
        ("PRICES_PER_MINUTE_USD", "whisper-base"),
        ("PRICES_PER_MINUTE_USD", "whisper-base=-1"),
        ("PRICES_PER_MINUTE_USD", "whisper-base=a lot"),
        ("FREE_MONTHLY_CREDIT_USD", "-0.01"),
        ("PRO_PRICE_USD", "9.999"),
        ("STRIPE_SECRET_KEY", "sk_test_1"),
        ("S3_ENDPOINT_URL", "http://127.0.0.1:8333"),
        ("S3_PUBLIC_ENDPOINT_URL", "files.example.com"),
        ("WHISPER_DEVICE", "abacus"),
        ("WHISPER_COMPUTE_TYPE", "int4"),
    ],
)
def test_a_setting_that_is_wrong_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        configured(tmp_path, **{name: value})


def test_a_mail_server_is_an_address_and_a_sender(tmp_path: Path) -> None:
    assert configured(tmp_path).mail is None
    mail = configured(tmp_path, SMTP_URL="smtp://ada:p%40ss@mail.example.com", MAIL_FROM="Ada <ada@example.com>").mail
    assert mail == MailServer("mail.example.com", 587, "Ada <ada@example.com>", False, "ada", "p@ss")
    mail = configured(tmp_path, SMTP_URL="smtps://mail.example.com", MAIL_FROM="ada@example.com").mail
    assert mail is not None
    assert (mail.port, mail.implicit_tls, mail.username) == (465, True, None)


@pytest.mark.parametrize(
    "settings",
    [
        {"MAIL_FROM": "ada@example.com"},
        {"SMTP_URL": "smtp://mail.example.com"},
        {"SMTP_URL": "https://mail.example.com", "MAIL_FROM": "ada@example.com"},
        {"SMTP_URL": "smtp://:25", "MAIL_FROM": "ada@example.com"},
        {"SMTP_URL": "smtp://mail.example.com:x", "MAIL_FROM": "ada@example.com"},
    ],
)
def test_half_a_mail_server_is_refused(tmp_path: Path, settings: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="SMTP_URL"):
        configured(tmp_path, **settings)
