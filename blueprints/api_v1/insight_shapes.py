"""The JSON of what is understood of transcripts, typed like the rest in shapes.py."""

from typing import Literal

from typing_extensions import TypeAliasType, TypedDict

from rendering.shapes import Timestamp

Engine = TypeAliasType("Engine", Literal["extractive", "llm", "none"])


class Chapter(TypedDict):
    """A part of the recording about one thing. Chapters cover it from start to end without gaps."""

    title: str
    """What it is about."""

    start: float
    """When it begins, in seconds."""

    end: float
    """When it ends, in seconds."""

    summary: str
    """What is said in it, in one sentence."""


class Mention(TypedDict):
    """Where a topic comes up."""

    start: float
    """From here, in seconds."""

    end: float
    """To here, in seconds."""


class Topic(TypedDict):
    """Something the recording is about."""

    label: str
    """What it is."""

    score: float
    """How much it matters, from 0 to 1."""

    mentions: list[Mention]
    """Where it comes up."""


class Bullet(TypedDict):
    """A point of the summary."""

    text: str
    """What is said."""

    start: float
    """Where it is said: from here, in seconds."""

    end: float
    """To here, in seconds."""


class ActionItem(TypedDict):
    """Something that somebody is to do."""

    text: str
    """What is to be done."""

    owner: str | None
    """Who is to do it; null where nobody is named."""

    start: float
    """Where it is said: from here, in seconds."""

    end: float
    """To here, in seconds."""


class Summary(TypedDict):
    """What was said, in short."""

    short: str
    """In a few sentences."""

    bullets: list[Bullet]
    """Point by point."""

    key_phrases: list[str]
    """The phrases that tell most."""

    action_items: list[ActionItem]
    """What somebody is to do. Only a language model finds these."""


class PartEngine(TypedDict):
    """Who made a part of the result."""

    engine: Literal["extractive", "llm", "hybrid", "words", "none"]
    """`llm` is the language model, `extractive` takes everything from the transcript itself. The search is `hybrid`
    where it finds meaning as well as words, and `words` where the embedding model does not know the language."""

    model: str | None
    """The model, where there is one."""

    stale: bool
    """Whether the transcript was changed afterwards."""


class PartEngines(TypedDict):
    """Who made each part of the result."""

    chapters: PartEngine
    """Who made the chapters."""

    topics: PartEngine
    """Who found the topics."""

    summary: PartEngine
    """Who wrote the summary."""

    search: PartEngine
    """How it is searched."""


class Understanding(TypedDict):
    """Who made the chapters, topics and summary."""

    engine: Engine
    """`llm` where a language model wrote any of it, `none` where nothing is made yet."""

    model: str | None
    """The model, where there is one."""

    parts: PartEngines
    """The same for each part."""


class AnsweredBy(TypedDict):
    """Who answered."""

    engine: Engine
    """`llm` is the language model, `extractive` answers in the transcripts' own words."""

    model: str | None
    """The model, where there is one."""


class SearchHit(TypedDict):
    """A moment that was found."""

    transcription_id: str
    """Whose moment it is."""

    title: str
    """What the transcription is called."""

    segment_id: str
    """The segment of the result."""

    start: float
    """When the talk about it begins, in seconds. The segment lies between here and the end."""

    end: float
    """When the talk about it ends, in seconds."""

    at: float
    """When the segment begins, in seconds: where to begin to listen."""

    speaker: str | None
    """Who speaks, as a label of the result."""

    text: str
    """What the segment says; of a long one the part that fits."""

    score: float
    """How well it fits, roughly from 0 to 1; comparable within one answer."""

    highlights: list[tuple[int, int]]
    """Which characters of the text are words that were searched for: from, and up to but not including, counted in
    Unicode code points."""


class CitationShape(TypedDict):
    """A quote that an answer rests on."""

    transcription_id: str
    """The transcription it stands in."""

    title: str
    """What that is called."""

    segment_ids: list[str]
    """The segments of its result that the quote stands in."""

    start: float
    """When it begins, in seconds."""

    end: float
    """When it ends, in seconds."""

    speaker: str | None
    """Who says it, as a label of the result."""

    quote: str
    """What is said, word for word."""


class QuestionShape(TypedDict):
    """A question and its answer."""

    id: str
    """Its id."""

    object: Literal["question"]
    """What this is."""

    question: str
    """What was asked."""

    answer: str | None
    """The answer; null where the transcripts do not hold one."""

    answerable: bool
    """Whether the transcripts answer it."""

    citations: list[CitationShape]
    """The quotes that the answer rests on, the best first."""

    understanding: AnsweredBy
    """Who answered."""

    created_at: Timestamp
    """When it was asked."""


class SearchShape(TypedDict):
    """What was found, the best first. There are no further pages."""

    data: list[SearchHit]
    """The moments."""

    has_more: bool
    """Always false."""

    next_cursor: None
    """Always null."""

    searched_by: Literal["hybrid", "words"]
    """`hybrid` where meaning counted as well as words; `words` where the embedding model does not know the languages
    that are spoken, or does not answer."""
