"""The engine's program with a model that loses itself: whatever it decodes by beam search, it says over and over.

Decoded by sampling, as Whisper does again where an answer cannot be trusted, it says what it hears.
"""

import sys
from types import SimpleNamespace
from typing import Any

import ctranslate2

from speech.engines import host

FIRST_SPECIAL = 50_257
LOOPED_WORDS, TIMES = 4, 45
loops = 0


class LoopingModel(ctranslate2.models.Whisper):  # type: ignore[misc]
    def generate(self, features: Any, prompts: Any, **options: Any) -> Any:
        results = super().generate(features, prompts, **options)
        return [_looped(result) for result in results] if options.get("beam_size", 5) > 1 else results


def _looped(result: Any) -> Any:
    global loops
    loops += 1
    print(f"loop {loops}", file=sys.stderr, flush=True)
    tokens = result.sequences_ids[0]
    spoken = [token for token in tokens if token < FIRST_SPECIAL][:LOOPED_WORDS]
    begin = [token for token in tokens[:1] if token > FIRST_SPECIAL]
    return SimpleNamespace(
        sequences=result.sequences,
        sequences_ids=[begin + spoken * TIMES],
        scores=result.scores,
        no_speech_prob=result.no_speech_prob,
    )


if __name__ == "__main__":
    ctranslate2.models.Whisper = LoopingModel
    host.main()
