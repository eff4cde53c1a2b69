"""Who is calling: a browser, an outside provider's user, an API key. Sets the account, decides nothing else."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from authlib.integrations.base_client.errors import MismatchingStateError, OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, g, request
from flask import session as cookie
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from joserfc.errors import JoseError
from requests import RequestException

from config import OidcProvider
from db import transaction
from errors import CrossSiteRefused, Invalid, InvalidApiKey, SignInRequired
from handlers import api_keys, sign_in
from handlers.callers import now_acts
from models import Account, Actor, ApiKey

log = logging.getLogger(__name__)

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


def begin_session(account: Account, *, by: str | None = None) -> None:
    """Sign this browser in with a new token; whatever the cookie held before is dropped.

    `by` says how its owner was known, where they have just signed in: `password`, or an outside provider.
    """
    now_acts(Actor.OWNER)
    with transaction() as session:
        token = sign_in.start_session(session, account)
        if by is not None:
            sign_in.note_success(session, account, by=by)
    cookie.clear()
    cookie.permanent = True
    login_user(SignedIn(account, token))


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
    with transaction() as session:
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
