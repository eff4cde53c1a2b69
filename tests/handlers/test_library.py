"""The list: its orders and filters, what there is to choose from, and how little of a large library a page reads."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

import db
from errors import Invalid
from handlers import library
from handlers.library import Filters, Sort
from handlers.listing import packed
from handlers.tags import set_tags
from handlers.trash import trash_transcription
from models import Account, Status
from tests.factories import make_account, make_completed, make_transcription

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MANY = 3_000
PAGE = 20


def pages(session: Session, account: Account, sort: Sort, limit: int, filters: Filters | None = None) -> list[str]:
    """The titles of all pages, one after the other."""
    titles, cursor = [], None
    while True:
        page = library.list_transcriptions(
            session, account, filters or Filters(), limit=limit, cursor=cursor, sort=sort
        )
        titles += [row.title for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            return titles


@pytest.fixture
def shelf(session: Session, alice: Account) -> None:
    """Some of equal length and of equal title, and one that is not finished."""
    for number, (title, seconds, hours) in enumerate(
        [("beta", 10.0, 3), ("Alpha", 30.5, 1), ("alpha", 30.5, 2), ("Ärger", 0.1, 5), ("beta", 10.0, 4)]
    ):
        make_completed(
            session,
            alice,
            public_id=f"tr_{number}",
            title=title,
            duration_seconds=seconds,
            completed_at=NOON + timedelta(hours=hours, microseconds=number),
        )
    make_transcription(session, alice, public_id="tr_5", title="zeta")


@pytest.mark.parametrize("limit", [1, 2, 100])
@pytest.mark.parametrize(
    ("sort", "titles"),
    [
        (Sort.NEWEST, ["zeta", "beta", "Ärger", "alpha", "Alpha", "beta"]),
        (Sort.OLDEST, ["beta", "Alpha", "alpha", "Ärger", "beta", "zeta"]),
        (Sort.TITLE, ["Alpha", "alpha", "beta", "beta", "zeta", "Ärger"]),
        (Sort.LONGEST, ["alpha", "Alpha", "beta", "beta", "Ärger", "zeta"]),
        (Sort.FINISHED, ["zeta", "Ärger", "beta", "beta", "alpha", "Alpha"]),
    ],
)
def test_each_order_is_the_same_on_pages_of_any_size(
    session: Session, alice: Account, shelf: None, sort: Sort, titles: list[str], limit: int
) -> None:
    assert pages(session, alice, sort, limit) == titles


@pytest.mark.parametrize("sort", list(Sort))
def test_a_page_stays_while_new_rows_arrive_and_its_last_row_goes(
    session: Session, alice: Account, shelf: None, sort: Sort
) -> None:
    whole = pages(session, alice, sort, 100)
    first = library.list_transcriptions(session, alice, Filters(), limit=3, cursor=None, sort=sort)
    for number, title in enumerate(["alpha", "zz"]):
        make_completed(session, alice, public_id=f"tr_9{number}", title=title, duration_seconds=99.0)
    if first.rows[-1].is_final:
        trash_transcription(session, alice, first.rows[-1].public_id)

    rest = library.list_transcriptions(session, alice, Filters(), limit=9, cursor=first.next_cursor, sort=sort)

    old = [row.title for row in rest.rows if not row.public_id.startswith("tr_9")]
    assert old == whole[3:]


@pytest.mark.parametrize("sort", [Sort.TITLE, Sort.LONGEST, Sort.FINISHED])
@pytest.mark.parametrize(
    "cursor",
    [
        "tr_0",
        "",
        "e30",
        "W10",
        "WyJhIl0",
        "WzEsMl0",
        "WyJ4IiwiYSBiIl0",
        "WyJ4XHUwMDAwIiwidHJfMCJd",
        "WyJcdWQ4MDAiLCJ0cl8wIl0",
    ],
)
def test_a_cursor_of_another_kind_is_refused(session: Session, alice: Account, sort: Sort, cursor: str) -> None:
    with pytest.raises(Invalid):
        library.list_transcriptions(session, alice, Filters(), limit=1, cursor=cursor, sort=sort)


@pytest.mark.parametrize(
    ("sort", "text"),
    [
        (Sort.LONGEST, "nan"),
        (Sort.LONGEST, "1_0"),
        (Sort.LONGEST, "1e999"),
        (Sort.FINISHED, "2026-W01-1T00:00:00+00"),
        (Sort.FINISHED, "2026-02-30 00:00:00+00"),
        (Sort.FINISHED, "yesterday"),
        (Sort.TITLE, "x" * 301),
    ],
)
def test_a_forged_cursor_never_reaches_the_database(session: Session, alice: Account, sort: Sort, text: str) -> None:
    with pytest.raises(Invalid):
        library.list_transcriptions(session, alice, Filters(), limit=1, cursor=packed(text, "tr_0"), sort=sort)


def test_tags_and_a_language_filter(session: Session, alice: Account) -> None:
    for title, language, tags in [("a", "en", ["Sales", "EU"]), ("b", "de", ["sales"]), ("c", "en", [])]:
        set_tags(session, make_completed(session, alice, title=title, language=language), tags)

    def titles(**filters: Any) -> list[str]:
        return pages(session, alice, Sort.OLDEST, 100, Filters(**filters))

    assert titles(tags=["SALES"]) == ["a", "b"]
    assert titles(tags=["sales", "eu"]) == ["a"]
    assert titles(language="en") == ["a", "c"]
    assert titles(language="en", tags=["sales"]) == ["a"]
    assert titles(tags=["other"]) == []


def test_what_there_is_to_choose_from_is_the_accounts_own(session: Session, alice: Account, charlie: Account) -> None:
    set_tags(session, make_completed(session, alice, language="en"), ["b", "A"])
    set_tags(session, make_completed(session, alice, language="de", pipeline_code="import"), ["a"])
    make_transcription(session, alice)
    set_tags(session, make_completed(session, charlie, language="fr", pipeline_code="voxtral"), ["secret"])

    choices = library.choices(session, alice)

    assert (choices.pipeline_codes, choices.languages) == (["import", "whisper-base"], ["de", "en"])
    assert [tag.lower() for tag in choices.tags] == ["a", "b"]
    assert library.choices(session, make_account(session)) == library.Choices([], [], [])


def test_new_ones_are_those_that_pass_the_filters_and_came_later(session: Session, alice: Account) -> None:
    old = make_completed(session, alice, public_id="tr_1")
    for number, title in [(2, "talk"), (3, "call"), (4, "talk")]:
        make_transcription(session, alice, public_id=f"tr_{number}", title=title)

    found = library.newer_than(session, alice, Filters(title_contains="talk"), old.public_id, limit=10)

    assert [row.public_id for row in found] == ["tr_2", "tr_4"]


# A large library

LARGE = """
    INSERT INTO transcriptions (public_id, account_id, source, url, pipeline_code, language_requested, diarize,
        vocabulary, title, title_given, metadata, speaker_names, status, stage, progress, warnings, created_at,
        completed_at, crashes, tries, language, duration_seconds, price_per_minute_microusd, error_code)
    SELECT 'tr_' || lpad(i::text, 26, '0'), :account_id, 'external_url', 'https://example.com/a',
        CASE WHEN i % 500 = 0 THEN 'rare' ELSE 'whisper-base' END, 'auto', true, '[]', 'Meeting ' || md5(i::text), true,
        '{}', '{}', CASE WHEN i % 500 = 0 THEN 'failed' ELSE 'completed' END, 'understanding', 1, '[]',
        now() - (:many - i) * interval '1 hour',
        now() - (:many - i) * interval '1 hour' + (i % 7) * interval '9 minutes',
        0, 0, CASE WHEN i % 500 = 0 THEN 'eo' ELSE 'en' END, (i * 7919 % 10007) / 3.0, 5000,
        CASE WHEN i % 500 = 0 THEN 'stalled' END
    FROM generate_series(1, :many) AS i
