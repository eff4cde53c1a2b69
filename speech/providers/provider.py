"""What a hosted engine is to the rest of the service: something that is asked, now or later, until it has an answer.

A job calls `advance` with what was learnt before. It returns what was heard, or `Later`: then the job ends, and another
calls again after that time, so that waiting for a provider keeps no worker busy. What must outlive a crash is kept in
the notebook before it is acted on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from speech.transcript import Segment

State = Mapping[str, Any]
WordTimes = Literal["measured", "estimated", "none"]


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording of a known length: as it came (`media`, of a container that decoded), and as 16 kHz mono s16le.

    `address` makes a URL at which the provider can fetch it for hours; None where there is none. `speech` gives the
    stretches of speech in seconds, in time order, from our own voice activity detection.
    """

    media: Path
    content_type: str
    size_bytes: int
    pcm: Path
    duration_seconds: float
    address: Callable[[], str] | None
    speech: Callable[[], Sequence[tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class Wishes:
    """How it is to be transcribed. `language` is a code of the pipeline, None to find out."""

    language: str | None = None
    diarize: bool = True
    speakers_expected: int | None = None
    vocabulary: Sequence[str] = ()


class Notebook(Protocol):
    """What is known of one transcription from step to step: JSON, small, committed when `keep` returns.

    `tick` is to be called at least every 10 s while the provider works, also from inside a long request. Both raise
    when the transcription was canceled or taken over: let it rise.
    """

    @property
    def state(self) -> State: ...
    def keep(self, **changes: Any) -> None: ...
    def keep_file(self, name: str, content: bytes) -> None:
        """Keep something larger, such as one chunk's answer, until the transcription is final."""

    def kept_file(self, name: str) -> bytes | None: ...
    def tick(self, done: float | None = None) -> None:
        """`done` is the share of the provider's work, 0..1."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A provider's whole answer in our words: segments inside the recording, by speaker label `S1`, `S2`, … if any.

    `word_times` says whether the words' times are the provider's own or our estimate. `billed_seconds` is what the
    provider says it charges for, None where it does not say; `sent_seconds` is what it was sent, None for just the
    recording.
    """

    segments: tuple[Segment, ...]
    language: str | None
    model: str
    word_times: WordTimes
    billed_seconds: float | None = None
    sent_seconds: float | None = None
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing to do for so many seconds."""

    seconds: float


class Provider(Protocol):
    """A hosted engine. Any number of jobs may use one at once.

    `advance` raises ProviderRejected (the provider refuses this recording or request), ProviderError (its fault, or the
    operator's: a bad key, no quota) and ProviderTimeout, after its own retries; the provider's words go to the log.
    """

    def advance(self, recording: Recording, wishes: Wishes, notebook: Notebook) -> Heard | Later: ...

    def cancel(self, state: State) -> None:
        """Tell the provider, where it can be told, that nobody waits any more. Never raises."""
