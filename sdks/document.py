"""Writes down the API's OpenAPI document that the SDKs are generated from: `python -m sdks.document`.

The address and the pipelines are fixed, so that it says the same on every machine; nothing is started for it.
"""

import json
from pathlib import Path
from typing import Any

from blueprints.api_v1.documents.openapi import document
from speech.pipelines import pipelines

BASE_URL = "https://transcribe.example"
WHISPER_MODEL = "base"
WRITTEN_TO = Path(__file__).parent / "openapi.json"


def api_document() -> dict[str, Any]:
    """The document of an installation without any provider's key."""
    return document(BASE_URL, pipelines(WHISPER_MODEL, {}))


def as_text(described: dict[str, Any]) -> str:
    """As it is committed: a line for each thing, so that a change of the API is seen as what it is."""
    return json.dumps(described, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    WRITTEN_TO.write_text(as_text(api_document()), encoding="utf-8")
