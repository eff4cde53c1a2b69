"""Who is calling: a browser, an outside provider's user, an API key. Sets the account, decides nothing else."""

import hashlib
import hmac
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from authlib.integrations.base_client.errors import MismatchingStateError, OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, Response, after_this_request, g, request
from flask import session as cookie
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from joserfc.errors import JoseError
from requests import RequestException
from sqlalchemy.orm import Session

from config import OidcProvider
from db import reading, transaction
from errors import CrossSiteRefused, Invalid, InvalidApiKey, NotFound, SignInRequired
from handlers import accounts, api_keys, sign_in
from handlers.callers import now_acts
from handlers.sign_in import Browser
from models import Account, Actor, ApiKey
from runtime import config

log = logging.getLogger(__name__)

# How long a password that was given waits for the code that goes with it.
CODE_SECONDS = 600
AWAITED = "awaited"
# Browsers keep no cookie for longer.
KNOWN_SECONDS = 400 * 24 * 3600
MOST_MARKS = 10

oauth = OAuth()
_login_manager = LoginManager()


class Client(Protocol):
    """The part of Authlib's client that we use."""

    def authorize_redirect(self, redirect_uri: str) -> Any: ...
    def authorize_access_token(self) -> dict[str, Any]: ...
    def get(self, url: str, *, token: dict[str, Any]) -> Any: ...


