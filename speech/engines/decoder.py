"""faster-whisper's model as we use it: able to be one of several lanes, and to notice what it left unheard."""

from collections.abc import Iterator, Sequence
from copy import copy
from typing import Any

import numpy as np
import numpy.typing as npt
from faster_whisper import WhisperModel
from faster_whisper.audio import pad_or_trim
from faster_whisper.transcribe import restore_speech_timestamps

from speech.audio import SAMPLE_RATE
from speech.engines.findings import as_segment
from speech.engines.lanes import Lockstep
from speech.engines.pieces import Piece, Samples
from speech.transcript import Segment, Span, covered_seconds, overlaps

# Half of Whisper's text context is for what came before; vocabulary takes at most this many tokens of it.
VOCABULARY_TOKENS = 150
# Of what came before, lanes see so much. With more of it they are slower, and heard no better where it was tried.
LANE_CONTEXT_TOKENS = 48
SILENCE_PROBABILITY = 0.6
# So much speech is not passed over, if the window got at least so far before it.
UNHEARD_SECONDS, PROGRESS_SECONDS = 2.0, 1.0
# Nobody says so many.
WORDS_A_SECOND = 10.0


class Decoder(WhisperModel):  # type: ignore[misc]
    """The model, or by `lane` one user of it: for use by one thread at a time."""

    model: Any

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._encoded: tuple[npt.NDArray[np.float32], Any] | None = None
        self._context_tokens: int | None = None
        self._spoken: list[Span] = []

    def lane(self, lockstep: Lockstep, *, is_alone: bool) -> "Decoder":
        """The same weights for another thread, which asks them through `lockstep`."""
        lane = copy(self)
        lane.model = lockstep
        lane._context_tokens = None if is_alone else LANE_CONTEXT_TOKENS
        return lane

    def hear(self, piece: Piece, *, language: str, vocabulary: Sequence[str]) -> Iterator[Segment]:
        """What is said in a piece, its times counted from the start of the whole recording. Raises Stopped."""
        if not piece.speech:
            return
        self._spoken = piece.spoken()
        speech = piece.speech_seconds()
        segments, _ = self.transcribe(
            piece.speech_samples(),
            language=language,
            beam_size=5,
            word_timestamps=True,
            hotwords=", ".join(vocabulary) or None,
        )
        with self.model.in_step():
            for segment in restore_speech_timestamps(segments, piece.kept(), SAMPLE_RATE):
                found = as_segment(segment, piece.start_seconds, speech)
                is_said = piece.is_spoken((found.start, found.end)) and not _is_hurried(found, speech)
                if is_said and not _is_invented(segment):
                    yield found

    def languages(self, speech: Samples) -> dict[str, float]:
        """How likely each language is in at most 30 s of speech, 0..1."""
        # Without the last frame, as it is decoded: a recording's first window is then encoded once and not twice.
        encoded = self.encode(pad_or_trim(self.feature_extractor(speech)[..., :-1]), keep=True)
        return {token[2:-2]: probability for token, probability in self.model.detect_language(encoded)[0]}

    def encode(self, features: npt.NDArray[np.float32], *, keep: bool = False) -> Any:
        if self._encoded is not None and np.array_equal(self._encoded[0], features):
            return self._encoded[1]
        encoded = super().encode(features)
        self._encoded = (features, encoded) if keep else None
        return encoded

    def get_prompt(self, tokenizer: Any, previous_tokens: list[int], **options: Any) -> Any:
        # faster-whisper gives vocabulary and previous text half of the context each, which leaves the decoder no
        # room to answer: together they may take one half.
        vocabulary = tokenizer.encode(" " + options["hotwords"]) if options.get("hotwords") else []
        if vocabulary:
            vocabulary = vocabulary[:VOCABULARY_TOKENS]
            options["hotwords"] = tokenizer.decode(vocabulary)
        room = self.max_length // 2 - 1 - len(vocabulary)
        if self._context_tokens is not None:
            # All of it or nothing, since only prompts of one length are answered together.
            room = self._context_tokens if len(previous_tokens) >= self._context_tokens else 0
        return super().get_prompt(tokenizer, previous_tokens[-room:] if room else [], **options)

    def _split_segments_by_timestamps(self, *, seek: int, time_offset: float, segment_size: int, **given: Any) -> Any:
        """The library's, which says what a window's segments are and where the next window begins.

        The model at times passes over a sentence, or says that nothing more is said although somebody speaks on. Then
        the next window begins there, and what was found after it is heard again.
        """
        segments, next_seek, is_whole = super()._split_segments_by_timestamps(
            seek=seek, time_offset=time_offset, segment_size=segment_size, **given
        )
        ends = time_offset + segment_size / self.frames_per_second
        starts = [segment["start"] for segment in segments[1:]] + ([ends] if is_whole else [])
        for count, (segment, start) in enumerate(zip(segments, starts, strict=False), 1):
            reached = segment["end"]
            unheard = covered_seconds(overlaps(self._spoken, [(reached, start)]))
            if unheard > UNHEARD_SECONDS and reached > time_offset + PROGRESS_SECONDS:
                return segments[:count], seek + round((reached - time_offset) * self.frames_per_second), True
        return segments, next_seek, is_whole


def _is_invented(segment: Any) -> bool:
    # The model takes the window for silence, and read words into it only when it was made to guess. Without this,
    # what a speech detector mistakes for speech (a hum, music) comes out as an occasional "Hmm" or "Thank you".
    return bool(segment.no_speech_prob > SILENCE_PROBABILITY and segment.temperature > 0)


def _is_hurried(found: Segment, speech: Sequence[Span]) -> bool:
    # Of the silence after the last word the model makes a "Thank you very much." now and then, which it then finds in
    # the end of that word.
    seconds = found.end - found.start
    is_beside = covered_seconds(overlaps(speech, [(found.start, found.end)])) < seconds / 2
    return is_beside and len(found.words or ()) > WORDS_A_SECOND * seconds
