"""Fixtures for every folder whose tests speak to Stripe: import both into its conftest."""

from collections.abc import Iterator

import pytest

from tests.stripe_standin.server import StripeStandin


@pytest.fixture(scope="session")
def running_standin() -> Iterator[StripeStandin]:
    """One server for all tests; use `stripe_standin`."""
    standin = StripeStandin()
    yield standin
    standin.close()


@pytest.fixture
def stripe_standin(running_standin: StripeStandin) -> Iterator[StripeStandin]:
    """A Stripe that knows nothing yet; README.md beside this file says what it can do."""
    running_standin.reset()
    yield running_standin
    running_standin.reset()
