"""Pipeline: what one way of transcribing is called and what it can do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pipeline:
    """`languages` are the codes it transcribes; the maxima are what one recording may have."""

    code: str
    name: str
    provider: str
    languages: tuple[str, ...]
    diarization: bool
    word_timestamps: bool
    vocabulary: bool
    max_duration_seconds: int
    max_size_bytes: int
