"""Questions to transcripts, and the answers with the quotes they rest on."""

from collections.abc import Sequence
from typing import Annotated

from flask import Blueprint, Response, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field

from auth import require_account
from blueprints.fragments import wants_fragment
from blueprints.inputs import NewQuestion, PageQuery, Text, read
from blueprints.pages.answer_streams import answer_events
from blueprints.pages.forms import FormState, rejected, typed
from db import transaction
from errors import Invalid, NotFound
from handlers import library, questions
from handlers.listing import MAX_PAGE_SIZE
from handlers.suggestions import suggestions
from models import Account

blueprint = Blueprint("questions", __name__)

# The transcriptions that are asked, where it is not all of them: fields of the form, and parameters of its page.
ONLY = "transcription_ids"


class Shown(PageQuery):
    """Which questions the page shows; `question` comes first, whenever it was asked."""

    limit: Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE)] = 10
    question: Text | None = None


@blueprint.get("/ask")
def index() -> ResponseReturnValue:
    account = require_account()
    asked = {name: value for name, value in request.args.items() if value and name in Shown.model_fields}
    return _ask_page(account, read(Shown, asked), FormState(), only=request.args.getlist(ONLY))


@blueprint.post("/ask")
def ask() -> ResponseReturnValue:
    account = require_account()
    only = request.form.getlist(ONLY)
    try:
        wanted = read(NewQuestion, {**typed(without=(ONLY,)), ONLY: only or None})
    except Invalid as error:
        if wants_fragment():
            raise
        return _ask_page(account, Shown(), rejected(error), only=only), 422
    with transaction() as session:
        put = questions.put_question(session, account, wanted.question, wanted.transcription_ids)
        question = questions.get_question(session, account, put.public_id)
    if wants_fragment():
        return render_template("questions/_question.html", question=question)
    return redirect(url_for(".show", question_id=question.public_id), code=303)


@blueprint.get("/questions/<public_id:question_id>")
def show(question_id: str) -> ResponseReturnValue:
    """The question with its answer, waited for where there is none yet: the way without the stream."""
    question = questions.answer_question(require_account(), question_id)
    if wants_fragment():
        return render_template("questions/_question.html", question=question)
    return redirect(url_for(".index", question=question_id), code=303)


@blueprint.get("/questions/<public_id:question_id>/stream")
def stream(question_id: str) -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        question = questions.get_question(session, account, question_id)  # a 404 before the stream begins
    events = stream_with_context(answer_events(account, question))
    return Response(events, content_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


@blueprint.post("/questions/<public_id:question_id>/delete")
def delete(question_id: str) -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        questions.delete_question(session, account, question_id)
    return "" if wants_fragment() else redirect(url_for(".index"), code=303)


def _ask_page(account: Account, shown: Shown, form: FormState, *, only: Sequence[str]) -> str:
    with transaction() as session:
        some = library.some_of(session, account, only) if only else []
        if only and not some:
            raise NotFound()  # All of them would be asked in the place of none.
        listing = questions.list_questions(session, account, limit=shown.limit, cursor=shown.cursor)
        first = questions.get_question(session, account, shown.question) if shown.question else None
        examples = None if first or listing.rows else suggestions(session, account)
    others = [question for question in listing.rows if first is None or question.public_id != first.public_id]
    asked = [first, *others] if first else others
    return render_template(
        "questions/index.html",
        form=form,
        only=some,
        listing=listing,
        asked=asked,
        examples=examples,
        is_first_page=not shown.cursor,
    )
