"""GPT-4o-transcribe-diarize by OpenAI: who said what, in times of segments; long recordings go in chunks."""

from speech.pipelines.pipeline import Hosting, Pipeline
from speech.providers.provider import Provider

# As OpenAI's guide to speech to text names them.
LANGUAGE_CODES = """
af ar az be bg bs ca cs cy da de el en es et fa fi fr gl he hi hr hu hy id is it ja kk kn ko lt lv mi mk mr ms ne nl no
pl pt ro ru sk sl sr sv sw ta th tl tr uk ur vi zh
"""
BASE_URL = "https://api.openai.com/v1"
MAX_DURATION_SECONDS = 4 * 3600
MAX_SIZE_BYTES = 2 << 30


def pipeline(hosting: Hosting) -> Pipeline:
    model = hosting.model or "gpt-4o-transcribe-diarize"

    def connect() -> Provider:
        # Imported by the job that needs it: the library is heavy, and what forks has no use for it.
        from speech.providers import openai_diarize

        return openai_diarize.OpenAiDiarize(
            api_key=hosting.api_key or "",
            base_url=hosting.base_url or BASE_URL,
            model=model,
            max_bytes=hosting.max_bytes or openai_diarize.MAX_BYTES,
            max_seconds=hosting.max_seconds or openai_diarize.MAX_SECONDS,
        )

    return Pipeline(
        code="gpt-4o-transcribe-diarize",
        name="GPT-4o Transcribe Diarize",
        provider="openai",
        model=model,
        languages=tuple(LANGUAGE_CODES.split()),
        diarization=True,
        word_timestamps=False,
        vocabulary=False,
        max_duration_seconds=MAX_DURATION_SECONDS,
        max_size_bytes=MAX_SIZE_BYTES,
        is_available=hosting.api_key is not None,
        connect=connect,
    )
