"""A chat endpoint for the tests of what a language model writes."""

from collections.abc import Iterator

import pytest

from insights.llm.client import Llm
from outbound import attended, retries
from tests.insights.llm_standin import API_KEY, MODEL, ChatStandin


@pytest.fixture(scope="session")
def running_chat() -> Iterator[ChatStandin]:
    standin = ChatStandin()
    yield standin
    standin.close()


@pytest.fixture
def chat(running_chat: ChatStandin, monkeypatch: pytest.MonkeyPatch) -> ChatStandin:
    running_chat.reset()
    monkeypatch.setattr(retries, "FIRST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(attended, "TICK_SECONDS", 0.05)
    return running_chat


@pytest.fixture
def llm(chat: ChatStandin) -> Llm:
    return Llm(base_url=chat.url, model=MODEL, api_key=API_KEY, timeout_seconds=5)
