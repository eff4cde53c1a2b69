"""What the tools give: less than the API does, since all of it lands in a model's context."""

from typing import Literal

from typing_extensions import TypedDict


class Job(TypedDict):
    """A transcription and where it stands."""

    transcription_id: str
    """Its id, for the other tools."""

    title: str
    """What it is called."""

    status: Literal["processing", "completed", "failed"]
    """`completed` and `failed` are final."""

    stage: str | None
    """Where a processing one is."""

    progress: float
    """From 0 to 1."""

    duration_seconds: float | None
    """How long the recording is, once that is known."""

    price_per_minute_usd: str
    """What a minute costs."""

    charged_usd: str | None
    """What was charged in the end."""

    error: str | None
    """Why it failed: a code, and what to do."""

    created_at: str
    """When it was accepted."""

    page: str
    """Its page, for people who are signed in."""


class Jobs(TypedDict):
    """Transcriptions, newest first."""

    transcriptions: list[Job]
    """The page of the list."""

    next_cursor: str | None
    """What to send as `cursor` for the next page; null on the last."""


class TranscriptPage(TypedDict):
    """A part of a transcript."""

    transcription_id: str
    """Whose transcript it is."""

    title: str
    """What that is called."""

    duration_seconds: float
    """How long the whole recording is."""

    text: str
    """What was said: a line for each segment, with the time it begins and, where it changes, who speaks."""

    start: float | None
    """When this part begins, in seconds; null where nothing is said in it."""

    end: float | None
    """When it ends."""

    next_cursor: int | None
    """What to send as `cursor` to read on; null at the end."""


class Voice(TypedDict):
    """Somebody who speaks."""

    name: str
    """Their name, else a label."""

    seconds: float
    """How long they speak."""


class Point(TypedDict):
    """A point of the summary."""

    text: str
    """What is said."""

    start: float
    """Where it is said, in seconds."""


class Part(TypedDict):
    """A chapter."""

    title: str
    """What it is about."""

    start: float
    """When it begins, in seconds."""

    end: float
    """When it ends."""

    summary: str
    """What is said in it, in one sentence."""


class Overview(TypedDict):
    """What a recording is about, without its words."""

    transcription_id: str
    """Its id."""

    title: str
    """What it is called."""

    language: str | None
    """What is spoken."""

    duration_seconds: float
    """How long it is."""

    characters: int
    """How long its transcript is."""

    speakers: list[Voice]
    """Who speaks, in order of appearance."""

    summary: str
    """What was said, in a few sentences; empty until it is made."""

    points: list[Point]
    """The same point by point."""

    chapters: list[Part]
    """Its parts, from start to end."""

    topics: list[str]
    """What it is about."""


class Hit(TypedDict):
    """A moment that was found."""

    transcription_id: str
    """Whose moment it is."""

    title: str
    """What that is called."""

    start: float
    """Where to begin to read or listen, in seconds."""

    end: float
    """When the talk about it ends."""

    speaker: str | None
    """Who speaks."""

    text: str
    """What is said."""

    score: float
    """How well it fits, comparable within one answer."""


class Hits(TypedDict):
    """What was found, the best first."""

    hits: list[Hit]
    """The moments."""


class Quote(TypedDict):
    """Words that an answer rests on."""

    transcription_id: str
    """Where they stand."""

    title: str
    """What that is called."""

    start: float
    """When they begin, in seconds."""

    end: float
    """When they end."""

    speaker: str | None
    """Who says them."""

    quote: str
    """What is said, word for word."""


class Answer(TypedDict):
    """An answer from the transcripts and nothing else."""

    answerable: bool
    """Whether the transcripts answer the question."""

    answer: str | None
    """The answer; null where they do not."""

    quotes: list[Quote]
    """What it rests on, the best first."""