"""
TAGS = """
    INSERT INTO tags (transcription_id, account_id, key, name)
    SELECT id, account_id, tag, tag FROM transcriptions CROSS JOIN (VALUES ('common'), ('rare')) AS tags (tag)
    WHERE account_id = :account_id AND (tag = 'common' OR pipeline_code = 'rare')
"""


@pytest.fixture
def large(session: Session, alice: Account) -> Account:
    """Alice with thousands, of which few are of another kind."""
    session.info["ledger_is_tampered_with"] = True
    values = {"account_id": alice.id, "many": MANY}
    session.execute(text(LARGE), values)
    session.execute(text(TAGS), values)
    session.execute(text("ANALYZE transcriptions"))
    session.execute(text("ANALYZE tags"))
    return alice


@pytest.fixture
def executed() -> Iterator[list[tuple[str, Any]]]:
    """Every statement, with its parameters."""
    seen: list[tuple[str, Any]] = []

    def note(connection: object, cursor: object, statement: str, parameters: object, *rest: object) -> None:
        seen.append((statement, parameters))

    event.listen(db.engine(), "before_cursor_execute", note)
    yield seen
    event.remove(db.engine(), "before_cursor_execute", note)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


def rows_read(session: Session, executed: Sequence[tuple[str, Any]]) -> float:
    """How many rows the statements look at, whether or not they are of use."""
    total = 0.0
    for statement, parameters in list(executed):
        if not statement.startswith(("SELECT", "WITH")):
            continue
        explained = session.connection().exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
        (plan,) = explained.scalar_one()
        for node in nodes(plan["Plan"]):
            if "Scan" in node["Node Type"]:
                removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
                total += (node["Actual Rows"] + removed) * node["Actual Loops"]
    return total


@pytest.mark.parametrize("sort", list(Sort))
def test_a_page_reads_no_more_of_a_large_library(
    session: Session, large: Account, executed: list[tuple[str, Any]], sort: Sort
) -> None:
    first = library.list_transcriptions(session, large, Filters(), limit=PAGE, cursor=None, sort=sort)
    executed.clear()
    second = library.list_transcriptions(session, large, Filters(), limit=PAGE, cursor=first.next_cursor, sort=sort)

    assert len(second.rows) == PAGE
    assert rows_read(session, executed) <= 6 * PAGE


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(status=Status.FAILED), 6),
        (Filters(status=Status.PROCESSING), 0),
        (Filters(status=Status.COMPLETED), PAGE),
        (Filters(pipeline_code="rare"), 6),
        (Filters(pipeline_code="none"), 0),
        (Filters(language="eo"), 6),
        (Filters(language="en"), PAGE),
        (Filters(tags=["rare"]), 6),
        (Filters(tags=["common"]), PAGE),
        (Filters(tags=["none"]), 0),
        (Filters(created_before=datetime.now(UTC) - timedelta(hours=MANY - 10)), 9),
    ],
)
def test_a_filter_reads_no_more_of_a_large_library(
    session: Session, large: Account, executed: list[tuple[str, Any]], filters: Filters, found: int
) -> None:
    page = library.list_transcriptions(session, large, filters, limit=PAGE, cursor=None)

    assert len(page.rows) == pytest.approx(found, abs=1 if filters.created_before else 0)
    assert rows_read(session, executed) <= 10 * PAGE


def test_what_there_is_to_choose_from_is_found_by_jumping(
    session: Session, large: Account, executed: list[tuple[str, Any]]
) -> None:
    assert library.choices(session, large).tags == ["common", "rare"]
    library.running_count(session, large)

    assert rows_read(session, executed) <= 60
