"""What is understood of a transcript, whoever understood it: the parts of a result beside the words themselves.

Times are seconds from the start of the recording.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chapter:
    """A stretch of the talk about one thing. `summary` is one sentence."""

    title: str
    start: float
    end: float
    summary: str


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a topic is talked about."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Topic:
    """What the talk is about. `score` is 1 for the topic that weighs most, and above 0 for every other."""

    label: str
    score: float
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Bullet:
    """A point of the summary, and where in the recording it comes from."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class ActionItem:
    """Something that somebody is to do. `owner` is None where nobody is named."""

    text: str
    owner: str | None
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Summary:
    """The gist: a short paragraph and its points in time order. `action_items` are found only by a language model."""

    short: str
    bullets: tuple[Bullet, ...]
    key_phrases: tuple[str, ...] = ()
    action_items: tuple[ActionItem, ...] = ()
