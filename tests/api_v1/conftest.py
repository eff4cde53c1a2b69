from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

import runtime


@pytest.fixture
def anyone(app: Flask, session: Session) -> FlaskClient:
    """A script without a key."""
    return app.test_client()


@pytest.fixture
def reconfigure(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`reconfigure(rate_limit_per_minute=2)` changes settings for the length of one test."""

    def change(**values: Any) -> None:
        monkeypatch.setattr(runtime, "_config", replace(runtime.config(), **values))

    return change
