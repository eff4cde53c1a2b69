"""Finding the moment, in the whole library or in one transcript."""

from typing import Annotated

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from pydantic import AwareDatetime, BeforeValidator, Field, StringConstraints

from auth import require_account
from blueprints.inputs import STORABLE, SearchQuery, read
from blueprints.pages.forms import FormState, asked
from blueprints.places import place_of
from db import transaction
from errors import Invalid
from handlers.search import search
from handlers.suggestions import suggestions
from handlers.transcriptions import get_transcription
from models import Account
from runtime import installed_pipelines

blueprint = Blueprint("search", __name__)


def _at(clock: str) -> BeforeValidator:
    """A day as the time it is then, in UTC."""
    return BeforeValidator(lambda value: value if "T" in value else f"{value}T{clock}Z")


class Wanted(SearchQuery):
    """What the page asks: perhaps nothing yet, and days, which are both included."""

    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), STORABLE] = ""
    limit: Annotated[int, Field(ge=1, le=50)] = 20
    created_after: Annotated[AwareDatetime | None, _at("00:00:00")] = None
    created_before: Annotated[AwareDatetime | None, _at("23:59:59.999999")] = None


@blueprint.get("/search")
def index() -> ResponseReturnValue:
    account = require_account()
    values = asked()
    try:
        return _search_page(account, read(Wanted, values), FormState(values))
    except Invalid as error:
        return _search_page(account, Wanted(), FormState(values, error.fields or {"": error.message})), 422


def _search_page(account: Account, wanted: Wanted, form: FormState) -> str:
    with transaction() as session:
        within = get_transcription(session, account, wanted.transcription_id) if wanted.transcription_id else None
        findings = search(session, account, wanted.q, place_of(wanted), limit=wanted.limit) if wanted.q else None
        examples = None if findings or within else suggestions(session, account)
    return render_template(
        "search/index.html",
        form=form,
        findings=findings,
        within=within,
        examples=examples,
        pipelines=installed_pipelines(),
    )
