"""Public pages: what this is and what it costs."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from auth import signed_in_account
from handlers.pipelines import offers
from models import Plan
from runtime import config, tariff

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    available = [offer for offer in offers(_plan()) if offer.pipeline.is_available]
    return render_template("home/index.html", prices=available)


@blueprint.get("/pricing")
def pricing() -> ResponseReturnValue:
    account = signed_in_account()
    return render_template(
        "home/pricing.html",
        terms=tariff().terms,
        offers=list(zip(offers(Plan.FREE), offers(Plan.PRO), strict=True)),
        your_plan=account.plan if account is not None else None,
        can_pay=config().stripe is not None,
    )


def _plan() -> Plan:
    account = signed_in_account()
    return account.plan if account is not None else Plan.FREE
