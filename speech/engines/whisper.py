"""Whisper by faster-whisper: samples in, segments out.

Importing it loads CTranslate2, which a process that forks must not do; `speech.engines.host` is its one user.

A long recording is cut in its pauses into pieces, which lanes decode side by side (`speech.engines.lanes`). One of a
few minutes is heard as faster-whisper alone would, window after window with all the text before as context.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import numpy.typing as npt

from speech.audio import SAMPLE_RATE
from speech.engines.decoder import Decoder
from speech.engines.lanes import Lockstep
from speech.engines.pieces import Piece, Samples, pieces
from speech.transcript import Segment, Span, covered_seconds, overlaps, within

# Threads that decode on their own, and the lanes in step with each. Twice as many lanes save hardly any CPU time.
MOST_WORKERS, LANES = 4, 4
SHORTEST_PIECE_SECONDS, LONGEST_PIECE_SECONDS = 60.0, 150.0
# Up to this length all the text before counts more than being done sooner.
WHOLE_SECONDS = 360.0
# Pauses shorter than this are part of the speech around them.
PAUSE_SECONDS = 2.0
TICK_SECONDS = 0.5
# A language is told by half a minute of speech from each of so many places at most, one for so many seconds.
LANGUAGE_PLACES, LANGUAGE_PLACE_SECONDS = 5, 90.0
HALF_MINUTE = 30 * SAMPLE_RATE
SEED = 1


@dataclass(frozen=True, slots=True)
class Heard:
    """What a transcription came to, besides its segments. `language` is None where nobody spoke. Seconds."""

    language: str | None
    duration_seconds: float
    speech_seconds: float
    transcribed_seconds: float


class Whisper:
    """One model, loaded once. Transcribes one recording at a time."""

    def __init__(self, model: str | Path, *, device: str, compute_type: str, cpu_threads: int) -> None:
        self._workers = min(cpu_threads, MOST_WORKERS) if device == "cpu" else 1
        # What is heard again by sampling. A thread that decodes takes the seed when it first samples, and goes on from
        # there; without one, chance decides.
        ctranslate2.set_random_seed(SEED)
        self._decoder = Decoder(
            str(model),
            device=device,
            compute_type=compute_type,
            cpu_threads=cpu_threads // self._workers,
            num_workers=self._workers,
        )

    def warm_up(self) -> None:
        """Run every part once on two seconds of noise, so that the first recording is not slower than the rest."""
        noise = np.random.default_rng(0).normal(scale=0.05, size=2 * SAMPLE_RATE).astype(np.float32)
        next(pieces(noise), None)
        self._decoder.languages(noise)
        # Encoded once for both, as a recording's first window is.
        segments, _ = self._decoder.transcribe(noise, language="en", beam_size=5, word_timestamps=True, temperature=0.0)
        list(segments)

    def language(self, samples: npt.NDArray[Any]) -> str | None:
        """The language that most is said in, by several places of the recording; None where nobody speaks.

        `samples` are as in `transcribe`.
        """
        if not self._decoder.model.is_multilingual:
            return "en"
        likely = Counter[str]()
        for speech in _spoken_places(samples):
            likely.update(self._decoder.languages(speech))
        return max(likely, key=lambda code: likely[code], default=None)

    def transcribe(
        self,
        samples: npt.NDArray[np.int16],
        *,
        language: str | None,
        vocabulary: Sequence[str],
        on_segment: Callable[[Segment], None],
        on_progress: Callable[[float, float], None],
        check: Callable[[], None],
    ) -> Heard:
        """Transcribe `samples` (int16, 16 kHz mono), handing out segments in time order as they are found.

        `language` is a Whisper code or None to detect it. `check` is called about twice a second and may raise to end
        the work. Memory stays bounded however long the recording is.
        """
        duration = len(samples) / SAMPLE_RATE
        language = language or self.language(samples)
        job = _Job(language or "en", vocabulary, check, lambda seconds: on_progress(min(seconds, duration), duration))
        transcribed: list[Span] = []
        reached = 0.0
        for segment in self._segments(samples, job):
            segment = within(segment, reached, duration)
            if not segment.text:
                continue
            reached = segment.end
            transcribed.append((segment.start - PAUSE_SECONDS / 2, segment.end + PAUSE_SECONDS / 2))
            on_segment(segment)
        on_progress(duration, duration)
        return Heard(
            language=language if job.speech else None,
            duration_seconds=duration,
            speech_seconds=float(covered_seconds(job.speech)),
            transcribed_seconds=float(covered_seconds(overlaps(job.speech, transcribed))),
        )

    def _segments(self, samples: npt.NDArray[np.int16], job: "_Job") -> Iterator[Segment]:
        """What is said, in order. Speech is looked for in further pieces while lanes decode those that were found."""
        lanes = LANES * self._workers
        count = _piece_count(len(samples) / SAMPLE_RATE, lanes)
        in_step = [Lockstep(self._decoder.model) for _ in range(self._workers)]
        with ThreadPoolExecutor(lanes) as pool, ExitStack() as at_the_end:
            at_the_end.callback(pool.shutdown, cancel_futures=True)
            for lockstep in in_step:
                at_the_end.callback(lockstep.stop)
            for piece, lockstep in zip(pieces(samples, count), cycle(in_step), strict=False):
                job.tick()
                job.begin(pool, piece, self._decoder.lane(lockstep, is_alone=count == 1))
                if len(job.under_way) > lanes:
                    yield from job.first_heard()
            while job.under_way:
                yield from job.first_heard()


@dataclass(slots=True)
class _Hearing:
    """A piece that a lane hears: what it has found so far, and how many seconds of it are done."""

    piece: Piece
    found: list[Segment] = field(default_factory=list)
    done_seconds: float = 0.0

    def hear(self, lane: Decoder, language: str, vocabulary: Sequence[str]) -> None:
        for segment in lane.hear(self.piece, language=language, vocabulary=vocabulary):
            self.found.append(segment)
            self.done_seconds = segment.end - self.piece.start_seconds
        self.done_seconds = self.piece.end_seconds - self.piece.start_seconds


@dataclass(slots=True)
class _Job:
    """What all pieces of a recording have in common, and where in it somebody speaks, in seconds."""

    language: str
    vocabulary: Sequence[str]
    check: Callable[[], None]
    on_progress: Callable[[float], None]
    speech: list[Span] = field(default_factory=list)
    under_way: deque[tuple[_Hearing, Future[None]]] = field(default_factory=deque)
    over_seconds: float = 0.0

    def begin(self, pool: ThreadPoolExecutor, piece: Piece, lane: Decoder) -> None:
        hearing = _Hearing(piece)
        self.speech += piece.speech_seconds()
        self.under_way.append((hearing, pool.submit(hearing.hear, lane, self.language, self.vocabulary)))

    def first_heard(self) -> Iterator[Segment]:
        """The segments of the first piece under way, as its lane finds them."""
        hearing, future = self.under_way[0]
        told, is_over = 0, False
        while not is_over:
            is_over = not wait([future], TICK_SECONDS).not_done
            self.tick()
            fresh = hearing.found[told:]
            told += len(fresh)
            yield from fresh
        future.result()
        self.over_seconds += hearing.done_seconds
        self.under_way.popleft()

    def tick(self) -> None:
        self.check()
        self.on_progress(self.over_seconds + sum(hearing.done_seconds for hearing, _ in self.under_way))


def _piece_count(seconds: float, lanes: int) -> int:
    """So many that all lanes end at about the same time, and none is so short that its beginning, which is heard
    without context, weighs much."""
    if seconds < WHOLE_SECONDS:
        return 1
    rounds = -(-seconds // (lanes * LONGEST_PIECE_SECONDS))
    return int(min(seconds // SHORTEST_PIECE_SECONDS, lanes * rounds))


def _spoken_places(samples: npt.NDArray[Any]) -> Iterator[Samples]:
    """Up to half a minute of speech from each of several places, the first being where speech begins."""
    count = int(min(LANGUAGE_PLACES, 1 + len(samples) / SAMPLE_RATE // LANGUAGE_PLACE_SECONDS))
    for place in np.array_split(samples, count):
        minutes = (place[start : start + 2 * HALF_MINUTE] for start in range(0, len(place), 2 * HALF_MINUTE))
        found = (piece for minute in minutes for piece in pieces(minute) if piece.speech)
        for piece in found:
            yield piece.speech_samples()[:HALF_MINUTE]
            break
