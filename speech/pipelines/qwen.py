"""Qwen3-ASR-Flash by Alibaba Cloud: long recordings, words and sentences with times; the speakers are found by us."""

from speech.pipelines.pipeline import Hosting, Pipeline
from speech.providers import qwen


def pipeline(hosting: Hosting) -> Pipeline:
    model = hosting.model or qwen.MODEL
    return Pipeline(
        code="qwen3-asr-flash-filetrans",
        name="Qwen3-ASR-Flash",
        provider="qwen",
        model=model,
        languages=qwen.LANGUAGES,
        diarization=True,
        word_timestamps=True,
        vocabulary=False,
        max_duration_seconds=hosting.max_seconds or qwen.MAX_DURATION_SECONDS,
        max_size_bytes=hosting.max_bytes or qwen.MAX_SIZE_BYTES,
        is_available=hosting.api_key is not None,
        connect=lambda: qwen.Qwen(
            hosting.api_key or "",
            base_url=hosting.base_url or qwen.BASE_URL,
            model=model,
            result_hosts_allowed=hosting.allowed_hosts,
        ),
        answers_later=True,
    )
