from tests.stripe_standin.fixtures import running_standin, stripe_standin

__all__ = ["running_standin", "stripe_standin"]
