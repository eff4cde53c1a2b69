"""Several questions to a language model about one transcript, which together take a limited time."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from insights.llm.client import Llm
from insights.llm.faults import ContextTooLong, OffSchema

# In tokens. With less room than that, a model learns too little of a transcript to write about it.
LEAST_ROOM = 200
# Of what the instructions leave free. A correction of the answer takes as much again, and the lines get the rest.
ANSWER_SHARE = 1 / 4

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Interview:
    """A model to ask until `deadline`, by the monotonic clock, with `tick` called meanwhile."""

    llm: Llm
    deadline: float
    tick: Callable[[], None]

    def ask(self, instructions: str, text: str, schema: type[M], answer_tokens: int) -> M:
        """What the model makes of the text. Raises LlmFailed."""
        return self.llm.ask(
            instructions,
            text,
            schema=schema,
            budget_seconds=max(0.0, self.deadline - time.monotonic()),
            answer_tokens=answer_tokens,
            tick=self.tick,
        )


@dataclass(frozen=True, slots=True)
class Space:
    """What a model's context holds beside the instructions, in tokens."""

    answer: int
    lines: int


def begun(llm: Llm, budget_seconds: float, tick: Callable[[], None]) -> Interview:
    return Interview(llm, time.monotonic() + budget_seconds, tick)


def space_beside(llm: Llm, instructions: str, schema: type[BaseModel], most_answer_tokens: int) -> Space:
    """How long the answer and the lines may be. Raises ContextTooLong where there is next to no room for lines."""
    free = llm.room(instructions, schema=schema, answer_tokens=0)
    answer = min(most_answer_tokens, int(free * ANSWER_SHARE))
    space = Space(answer, free - 2 * answer)
    if space.lines < LEAST_ROOM:
        raise ContextTooLong(f"the model's context leaves {space.lines} tokens for what it is asked about")
    return space


def useless(fault: str) -> OffSchema:
    """The failure of answers that follow the schema and hold nothing that can be used."""
    return OffSchema(f"the answer cannot be used: {fault}", "", fault)
