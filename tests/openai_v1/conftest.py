"""OpenAI's own client against the app."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import openai
import pytest
from flask import Flask

import runtime
from tests.serving import served
from tests.transcriber import Transcriber, api_of_bob, bob, charlies_key, key, transcriber

__all__ = ["api_of_bob", "bob", "charlies_key", "key", "transcriber"]


@pytest.fixture
def hosted(app: Flask, monkeypatch: pytest.MonkeyPatch) -> str:
    """The code of a hosted pipeline whose provider's key is set."""
    installed = runtime.installed_pipelines()
    code = "voxtral-mini-transcribe"
    ready = {**installed, code: replace(installed[code], is_available=True)}
    monkeypatch.setattr("handlers.pipelines.runtime.installed_pipelines", lambda: ready)
    monkeypatch.setattr("blueprints.openai_v1.model_names.installed_pipelines", lambda: ready)
    return code


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with served(app) as url:
        yield f"{url}/v1"


Connect = Callable[..., openai.OpenAI]


@pytest.fixture
def connect(address: str, key: str, transcriber: Transcriber) -> Iterator[Connect]:
    """`connect(max_retries=2)` gives a client of the app; it does not retry unless told to."""
    clients: list[openai.OpenAI] = []

    def make(**settings: object) -> openai.OpenAI:
        clients.append(openai.OpenAI(**{"api_key": key, "base_url": address, "max_retries": 0, **settings}))  # type: ignore[arg-type]
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(connect: Connect) -> openai.OpenAI:
    return connect()
