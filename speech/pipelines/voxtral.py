"""Voxtral Transcribe by Mistral: who said what, favoured terms, times of segments or, of one speaker, of words."""

from speech.pipelines.pipeline import Hosting, Pipeline
from speech.providers.provider import Provider

LANGUAGES = ("ar", "de", "en", "es", "fr", "hi", "it", "ja", "ko", "nl", "pt", "ru", "zh")
MAX_DURATION_SECONDS = 4 * 3600
MAX_SIZE_BYTES = 2 << 30


def pipeline(hosting: Hosting) -> Pipeline:
    model = hosting.model or "voxtral-mini-2602"

    def connect() -> Provider:
        from speech.providers import voxtral

        return voxtral.Voxtral(
            api_key=hosting.api_key or "",
            base_url=hosting.base_url or voxtral.BASE_URL,
            model=model,
            max_bytes=hosting.max_bytes or voxtral.MAX_BYTES,
            max_seconds=hosting.max_seconds or voxtral.MAX_SECONDS,
        )

    return Pipeline(
        code="voxtral-mini-transcribe",
        name="Voxtral Mini Transcribe",
        provider="mistral",
        model=model,
        languages=LANGUAGES,
        diarization=True,
        word_timestamps=False,
        vocabulary=True,
        max_duration_seconds=MAX_DURATION_SECONDS,
        max_size_bytes=MAX_SIZE_BYTES,
        is_available=hosting.api_key is not None,
        connect=connect,
    )
