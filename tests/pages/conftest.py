"""What tests of pages share."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

import runtime
from config import StripeKeys
from tests.stripe_standin.fixtures import running_standin, stripe_standin

__all__ = ["running_standin", "stripe_standin"]

CountQueries = Callable[[FlaskClient, str], int]


def text_of(page: str) -> str:
    """What a reader sees, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture
def with_payment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages of a service on which payment is set up; nobody answers at its address."""
    keys = StripeKeys("sk_test_nobody", "whsec_nobody", "http://127.0.0.1:9")
    monkeypatch.setattr(runtime, "_config", replace(runtime.config(), stripe=keys))
