"""Which pipelines an account may choose, and what each costs it."""

from collections.abc import Sequence
from dataclasses import dataclass

import runtime
from errors import Invalid, PipelineNotFound, PipelineUnavailable
from models import Account, Media, Plan, Transcription
from speech.pipelines import Pipeline


@dataclass(frozen=True, slots=True)
class Offer:
    """A pipeline with its price: on the list, and on a plan."""

    pipeline: Pipeline
    price_per_minute_microusd: int
    your_price_per_minute_microusd: int


def offers(plan: Plan) -> Sequence[Offer]:
    tariff = runtime.tariff()
    return [
        Offer(pipeline, tariff.list_price_per_minute(pipeline.code), tariff.price_per_minute(pipeline.code, plan))
        for pipeline in runtime.installed_pipelines().values()
    ]


def cheapest_per_minute(plan: Plan) -> int:
    """What a minute of the cheapest pipeline costs that is set up here."""
    return min(offer.your_price_per_minute_microusd for offer in offers(plan) if offer.pipeline.is_available)


def choose_pipeline(account: Account, code: str | None) -> Pipeline:
    """The pipeline named, else the account's default, else the first of this installation.

    Raises PipelineNotFound, and PipelineUnavailable for one whose provider's key is not set.
    """
    installed = runtime.installed_pipelines()
    if code is not None and code not in installed:
        raise PipelineNotFound(
            f"There is no pipeline {code!r}. GET /api/v1/pipelines lists them.", param="pipeline_code"
        )
    default = account.default_pipeline_code
    chosen = installed[code or (default if default in installed else None) or next(iter(installed))]
    if not chosen.is_available:
        raise PipelineUnavailable(param="pipeline_code")
    return chosen


def next_pipeline(account: Account, transcription: Transcription, media: Media) -> Offer | None:
    """The first of the account's fall-back chain that can take over a transcription whose price is held.

    It has not failed it yet, its key is set, it knows the language, takes such a recording, and costs no more than the
    pipeline that was asked for: nobody pays more than they were quoted.
    """
    spent = {transcription.pipeline_code, *transcription.failed_pipeline_codes}
    by_code = {offer.pipeline.code: offer for offer in offers(account.plan)}
    for code in account.fallback_pipeline_codes:
        offer = by_code.get(code)
        if offer is not None and code not in spent and _can_take_over(offer, transcription, media):
            return offer
    return None


def _can_take_over(offer: Offer, transcription: Transcription, media: Media) -> bool:
    pipeline = offer.pipeline
    return (
        pipeline.is_available
        and transcription.language_requested in ("auto", *pipeline.languages)
        and (transcription.duration_seconds or 0.0) <= pipeline.max_duration_seconds
        and media.size_bytes <= pipeline.max_size_bytes
        and offer.your_price_per_minute_microusd <= transcription.price_per_minute_microusd
    )


def language_of(pipeline: Pipeline, requested: str) -> str:
    """The pipeline's own code for a BCP-47 tag (`en` for `en-GB`), or `auto`; Invalid when it does not know it."""
    code = requested.lower().partition("-")[0]
    if code != "auto" and code not in pipeline.languages:
        raise Invalid(f"{pipeline.name} does not know the language {requested}.", param="language")
    return code
