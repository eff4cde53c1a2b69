"""Recordings at several links at once: what can be fetched is ordered, and of the others it is told why not."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

import runtime
from errors import AccountOwes, InsufficientFunds, Invalid, MonthlyCapReached, RateLimited, UrlNotAllowed
from handlers.idempotency import Answer, remember, remembered
from handlers.pipelines import choose_pipeline
from handlers.quotes import LENGTH_UNKNOWN, Quote, Remark, quote, why_not_affordable
from handlers.transcriptions import Details, Options, create_transcription
from handlers.wallets import check_funds, wallet_of
from handlers.webhook_endpoints import tell_of
from models import Account, Source, Transcription
from outbound.addresses import check_url

MOST_LINKS = 50
# Measuring takes a core and a connection for a moment each, while somebody waits for the sum.
MOST_MEASURED, MEASURED_FOR_SECONDS = 10, 8.0
# Of one recording they say nothing about the sum.
SAID_OF_THE_SUM = {kind.code for kind in (InsufficientFunds, AccountOwes, MonthlyCapReached)}


@dataclass(frozen=True, slots=True)
class Ordered:
    """The public ids of what was ordered; by the place of a link among those given, from 0, why it was not."""

    made: Sequence[str]
    refused: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Sum:
    """The price of several recordings: of those whose length is known, beside how many are priced when fetched."""

    count: int
    unknown_count: int
    duration_seconds: float
    is_estimate: bool
    price_per_minute_microusd: int
    total_microusd: int
    available_microusd: int
    remarks: Sequence[tuple[int | None, Remark]]
    """Why a length is unknown, by the place of its link; without a place, why the whole is not affordable."""


def order_links(
    session: Session,
    account: Account,
    *,
    urls: Sequence[str],
    url_headers: Mapping[str, str] | None = None,
    options: Options,
    details: Details,
    webhook_url: str | None = None,
    request_id: str | None,
    attempt: str | None = None,
) -> Ordered:
    """Register the recordings at these links. The same form sent again under its `attempt` orders nothing more.

    Raises Invalid for what is wrong with all of them, and, where a minute of each cannot be paid, what
    `wallets.check_funds` raises: then none is ordered.
    """
    _check_count(urls, details)
    form = (attempt, list(urls), url_headers, options, details, webhook_url)
    digest = sha256(repr(form).encode()).digest()
    key = f"links {digest.hex()}"  # No key of a client has a space in it, so the two kinds never meet.
    if attempt is not None:
        stored = remembered(session, account, key=key, request=digest)
        if stored is not None:
            made, refused = json.loads(stored.body)
            return Ordered(made, {int(place): why for place, why in refused.items()})
    made, refused = _order(session, account, urls, url_headers, options, details, request_id)
    if webhook_url is not None:
        tell_of(session, made, webhook_url)
    ordered = Ordered([transcription.public_id for transcription in made], refused)
    if attempt is not None and ordered.made:
        body = json.dumps([ordered.made, ordered.refused]).encode()
        remember(session, account, key=key, request=digest, answer=Answer(202, body, "application/json", None))
    return ordered


def quote_links(
    session: Session,
    account: Account,
    *,
    urls: Sequence[str],
    url_headers: Mapping[str, str] | None = None,
    options: Options,
    details: Details,
) -> Sum:
    """What that would cost, as far as it can be told within seconds. Free, and holds nothing.

    Raises Invalid for what is wrong with all of the links, and for any that cannot be fetched as it is written.
    """
    _check_count(urls, details)
    refused = _refusals(urls)
    if refused:
        raise Invalid(told(refused, len(urls)), param="url")
    _check_hosts(urls, url_headers)
    pipeline = choose_pipeline(account, options.pipeline_code)
    per_minute = runtime.tariff().price_per_minute(pipeline.code, account.plan)
    quotes = _measured(session, account, urls, url_headers, options)
    known = [each for each in quotes if each.total_microusd is not None]
    total = sum(each.total_microusd or 0 for each in known)
    unknown = len(urls) - len(known)
    remarks: list[tuple[int | None, Remark]] = [
        (place, remark)
        for place, each in enumerate(quotes)
        for remark in each.remarks
        if remark.code not in {LENGTH_UNKNOWN.code, *SAID_OF_THE_SUM}
    ]
    refusal = why_not_affordable(session, account, total + unknown * per_minute)
    if refusal is not None:
        remarks.append((None, refusal))
    return Sum(
        count=len(urls),
        unknown_count=unknown,
        duration_seconds=sum(each.duration_seconds or 0.0 for each in known),
        is_estimate=any(each.is_estimate for each in known),
        price_per_minute_microusd=per_minute,
        total_microusd=total,
        available_microusd=wallet_of(session, account).available_microusd,
        remarks=remarks,
    )


def told(refused: Mapping[int, str], count: int) -> str:
    """Why these of so many links were refused, a line each."""
    if count == 1:
        return refused[0]
    return "\n".join(f"Line {place + 1}: {why}" for place, why in refused.items())


def _check_count(urls: Sequence[str], details: Details) -> None:
    if len(urls) > MOST_LINKS:
        raise Invalid(f"These are {len(urls)} links; {MOST_LINKS} are taken at once.", param="url")
    if len(urls) > 1 and details.title:
        raise Invalid("A title is for one recording. Leave it empty for several links.", param="title")


def _check_hosts(urls: Sequence[str], url_headers: Mapping[str, str] | None) -> None:
    """What opens one host is not sent to another. The links are ones that can be tried."""
    if url_headers and len({urlsplit(url).netloc for url in urls}) > 1:
        raise Invalid("These links lead to several hosts. Give headers for one host at a time.", param="url_headers")


def _order(
    session: Session,
    account: Account,
    urls: Sequence[str],
    url_headers: Mapping[str, str] | None,
    options: Options,
    details: Details,
    request_id: str | None,
) -> tuple[list[Transcription], dict[int, str]]:
    """What was made of them, and by their place why others were not."""
    refused = _refusals(urls)
    taken = [url for place, url in enumerate(urls) if place not in refused]
    _check_hosts(taken, url_headers)
    pipeline = choose_pipeline(account, options.pipeline_code)
    per_minute = runtime.tariff().price_per_minute(pipeline.code, account.plan)
    # A minute of each, together: one by one they would all pass by what pays for the first alone.
    check_funds(session, account, per_minute * len(taken))
    made = [
        create_transcription(
            session,
            account,
            source=Source.EXTERNAL_URL,
            url=url,
            url_headers=url_headers,
            options=options,
            details=details,
            request_id=request_id,
        )
        for url in taken
    ]
    return made, refused


def _refusals(urls: Sequence[str]) -> dict[int, str]:
    """Why links cannot be tried, by their place."""
    refused: dict[int, str] = {}
    for place, url in enumerate(urls):
        if url in urls[:place]:
            refused[place] = "This link is there twice, and is taken once."
            continue
        try:
            check_url(url, allowed_hosts=runtime.config().fetch_allowed_hosts)
        except UrlNotAllowed as error:
            refused[place] = error.message
    return refused


def _measured(
    session: Session,
    account: Account,
    urls: Sequence[str],
    url_headers: Mapping[str, str] | None,
    options: Options,
) -> list[Quote]:
    """Quotes of the first of the links: as many as there is time for."""
    deadline = time.monotonic() + MEASURED_FOR_SECONDS
    quotes: list[Quote] = []
    for url in urls[:MOST_MEASURED]:
        if time.monotonic() > deadline:
            break
        try:
            made = quote(
                session, account, source=Source.EXTERNAL_URL, url=url, url_headers=url_headers, options=options
            )
            quotes.append(made)
        except RateLimited:
            break  # Others are being measured: what is left is priced when it is fetched.
    return quotes
