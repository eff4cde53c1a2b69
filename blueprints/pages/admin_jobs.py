"""Jobs of all accounts, for operators: what waits, runs and failed, to be tried again or canceled."""

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.inputs import AdminJobsQuery, read
from blueprints.pages.forms import asked
from db import transaction
from errors import AccountOwes, Conflict, InsufficientFunds, MonthlyCapReached, PipelineUnavailable
from handlers import operators
from handlers.operators import JobState

blueprint = Blueprint("admin_jobs", __name__, url_prefix="/admin/jobs")

REFUSALS = (Conflict, InsufficientFunds, AccountOwes, MonthlyCapReached, PipelineUnavailable)
STATES = {
    JobState.WAITING: "Waiting",
    JobState.RUNNING: "Running",
    JobState.FAILED: "Failed",
    JobState.ALL: "All",
}


@blueprint.get("")
def index() -> ResponseReturnValue:
    return _page()


@blueprint.post("/<public_id:transcription_id>/cancel")
def cancel(transcription_id: str) -> ResponseReturnValue:
    try:
        with transaction() as session:
            operators.cancel_job(session, transcription_id)
    except REFUSALS as refusal:
        return _page(refusal=refusal.message), refusal.status
    return _back(f"{transcription_id} is canceled.")


@blueprint.post("/<public_id:transcription_id>/retry")
def retry(transcription_id: str) -> ResponseReturnValue:
    try:
        with transaction() as session:
            again = operators.retry_job(session, transcription_id, request_id=g.request_id)
            done = f"{transcription_id} is tried again as {again.public_id}."
    except REFUSALS as refusal:
        return _page(refusal=refusal.message), refusal.status
    return _back(done)


def _page(*, refusal: str | None = None) -> str:
    query = read(AdminJobsQuery, asked())
    with transaction() as session:
        listing = operators.list_jobs(
            session, query.state, account_id=query.account, limit=query.limit, cursor=query.cursor
        )
        return render_template(
            "admin/jobs.html",
            listing=listing,
            owners=operators.owners(session, listing.rows),
            query=query,
            states=STATES,
            refusal=refusal,
            done=request.args.get("done"),
        )


def _back(done: str) -> Response:
    """To the list that the button stood in."""
    query = read(AdminJobsQuery, {name: value for name, value in asked().items() if name != "done"})
    address = url_for(".index", state=query.state.value, account=query.account, done=done)
    return redirect(address, code=303)  # type: ignore[return-value]
