import socket

import pytest
import stripe

from billing.stripe_gateway import StripeGateway
from tests.stripe_standin import StripeStandin
from tests.stripe_standin.fixtures import running_standin, stripe_standin

__all__ = ["running_standin", "stripe_standin"]


@pytest.fixture
def gateway(stripe_standin: StripeStandin, monkeypatch: pytest.MonkeyPatch) -> StripeGateway:
    """Our gateway to the stand-in, hardly waiting before it tries again."""
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)
    return StripeGateway(stripe_standin.secret_key, stripe_standin.webhook_secret, stripe_standin.url)


@pytest.fixture
def unused_port() -> int:
    """A loopback port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
