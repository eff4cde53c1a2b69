"""Public pages: what this is, with a transcript to try it on, and what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from flask import Blueprint, Response, render_template, request, send_file
from flask.typing import ResponseReturnValue
from pydantic import Field

from auth import signed_in_account
from billing.prices import Month, dollars
from blueprints.inputs import Input, Text, read
from blueprints.pages.forms import FormState, asked
from blueprints.pages.samples import sample_exports, spoken, times_said
from errors import Invalid
from handlers.pipelines import Offer, offers
from handlers.sample_transcripts import sample_transcript
from handlers.samples import SAMPLE, SAMPLE_TITLE
from models import Plan
from runtime import config, tariff

blueprint = Blueprint("home", __name__)

A_DAY = 24 * 3600
LONGEST_SEARCH = 100
EXAMPLE_MINUTES = 600


class Wanted(Input):
    """What the calculator is asked: so much of one pipeline in a month."""

    minutes: Annotated[int, Field(ge=0, le=1_000_000)] = EXAMPLE_MINUTES
    pipeline_code: Text | None = None


@dataclass(frozen=True, slots=True)
class Calculation:
    """What a month comes to on each plan, and the plan that costs less, if one does."""

    offer: Offer
    minutes: int
    months: Sequence[tuple[Plan, Month]]

    @property
    def cheaper(self) -> Plan | None:
        costs = {plan: month.paid_microusd for plan, month in self.months}
        least = min(costs.values())
        cheapest = [plan for plan, cost in costs.items() if cost == least]
        return cheapest[0] if len(cheapest) == 1 else None


@blueprint.get("/")
def index() -> ResponseReturnValue:
    available = [offer for offer in offers(_plan()) if offer.pipeline.is_available]
    sample = sample_transcript()
    wanted = request.args.get("q", "")[:LONGEST_SEARCH]
    return render_template(
        "home/index.html",
        prices=available,
        title=SAMPLE_TITLE,
        sample=sample,
        lines=[(segment, spoken(segment, wanted)) for segment in sample.document.segments],
        q=wanted,
        found=times_said(sample.document.segments, wanted),
        exports=sample_exports(),
    )


@blueprint.get("/sample.flac")
def sample_recording() -> ResponseReturnValue:
    response: Response = send_file(SAMPLE, mimetype="audio/flac", conditional=True, max_age=A_DAY)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@blueprint.get("/pricing")
def pricing() -> ResponseReturnValue:
    account = signed_in_account()
    # Other sites add names of theirs to addresses that they link to.
    values = {name: value for name, value in asked().items() if name in Wanted.model_fields}
    free, pro = offers(Plan.FREE), offers(Plan.PRO)
    available = [offer for offer in free if offer.pipeline.is_available]
    calculation, form = None, FormState(values)
    try:
        calculation = _calculate(available, read(Wanted, values))
    except Invalid as error:
        form = FormState(values, error.fields or {"": error.message})
    page = render_template(
        "home/pricing.html",
        terms=tariff().terms,
        offers=list(zip(free, pro, strict=True)),
        pipeline_choices=[(offer.pipeline.code, _described(offer)) for offer in available],
        calculation=calculation,
        example_minutes=EXAMPLE_MINUTES,
        form=form,
        your_plan=account.plan if account is not None else None,
        can_pay=config().stripe is not None,
    )
    return page if calculation is not None else (page, 422)


def _calculate(available: Sequence[Offer], wanted: Wanted) -> Calculation:
    """For the pipeline that is named, else the first. Raises Invalid for one that cannot be chosen here."""
    by_code = {offer.pipeline.code: offer for offer in available}
    if wanted.pipeline_code is not None and wanted.pipeline_code not in by_code:
        raise Invalid("This pipeline is not set up here. Choose another one.", param="pipeline_code")
    offer = by_code[wanted.pipeline_code] if wanted.pipeline_code else available[0]
    months = [(plan, tariff().month(offer.pipeline.code, plan, wanted.minutes)) for plan in Plan]
    return Calculation(offer, wanted.minutes, months)


def _described(offer: Offer) -> str:
    return f"{offer.pipeline.name} · {dollars(offer.price_per_minute_microusd)} a minute"


def _plan() -> Plan:
    account = signed_in_account()
    return account.plan if account is not None else Plan.FREE
