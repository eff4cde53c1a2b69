"""A language model behind any chat endpoint that speaks OpenAI's protocol, asked with care.

OpenAI, Mistral, DashScope's compatible mode, vLLM, Ollama and llama.cpp answer alike where all goes well. The vendor's
package is not used: it takes organisation, project and address from the environment's `OPENAI_*` and sends them to
whatever server is asked, bounds no answer as a whole, and costs a web process 35 MB and more than a second.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

from pydantic import BaseModel

from errors import ProviderError
from insights.llm.answers import Spoken, Usage, as_object, check_end, events, whole_answer, without_thoughts
from insights.llm.faults import (
    EmptyAnswer,
    LlmFailed,
    LlmMisconfigured,
    LlmTimedOut,
    LlmUnavailable,
    OffSchema,
    RequestRefused,
    Truncated,
    failure_of,
)
from insights.llm.requests import Dialect, Question
from outbound.attended import TICK_SECONDS, Answer, Lost, Unanswered, Unsendable, posted
from outbound.retries import Transient, Verdict, retrying

ANSWER_TOKENS = 2048
# Anything shorter is a placeholder for servers that ask for no key, and a part of other words.
SHORTEST_KEY = 8

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Wait:
    """How long one question is waited for in all, and what is called meanwhile."""

    deadline: float
    tick: Callable[[], None]

    @property
    def seconds_left(self) -> float:
        return max(0.0, self.deadline - time.monotonic())


def _nothing() -> None:
    """What happens at a tick where nobody asked for ticks."""


class Llm:
    """One model at one endpoint. Any number of threads may use it; it asks `concurrency` questions at once.

    `base_url` ends in `/v1`. `timeout_seconds` is for one try: the whole answer, or in a stream the longest silence.
    `context_tokens` is what the model takes at once, question and answer together. What the server refuses of the
    protocol's finer points is learnt from its refusals, and left out from then on.
    """

    def __init__(
        self,
        *,
        base_url: str,
        model: str,
        api_key: str | None = None,
        timeout_seconds: float = 120.0,
        context_tokens: int = 8192,
        concurrency: int = 4,
    ) -> None:
        self._url = f"{base_url.rstrip('/')}/chat/completions"
        self._model = model
        self._api_key = api_key
        self._timeout_seconds = timeout_seconds
        self._context_tokens = context_tokens
        self._places = threading.BoundedSemaphore(concurrency)
        self._dialect = Dialect()

    def room(
        self, instructions: str, *, schema: type[BaseModel] | None = None, answer_tokens: int = ANSWER_TOKENS
    ) -> int:
        """How many tokens of text, by `llm_requests.most_tokens`, fit beside these instructions and the answer."""
        return max(0, self._context_tokens - Question(instructions, "", schema, answer_tokens).most_tokens())

    def ask(
        self,
        instructions: str,
        text: str,
        *,
        schema: type[M],
        budget_seconds: float,
        answer_tokens: int = ANSWER_TOKENS,
        tick: Callable[[], None] = _nothing,
    ) -> M:
        """What the model makes of `text`, as a `schema` that it follows.

        All tries together take `budget_seconds` at most. An answer that does not follow the schema, or none at all, is
        asked for once more. `tick` is called every two seconds; what it raises gives the question up and rises. Raises
        the LlmFailed of the last try.
        """
        wait = _Wait(time.monotonic() + budget_seconds, tick)
        question = Question(instructions, text, schema, answer_tokens)
        try:
            return as_object(self._answer(question, wait), schema)
        except EmptyAnswer:
            logger.info("%s said nothing; asking again", self._model)
        except OffSchema as failure:
            logger.info("%s; asking again", failure)
            question = replace(question, fault=(failure.text, failure.faults))
        return as_object(self._answer(question, wait), schema)

    def stream(
        self,
        instructions: str,
        text: str,
        *,
        schema: type[BaseModel] | None = None,
        budget_seconds: float,
        answer_tokens: int = ANSWER_TOKENS,
        tick: Callable[[], None] = _nothing,
    ) -> Generator[str, None, None]:
        """What the model makes of `text`, piece by piece; closing the generator hangs up.

        With a `schema` the pieces make up its JSON, which `llm_answers.object_so_far` and `as_object` read. Faults are
        asked again until the first piece is there. What happens later, a cut at the allowed length too, is raised
        after the pieces that came before: an LlmFailed.
        """
        wait = _Wait(time.monotonic() + budget_seconds, tick)
        question = Question(instructions, text, schema, answer_tokens)
        first, rest = self._understood(
            lambda dialect: self._retried(lambda: _begun(self._pieces(question, dialect, wait)), wait)
        )
        with closing(rest):
            yield first
            yield from rest

    def _answer(self, question: Question, wait: _Wait) -> str:
        return self._understood(lambda dialect: self._retried(lambda: self._whole(question, dialect, wait), wait))

    def _understood(self, attempt: Callable[[Dialect], T]) -> T:
        """What `attempt` returns in the first dialect that the server takes, beginning with the one it took last."""
        while True:
            dialect = self._dialect
            try:
                return attempt(dialect)
            except RequestRefused as refusal:
                narrower = dialect.without(refusal.complaint)
                if narrower is None:
                    raise
            except Truncated as cut:
                narrower = None if cut.text else dialect.with_room_for_thoughts()
                if narrower is None:
                    raise
            self._dialect = narrower

    def _retried(self, attempt: Callable[[], T], wait: _Wait) -> T:
        try:
            return retrying(attempt, verdict=_verdict, budget_seconds=wait.seconds_left, tick=wait.tick)
        except ProviderError as given_up:
            # The policy's own word for it is about transcriptions.
            if isinstance(given_up.__cause__, LlmFailed):
                raise given_up.__cause__ from None
            raise

    def _whole(self, question: Question, dialect: Dialect, wait: _Wait) -> str:
        with self._posted(question, dialect, wait, stream=False) as answer:
            said = whole_answer(self._without_key(answer.body()))
        self._note(said.usage)
        text = without_thoughts(said.text)
        check_end(text, said.finish_reason, said.refusal)
        return text

    def _pieces(self, question: Question, dialect: Dialect, wait: _Wait) -> Generator[str, None, None]:
        spoken, text, finish_reason, refusal = Spoken(), "", None, None
        with self._posted(question, dialect, wait, stream=True) as answer:
            for said in events(map(self._without_key, answer.lines())):
                self._note(said.usage)
                finish_reason, refusal = finish_reason or said.finish_reason, refusal or said.refusal
                if piece := spoken.add(said.text):
                    text += piece
                    yield piece
        check_end(text, finish_reason, refusal)

    @contextmanager
    def _posted(self, question: Question, dialect: Dialect, wait: _Wait, *, stream: bool) -> Iterator[Answer]:
        """A success on its way. Raises LlmFailed for anything else."""
        headers = {"Content-Type": "application/json", "User-Agent": "transcribe/1.0"}
        if self._api_key:
            headers["Authorization"] = f"Bearer {self._api_key}"
        request = dialect.request(self._model, question, stream=stream)
        try:
            with (
                self._place(wait),
                posted(
                    self._url,
                    headers=headers,
                    content=json.dumps(request).encode(),
                    seconds=wait.seconds_left if stream else min(self._timeout_seconds, wait.seconds_left),
                    silence_seconds=self._timeout_seconds,
                    tick=wait.tick,
                ) as answer,
            ):
                if answer.status != 200:
                    raise failure_of(answer.status, answer.headers, self._without_key(answer.body()))
                yield answer
        except Unanswered:
            raise LlmTimedOut("the server did not answer in time") from None
        except Lost as error:
            raise LlmUnavailable(f"no connection, or it broke off: {error}") from None
        except Unsendable as error:
            raise LlmMisconfigured(f"the address or the key cannot be sent: {error}") from None

    @contextmanager
    def _place(self, wait: _Wait) -> Iterator[None]:
        """One of the places for questions that are under way."""
        while not self._places.acquire(timeout=min(TICK_SECONDS, wait.seconds_left)):
            if not wait.seconds_left:
                raise LlmUnavailable("too many questions are under way")
            wait.tick()
        try:
            yield
        finally:
            self._places.release()

    def _without_key(self, content: bytes) -> bytes:
        """Servers and proxies quote the key that they refuse."""
        if self._api_key and len(self._api_key) >= SHORTEST_KEY:
            return content.replace(self._api_key.encode(), b"...")
        return content

    def _note(self, usage: Usage | None) -> None:
        if usage:
            logger.info("%s: %s tokens in, %s out", self._model, usage.prompt_tokens, usage.completion_tokens)


def _begun(pieces: Generator[str, None, None]) -> tuple[str, Generator[str, None, None]]:
    """The first piece and the others. A stream without any raises."""
    return next(pieces), pieces


def _verdict(error: Exception) -> Verdict:
    if isinstance(error, LlmUnavailable):
        return Transient(retry_after_seconds=error.retry_after_seconds)
    raise error