class OutsideSignInFailed(Invalid):
    default_message = "The sign-in was not completed. Try it again."


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whom an outside provider says has just signed in."""

    provider: str
    subject: str
    email: str | None
    verified: bool


class SignedIn(UserMixin):  # type: ignore[misc]
    """The visitor behind a session token, as Flask-Login knows them."""

    def __init__(self, account: Account, token: str) -> None:
        self.account = account
        self.token = token

    def get_id(self) -> str:
        return self.token


def register(app: Flask, providers: Sequence[OidcProvider]) -> None:
    _login_manager.init_app(app)
    _login_manager.session_protection = None  # The token is 256 random bits that the server can end.
    oauth.init_app(app)
    for provider in providers:
        register_provider(provider)


@_login_manager.user_loader  # type: ignore[untyped-decorator]
def _load(token: str) -> SignedIn | None:
    with transaction() as session:
        row = sign_in.find_session(session, token)
    if row is None:
        return None
    now_acts(Actor.OWNER)
    return SignedIn(row.account, token)


def signed_in_account() -> Account | None:
    return current_user.account if current_user.is_authenticated else None


def require_account() -> Account:
    """The signed-in account, or SignInRequired."""
    account = signed_in_account()
    if account is None:
        raise SignInRequired()
    return account


def require_operator() -> Account:
    """The signed-in account of an operator, who acts as one from here on; NotFound for everybody else."""
    account = signed_in_account()
    if account is None or not account.is_operator:
        raise NotFound()
    now_acts(Actor.OPERATOR, account.public_id)
    return account


def this_browser() -> Browser:
    return Browser(request.user_agent.string, request.remote_addr or "")


def session_token() -> str:
    """The token of the sign-in that this request belongs to."""
    return str(current_user.token)


def begin_session(account: Account, *, by: str | None = None, is_expected: bool = False) -> None:
    """Sign this browser in with a new token; whatever the cookie held before is dropped.

    `by` says how its owner was known, where they have just signed in: `password`, or an outside provider. The owner is
    told of a browser that has not been here before, unless the sign-in is `is_expected`: of somebody who has just
    signed up, or is signed in.
    """
    now_acts(Actor.OWNER)
    browser, mark, marks = this_browser(), sign_in.mark_of(account), _marks()
    with transaction() as session:
        token = sign_in.start_session(session, account, browser)
        if by is not None:
            sign_in.note_success(session, account, by=by)
        if not is_expected and mark not in marks:
            sign_in.tell_of_new_browser(session, account, browser)
    cookie.clear()
    cookie.permanent = True
    login_user(SignedIn(account, token))
    _keep_marks([mark, *(each for each in marks if each != mark)][:MOST_MARKS])


def await_code(account: Account, *, by: str) -> None:
    """Remember, for ten minutes and in this browser, that everything but the code has been given for an account."""
    cookie.clear()
    cookie[AWAITED] = {"account": account.public_id, "at": int(time.time()), "password": _print_of(account), "by": by}


def awaited_by() -> str:
    """What was given before the code: `password`, or an outside provider."""
    return str(cookie[AWAITED]["by"])


def account_awaiting_code(session: Session) -> Account | None:
    """The account that this browser has still to give a code for; None once its password is another."""
    awaited = cookie.get(AWAITED)
    if awaited is None or time.time() - awaited["at"] > CODE_SECONDS:
        return None
    account = accounts.account_by_id(session, awaited["account"])
    if account is None or not hmac.compare_digest(awaited["password"], _print_of(account)):
        return None
    return account


def _print_of(account: Account) -> str:
    """Changes with the password, and tells nothing about it: what is hashed here is a salted hash already."""
    return hashlib.sha256((account.password_hash or "").encode()).hexdigest()[:16]


def _known_cookie() -> str:
    return "__Host-known" if config().secure_cookies else "known"


def _marks() -> list[str]:
    """What the accounts that have signed in with this browser left in it."""
    kept = request.cookies.get(_known_cookie(), "").split(".")
    return [mark for mark in kept[:MOST_MARKS] if sign_in.MARK.fullmatch(mark)]


def _keep_marks(marks: Sequence[str]) -> None:
    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie(
            _known_cookie(),
            ".".join(marks),
            max_age=KNOWN_SECONDS,
            secure=config().secure_cookies,
            httponly=True,
            samesite="Lax",
        )
        return response


def end_session() -> None:
    if current_user.is_authenticated:
        with transaction() as session:
            sign_in.end_session(session, current_user.token)
    logout_user()
    cookie.clear()


def leave_for(client: Client, callback: str) -> Any:
    """The redirect that sends a browser to a provider; OutsideSignInFailed when that does not answer."""
    with _provider_trouble():
        return client.authorize_redirect(callback)


def identify(name: str, client: Client) -> Visitor:
    """Finish an outside sign-in: state, nonce and PKCE are checked by Authlib against this browser's cookie.

    OutsideSignInFailed when the visitor declined, the answer was meant for another browser, or the provider failed.
    """
    with _provider_trouble():
        return _who(name, client, client.authorize_access_token())


def _who(name: str, client: Client, token: dict[str, Any]) -> Visitor:
    if name == "github":
        user = client.get("user", token=token).json()
        emails = client.get("user/emails", token=token).json()
        primary = next((entry for entry in emails if entry["primary"]), None)
        if primary is None:
            return Visitor(name, str(user["id"]), None, verified=False)
        return Visitor(name, str(user["id"]), primary["email"], verified=bool(primary["verified"]))
    claims = token["userinfo"]
    return Visitor(name, claims["sub"], claims.get("email"), claims.get("email_verified") is True)


@contextmanager
def _provider_trouble() -> Iterator[None]:
    try:
        yield
    except (OAuthError, MismatchingStateError, JoseError, RequestException, KeyError) as error:
        log.warning("an outside sign-in failed", extra={"reason": type(error).__name__})
        raise OutsideSignInFailed() from None


def require_api_key() -> ApiKey:
    """The key of the Authorization header with its account; cookies and query strings are not looked at."""
    scheme, _, plaintext = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise InvalidApiKey()
    with reading() as session:
        key = api_keys.authenticate(session, plaintext.strip())
    g.api_key, g.account = key, key.account
    now_acts(Actor.API_KEY, key.public_id)
    return key


def refuse_cross_site() -> None:
    """Raise unless a state-changing request comes from a page of ours.

    Browsers say so themselves, in Sec-Fetch-Site or else in Origin; no token that can expire in an open page.
    """
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise CrossSiteRefused()
    elif request.headers.get("Origin") != request.host_url.rstrip("/"):
        raise CrossSiteRefused()


def register_provider(provider: OidcProvider) -> None:
    """Make a provider known to Authlib; asked for nothing before somebody signs in with it."""
    client = {"client_id": provider.client_id, "client_secret": provider.client_secret}
    if provider.issuer is None:
        oauth.register(
            provider.name,
            **client,
            access_token_url="https://github.com/login/oauth/access_token",  # noqa: S106
            authorize_url="https://github.com/login/oauth/authorize",
            api_base_url="https://api.github.com/",
            client_kwargs={"scope": "read:user user:email", "code_challenge_method": "S256"},
        )
    else:
        oauth.register(
            provider.name,
            **client,
            server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid email", "code_challenge_method": "S256"},
        )
