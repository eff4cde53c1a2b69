"""Which pipelines an account may choose, and what each costs it."""

from collections.abc import Sequence
from dataclasses import dataclass

import runtime
from errors import Invalid, PipelineNotFound, PipelineUnavailable
from models import Account, Plan
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


def language_of(pipeline: Pipeline, requested: str) -> str:
    """The pipeline's own code for a BCP-47 tag (`en` for `en-GB`), or `auto`; Invalid when it does not know it."""
    code = requested.lower().partition("-")[0]
    if code != "auto" and code not in pipeline.languages:
        raise Invalid(f"{pipeline.name} does not know the language {requested}.", param="language")
    return code
