"""The local pipeline: Whisper on this machine, and who speaks, through the engine process."""

import re
from pathlib import PurePath

from speech.pipelines.pipeline import Pipeline

# Whisper's own codes (its tokenizer's list), as the engine takes and returns them.
LANGUAGE_CODES = """
af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu hy id is it
ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt ro ru sa sd si sk sl sn so
sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo zh
"""
LANGUAGES = tuple(LANGUAGE_CODES.split())
MAX_DURATION_SECONDS = 4 * 3600
MAX_SIZE_BYTES = 2 << 30


def pipeline(model: str) -> Pipeline:
    """The pipeline that runs `model`: a Whisper model's name, or the folder that holds one."""
    name = model_name(model)
    return Pipeline(
        code=f"whisper-{name}",
        name=f"Whisper {name}",
        provider="local",
        model=name,
        languages=("en",) if name.endswith(".en") else LANGUAGES,
        diarization=True,
        word_timestamps=True,
        vocabulary=True,
        max_duration_seconds=MAX_DURATION_SECONDS,
        max_size_bytes=MAX_SIZE_BYTES,
    )


def model_name(model: str) -> str:
    """The model's short name, fit for a code: the last component of a path or repository, lower case."""
    last = re.sub(r"[^a-z0-9.]+", "-", PurePath(model).name.lower()).strip("-.")
    return re.sub(r"^(faster-)?(whisper-)?", "", last) or "custom"
