"""Whisper by faster-whisper: samples in, segments out. The only module that imports faster_whisper.

Importing it loads CTranslate2, which a process that forks must not do; `speech.engines.host` is its one user.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from faster_whisper import WhisperModel
from faster_whisper.transcribe import restore_speech_timestamps

from speech.engines.findings import as_segment
from speech.engines.pieces import SAMPLE_RATE, Piece, Span, pieces
from speech.transcript import Segment, covered_seconds, overlaps, within

# Half of Whisper's text context is for what came before; vocabulary takes at most this many tokens of it.
VOCABULARY_TOKENS = 150
# Pauses shorter than the speech detector's own are part of the speech around them.
PAUSE_SECONDS = 2.0
SILENCE_PROBABILITY = 0.6


@dataclass(frozen=True, slots=True)
class Heard:
    """What a transcription came to, besides its segments. `language` is None where nobody spoke. Seconds."""

    language: str | None
    duration_seconds: float
    speech_seconds: float
    transcribed_seconds: float


class Whisper:
    """One model, loaded once. Not for use by two threads at a time."""

    def __init__(self, model: str | Path, *, device: str, compute_type: str, cpu_threads: int) -> None:
        self._model = _Model(str(model), device=device, compute_type=compute_type, cpu_threads=cpu_threads)

    def warm_up(self) -> None:
        """Run every part once on two seconds of noise, so that the first recording is not slower than the rest."""
        noise = np.random.default_rng(0).normal(scale=0.05, size=2 * SAMPLE_RATE).astype(np.float32)
        next(pieces(noise), None)
        segments, _ = self._model.transcribe(noise, beam_size=5, word_timestamps=True, temperature=0.0)
        list(segments)

    def language(self, samples: npt.NDArray[Any]) -> str | None:
        """The Whisper code of what is spoken in `samples`, which are as `transcribe` takes them; None of silence."""
        for piece in pieces(samples):
            if piece.speech:
                start = piece.speech_samples()[: self._model.feature_extractor.n_samples]
                language, _, _ = self._model.detect_language(features=self._model.feature_extractor(start))
                return str(language)
        return None

    def transcribe(
        self,
        samples: npt.NDArray[Any],
        *,
        language: str | None,
        vocabulary: Sequence[str],
        on_segment: Callable[[Segment], None],
        on_progress: Callable[[float, float], None],
        check: Callable[[], None],
    ) -> Heard:
        """Transcribe `samples` (int16 or float32 −1..1, shape (samples,), 16 kHz mono), handing out segments in time
        order as they are found.

        `language` is a Whisper code or None to detect it on the first speech. `check` is called before each decoding
        of a window of 30 s and may raise to end the work. Memory stays bounded however long the recording is.
        """
        duration = len(samples) / SAMPLE_RATE
        speech: list[Span] = []
        transcribed: list[Span] = []
        reached = 0.0
        self._model.stoppable.check = check
        for piece in pieces(samples):
            check()
            speech.extend(piece.speech_seconds())
            if piece.speech:
                found, language = self._listen(piece, language, vocabulary)
                for segment in found:
                    segment = within(segment, reached, duration)
                    if not segment.text:
                        continue
                    reached = segment.end
                    transcribed.append((segment.start - PAUSE_SECONDS / 2, segment.end + PAUSE_SECONDS / 2))
                    on_segment(segment)
                    on_progress(reached, duration)
            on_progress(piece.end_seconds, duration)
        return Heard(
            language=language if speech else None,
            duration_seconds=duration,
            speech_seconds=covered_seconds(speech),
            transcribed_seconds=covered_seconds(overlaps(speech, transcribed)),
        )

    def _listen(self, piece: Piece, language: str | None, vocabulary: Sequence[str]) -> tuple[Iterator[Segment], str]:
        segments, info = self._model.transcribe(
            piece.speech_samples(),
            language=language,
            beam_size=5,
            word_timestamps=True,
            hotwords=", ".join(vocabulary) or None,
        )
        restored = restore_speech_timestamps(segments, piece.kept(), SAMPLE_RATE)
        spoken = (segment for segment in restored if not _is_invented(segment))
        return (as_segment(segment, piece.start_seconds) for segment in spoken), str(info.language)


class _Stoppable:
    """A CTranslate2 model that first asks whether to go on: a hard window is decoded up to six times."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self.check: Callable[[], None] = lambda: None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def generate(self, *arguments: Any, **options: Any) -> Any:
        self.check()
        return self._model.generate(*arguments, **options)


class _Model(WhisperModel):  # type: ignore[misc]
    """WhisperModel that can be stopped before each decoding and never overfills its prompt."""

    model: Any

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.model = self.stoppable = _Stoppable(self.model)
        self._encoded: tuple[npt.NDArray[np.float32], Any] | None = None

    def detect_language(self, *arguments: Any, features: npt.NDArray[np.float32], **options: Any) -> Any:
        # Without the last frame, as the decoder takes them: then its first window is the one encoded here.
        self._encoded = None
        return super().detect_language(*arguments, features=features[..., :-1], **options)

    def encode(self, features: npt.NDArray[np.float32]) -> Any:
        # The window that told the language is decoded next; encoding it again would cost a third of a short clip.
        if self._encoded is None or not np.array_equal(self._encoded[0], features):
            self._encoded = features, super().encode(features)
        return self._encoded[1]

    def get_prompt(self, tokenizer: Any, previous_tokens: list[int], **options: Any) -> Any:
        # faster-whisper gives vocabulary and previous text half of the context each, which leaves the decoder no
        # room to answer: together they may take one half.
        vocabulary = tokenizer.encode(" " + options["hotwords"]) if options.get("hotwords") else []
        if vocabulary:
            vocabulary = vocabulary[:VOCABULARY_TOKENS]
            options["hotwords"] = tokenizer.decode(vocabulary)
        room = self.max_length // 2 - 1 - len(vocabulary)
        return super().get_prompt(tokenizer, previous_tokens[-room:], **options)


def _is_invented(segment: Any) -> bool:
    # The model takes the window for silence, and read words into it only when it was made to guess. Without this,
    # what a speech detector mistakes for speech (a hum, music) comes out as an occasional "Hmm" or "Thank you".
    return bool(segment.no_speech_prob > SILENCE_PROBABILITY and segment.temperature > 0)
