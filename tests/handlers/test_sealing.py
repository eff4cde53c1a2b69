"""What is sealed is read by whoever has the key and the purpose, and by nobody else."""

from dataclasses import replace

import pytest
from flask import Flask

import runtime
from handlers.sealing import CannotUnseal, is_sealed, seal, unseal

SECRET = b"JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _wired(app: Flask) -> None:
    """Sealing takes the service's key."""


def with_keys(monkeypatch: pytest.MonkeyPatch, key: str, *former: str) -> None:
    keys = replace(runtime.config(), secret_key=key, secret_key_fallbacks=former)
    monkeypatch.setattr(runtime, "_config", keys)


def test_what_was_sealed_comes_back_and_does_not_show() -> None:
    sealed = seal(SECRET, purpose="a")
    assert unseal(sealed, purpose="a") == SECRET
    assert SECRET not in sealed
    assert is_sealed(sealed)


def test_the_same_secret_never_looks_the_same() -> None:
    assert seal(SECRET, purpose="a") != seal(SECRET, purpose="a")


def test_another_purpose_opens_nothing() -> None:
    with pytest.raises(CannotUnseal):
        unseal(seal(SECRET, purpose="a"), purpose="b")


@pytest.mark.parametrize("place", [0, 1, 2, 13, 14, -17, -16, -1])
def test_a_changed_byte_opens_nothing(place: int) -> None:
    sealed = bytearray(seal(SECRET, purpose="a"))
    sealed[place] ^= 1
    with pytest.raises(CannotUnseal):
        unseal(bytes(sealed), purpose="a")


@pytest.mark.parametrize("stored", [b"", b"\x00\x01", SECRET, b"\x00\x01" + b"x" * 20])
def test_what_was_never_sealed_opens_nothing(stored: bytes) -> None:
    with pytest.raises(CannotUnseal):
        unseal(stored, purpose="a")


def test_a_former_key_opens_what_it_sealed_as_long_as_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with_keys(monkeypatch, "the first")
    sealed = seal(SECRET, purpose="a")

    with_keys(monkeypatch, "the second", "another", "the first")
    assert unseal(sealed, purpose="a") == SECRET

    with_keys(monkeypatch, "the second")
    with pytest.raises(CannotUnseal):
        unseal(sealed, purpose="a")
