"""The Flask application: the API under /v1, and the pages that Stripe hosts."""

import socket
from collections.abc import Callable
from urllib.parse import parse_qsl

from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from tests.stripe_standin import checkouts, pages, subscriptions
from tests.stripe_standin.api import Answer, Request
from tests.stripe_standin.dashboard import ACTS, dashboard_page
from tests.stripe_standin.params import Json
from tests.stripe_standin.refusals import Refusal
from tests.stripe_standin.state import State

Page = tuple[str, int] | BaseResponse


def make_site(answer: Callable[[Request], Answer | None], state: Callable[[], State]) -> Flask:
    """`answer` gives None where the connection is to break without one."""
    site = Flask(__name__)

    @site.route("/v1/<path:_>", methods=["GET", "POST", "DELETE"])
    def api(_: str) -> Response:
        sent = request.get_data() if request.method == "POST" else request.query_string
        params = parse_qsl(sent.decode(errors="replace"), keep_blank_values=True)
        said = answer(Request(request.method, request.path, params, dict(request.headers)))
        if said is None:
            request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            return Response()
        return Response(said.body, said.status, said.headers)

    @site.errorhandler(Refusal)
    def refused(refusal: Refusal) -> Page:
        return pages.not_found_page(), refusal.status

    @site.get("/c/pay/<session_id>")
    def checkout(session_id: str) -> Page:
        with state().lock:
            checkouts.expire_overdue(state())
            session = state().get("checkout.session", session_id)
            if session["status"] == "complete":
                return redirect(_success_url(session), 303)
            return pages.checkout_page(state(), session), 200

    @site.post("/c/pay/<session_id>")
    def pay(session_id: str) -> Page:
        with state().lock:
            session = state().get("checkout.session", session_id)
            card = request.form.get("card", "")
            try:
                if request.form.get("action") == "pay":
                    checkouts.pay(state(), session_id, card)
                else:
                    checkouts.confirm(state(), session_id, agrees=request.form.get("action") == "confirm")
            except Refusal as refusal:
                return pages.checkout_page(state(), session, error=str(refusal), card=card), 200
            if session["status"] == "complete":
                return redirect(_success_url(session), 303)
            return pages.checkout_page(state(), session), 200

    @site.route("/p/session/<session_id>", methods=["GET", "POST"])
    def portal(session_id: str) -> Page:
        with state().lock:
            session = state().get("billing_portal.session", session_id)
            if request.method == "GET":
                return pages.portal_page(state(), session), 200
            subscription = state().get("subscription", request.form["subscription"])
            if subscription["customer"] == session["customer"]:
                cancels = request.form["action"] == "cancel"
                subscriptions.cancel_from_portal(state(), subscription, cancels=cancels)
            return redirect(request.path, 303)

    @site.get("/receipts/<charge_id>")
    def receipt(charge_id: str) -> Page:
        with state().lock:
            return pages.receipt_page(state().get("charge", charge_id)), 200

    @site.get("/i/<invoice_id>")
    def invoice(invoice_id: str) -> Page:
        with state().lock:
            return pages.invoice_page(state().get("invoice", invoice_id)), 200

    @site.route("/", methods=["GET", "POST"])
    def dashboard() -> Page:
        with state().lock:
            if request.method == "GET":
                return dashboard_page(state()), 200
            try:
                ACTS[request.form["act"]](state(), request.form["id"])
            except Refusal as refusal:
                return dashboard_page(state(), str(refusal)), 200
            return redirect("/", 303)

    return site


def _success_url(session: Json) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])
