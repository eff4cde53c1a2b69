"""A Stripe of our own on loopback, for tests and for trying by hand; README.md says what it keeps to."""

from tests.stripe_standin.payments import ASKS_TO_CONFIRM, DECLINED, PENDING_REFUNDS, VISA
from tests.stripe_standin.server import SECRET_KEY, WEBHOOK_SECRET, StripeStandin

__all__ = ["ASKS_TO_CONFIRM", "DECLINED", "PENDING_REFUNDS", "SECRET_KEY", "VISA", "WEBHOOK_SECRET", "StripeStandin"]
