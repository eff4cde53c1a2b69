"""What a body asks to have transcribed, and how, as the handlers take it: the same for a create and for a quote."""

from collections.abc import Mapping
from typing import TypedDict

from billing.prices import from_usd
from blueprints.inputs import NewTranscription
from handlers.transcriptions import Options
from models import Source


class What(TypedDict):
    source: Source
    url: str | None
    url_headers: Mapping[str, str] | None
    upload_id: str | None
    options: Options


def what_of(wanted: NewTranscription) -> What:
    return {
        "source": Source(wanted.source),
        "url": wanted.url,
        "url_headers": wanted.url_headers,
        "upload_id": wanted.upload_id,
        "options": Options(
            pipeline_code=wanted.pipeline_code,
            language=wanted.language,
            diarize=wanted.diarize,
            speakers_expected=wanted.speakers_expected,
            vocabulary=wanted.vocabulary,
            max_cost_microusd=None if wanted.max_cost_usd is None else from_usd(str(wanted.max_cost_usd)),
        ),
    }
