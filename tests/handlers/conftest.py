import pytest
from argon2 import PasswordHasher

from handlers import accounts
from tests import factories


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """argon2id with next to no cost: the real parameters have a test of their own."""
    monkeypatch.setattr(accounts, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    monkeypatch.setattr(factories, "PASSWORD_HASH", accounts.hash_password(factories.PASSWORD))
    accounts._decoy_hash.cache_clear()
