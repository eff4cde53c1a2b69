"""Public pages: what this is, what it costs, what its errors mean."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from auth import signed_in_account
from errors import every_error
from handlers.pipelines import offers
from models import Plan

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    return render_template("home/index.html", prices=offers(_plan()))


@blueprint.get("/pricing")
def pricing() -> ResponseReturnValue:
    return render_template("home/pricing.html", offers=offers(_plan()))


@blueprint.get("/developers/errors")
def errors() -> ResponseReturnValue:
    rows = [(error.code, error.status, error.type, error.default_message) for error in every_error()]
    return render_template("home/errors.html", errors=rows)


def _plan() -> Plan:
    account = signed_in_account()
    return account.plan if account is not None else Plan.FREE
