"""Pipeline: what one way of transcribing is called and what it can do."""

from collections.abc import Callable
from dataclasses import dataclass, field

from speech.providers.provider import Provider


@dataclass(frozen=True, slots=True)
class Hosting:
    """How this installation reaches a provider. Without a key its pipeline is listed, and not available.

    The base URL, the model and the limits of one request replace the pipeline's own where they are set.
    """

    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = None
    model: str | None = None
    max_seconds: int | None = None
    max_bytes: int | None = None
    allowed_hosts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Pipeline:
    """`languages` are the codes it transcribes; the maxima are what one recording may have.

    `diarization` says that speakers are told apart, by the engine itself or by `speech.engines.speakers` afterwards.
    `connect` makes the client of a hosted engine; a local pipeline has none. `answers_later` is a provider that is
    asked again and again; one that keeps us on the line needs a worker for as long.
    """

    code: str
    name: str
    provider: str
    model: str
    languages: tuple[str, ...]
    diarization: bool
    word_timestamps: bool
    vocabulary: bool
    max_duration_seconds: int
    max_size_bytes: int
    is_available: bool = True
    connect: Callable[[], Provider] | None = None
    answers_later: bool = False
