"""Several links at once: what is ordered, what is refused and why, and what it would cost."""

from collections.abc import Sequence

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from errors import InsufficientFunds, Invalid, MonthlyCapReached, UrlNotAllowed
from handlers import links
from handlers.links import Ordered, order_links, quote_links
from handlers.quotes import LENGTH_UNKNOWN, Quote
from handlers.transcriptions import Details, Options
from models import Account, Transcription, WebhookEndpoint
from tests.factories import make_account

PER_MINUTE = 5_000  # of whisper-base


def address(number: int) -> str:
    return f"https://example.com/{number}.mp3"


def order(
    session: Session, account: Account, urls: Sequence[str], attempt: str | None = None, title: str | None = None
) -> Ordered:
    details = Details(title=title)
    return order_links(
        session, account, urls=urls, options=Options(), details=details, request_id=None, attempt=attempt
    )


def made(session: Session, account: Account) -> int:
    return session.scalar(select(func.count()).where(Transcription.account_id == account.id)) or 0


def test_every_link_is_ordered(session: Session, alice: Account) -> None:
    ordered = order(session, alice, [address(1), address(2)])
    titles = session.scalars(select(Transcription.title).order_by(Transcription.public_id)).all()
    assert (len(ordered.made), ordered.refused, titles) == (2, {}, ["1.mp3", "2.mp3"])


def test_what_cannot_be_fetched_is_told_by_its_place_and_the_others_are_ordered(
    session: Session, alice: Account
) -> None:
    ordered = order(session, alice, [address(1), "ftp://example.com/a.mp3", address(1), address(2)])
    assert len(ordered.made) == made(session, alice) == 2
    assert list(ordered.refused) == [1, 2]
    assert "http://" in ordered.refused[1]
    assert "twice" in ordered.refused[2]


def test_a_form_sent_again_orders_nothing_more(session: Session, alice: Account) -> None:
    first = order(session, alice, [address(1), "nonsense"], attempt="a")
    again = order(session, alice, [address(1), "nonsense"], attempt="a")
    assert again == first
    assert made(session, alice) == 1


def test_the_same_links_in_another_form_are_ordered_again(session: Session, alice: Account) -> None:
    order(session, alice, [address(1)], attempt="a")
    order(session, alice, [address(1)], attempt="b")
    assert made(session, alice) == 2


def test_all_or_none_can_be_paid(session: Session) -> None:
    account = make_account(session, top_up_microusd=3 * PER_MINUTE - 1)
    with pytest.raises(InsufficientFunds, match=r"0\.015"):
        order(session, account, [address(number) for number in range(3)])
    assert made(session, account) == 0
    assert len(order(session, account, [address(number) for number in range(2)]).made) == 2


def test_the_cap_holds_for_all_of_them_together(session: Session) -> None:
    account = make_account(session, monthly_cap_microusd=PER_MINUTE)
    with pytest.raises(MonthlyCapReached):
        order(session, account, [address(1), address(2)])
    assert made(session, account) == 0


def test_too_many_are_refused(session: Session, alice: Account) -> None:
    with pytest.raises(Invalid) as refusal:
        order(session, alice, [address(number) for number in range(links.MOST_LINKS + 1)])
    assert refusal.value.param == "url"


def test_a_title_is_for_one(session: Session, alice: Account) -> None:
    with pytest.raises(Invalid) as refusal:
        order(session, alice, [address(1), address(2)], title="Board meeting")
    assert refusal.value.param == "title"


# What it would cost


@pytest.fixture
def lengths(monkeypatch: pytest.MonkeyPatch) -> dict[str, float | None]:
    """By address, how long recordings are; nothing is fetched."""
    lengths: dict[str, float | None] = {}

    def quote(session: Session, account: Account, *, url: str, **rest: object) -> Quote:
        seconds = lengths[url]
        total = None if seconds is None else round(seconds * PER_MINUTE / 60)
        remarks = (LENGTH_UNKNOWN,) if seconds is None else ()
        return Quote("whisper-base", seconds, seconds is not None, PER_MINUTE, total, True, remarks)

    monkeypatch.setattr("handlers.links.quote", quote)
    return lengths


def test_a_sum_is_of_what_is_known(session: Session, alice: Account, lengths: dict[str, float | None]) -> None:
    lengths.update({address(1): 60.0, address(2): 120.0, address(3): None})
    sum_ = quote_links(session, alice, urls=list(lengths), options=Options(), details=Details())
    assert (sum_.count, sum_.unknown_count, sum_.duration_seconds, sum_.total_microusd) == (3, 1, 180.0, 15_000)
    assert (sum_.is_estimate, sum_.available_microusd, sum_.remarks) == (True, 10_000_000, [])


def test_a_sum_that_is_too_much_says_so(session: Session, lengths: dict[str, float | None]) -> None:
    account = make_account(session, top_up_microusd=PER_MINUTE)
    lengths.update({address(1): 60.0, address(2): 60.0})
    sum_ = quote_links(session, account, urls=list(lengths), options=Options(), details=Details())
    assert [(place, remark.code) for place, remark in sum_.remarks] == [(None, "insufficient_funds")]


def test_only_so_many_are_measured(session: Session, alice: Account, lengths: dict[str, float | None]) -> None:
    lengths.update({address(number): 60.0 for number in range(links.MOST_MEASURED)})
    urls = [address(number) for number in range(links.MOST_MEASURED + 2)]
    sum_ = quote_links(session, alice, urls=urls, options=Options(), details=Details())
    assert (sum_.count, sum_.unknown_count) == (links.MOST_MEASURED + 2, 2)


def test_a_link_that_cannot_be_fetched_is_refused_by_its_line(session: Session, alice: Account) -> None:
    with pytest.raises(Invalid, match="Line 2: "):
        quote_links(session, alice, urls=[address(1), "nonsense"], options=Options(), details=Details())


def test_one_address_is_told_of_each_of_them_by_a_secret_of_its_own(session: Session, alice: Account) -> None:
    urls = [address(1), address(2)]
    told_at = "https://example.com/hook"
    order_links(session, alice, urls=urls, options=Options(), details=Details(), webhook_url=told_at, request_id=None)
    endpoints = session.scalars(select(WebhookEndpoint).options(undefer(WebhookEndpoint.secret))).all()
    assert [each.url for each in endpoints] == [told_at] * 2
    assert len({each.secret for each in endpoints}) == len({each.transcription_id for each in endpoints}) == 2


def test_an_address_that_nothing_may_be_sent_to_orders_nothing(session: Session, alice: Account) -> None:
    with pytest.raises(UrlNotAllowed) as caught:
        order_links(
            session,
            alice,
            urls=[address(1)],
            options=Options(),
            details=Details(),
            webhook_url="https://10.0.0.1/",
            request_id=None,
        )
    assert caught.value.param == "webhook_url"
