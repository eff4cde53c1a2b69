"""Proof of the ledger from its entries alone: every sum that must be zero, and the row of each that is not.

The checks are those of section H of the service's promises. Each query returns one line per breach; nothing that the
ledger's own triggers maintain is taken on trust.
"""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from models import Book

OWNERS_BOOKS = (Book.MONTHLY_CREDIT, Book.TOP_UP, Book.HELD_MONTHLY_CREDIT, Book.HELD_TOP_UP)
MOST_ROWS_PER_CHECK = 20


@dataclass(frozen=True, slots=True)
class Breach:
    """One row that breaks one rule: `row` names it, `detail` says how."""

    rule: str
    row: str
    detail: str


# Sums per wallet and book, from the entries.
BALANCES = """
    SELECT wallets.id, wallets.public_id, books.book, books.kept,
        coalesce(sum(amount_microusd), 0)::bigint AS entered
    FROM wallets
    CROSS JOIN LATERAL (VALUES {books}) AS books (book, kept)
    LEFT JOIN ledger_movements ON ledger_movements.wallet_id = wallets.id
    LEFT JOIN ledger_entries ON movement_id = ledger_movements.id AND ledger_entries.book = books.book
    GROUP BY wallets.id, wallets.public_id, books.book, books.kept
""".format(books=", ".join(f"('{book}', wallets.{book}_microusd)" for book in Book))

SETTLEMENTS = """
    SELECT hold.public_id AS hold, hold.reference, settled.public_id AS settlement, settled.kind AS kind
    FROM ledger_movements AS hold
    LEFT JOIN ledger_movements AS settled ON settled.hold_id = hold.id
    WHERE hold.kind = 'hold'
"""

CHARGED = """
    SELECT movement.*, coalesce(entry.amount_microusd, 0) AS charged_microusd
    FROM ledger_movements AS movement
    LEFT JOIN ledger_entries AS entry ON entry.movement_id = movement.id AND entry.book = 'charged'
    WHERE movement.kind = 'capture'
"""

# rule → a query of (row, detail)
RULES = {
    "the entries of a movement sum to zero": """
        SELECT 'movement ' || movement.public_id, 'sum ' || sum(amount_microusd)
        FROM ledger_entries JOIN ledger_movements AS movement ON movement.id = movement_id
        GROUP BY movement.public_id HAVING sum(amount_microusd) <> 0
    """,
    "a balance is the sum of its entries": f"""
        SELECT 'wallet ' || public_id, book || ' is ' || kept || ', entries sum to ' || entered
        FROM ({BALANCES}) AS balances WHERE kept <> entered
    """,
    "the sum of all entries is zero": """
        SELECT 'ledger_entries', 'sum ' || sum(amount_microusd) FROM ledger_entries HAVING sum(amount_microusd) <> 0
    """,
    "no balance of a customer was ever below zero": f"""
        SELECT 'movement ' || public_id, book || ' stood at ' || balance
        FROM (
            SELECT movement.public_id, book,
                sum(amount_microusd) OVER (PARTITION BY wallet_id, book ORDER BY movement.id) AS balance
            FROM ledger_entries JOIN ledger_movements AS movement ON movement.id = movement_id
            WHERE book IN ({", ".join(f"'{book}'" for book in OWNERS_BOOKS)})
        ) AS running WHERE balance < 0
    """,
    "what was owed was never less than nothing": """
        SELECT 'movement ' || public_id, 'owed stood at ' || -balance
        FROM (
            SELECT movement.public_id,
                sum(amount_microusd) OVER (PARTITION BY wallet_id ORDER BY movement.id) AS balance
            FROM ledger_entries JOIN ledger_movements AS movement ON movement.id = movement_id WHERE book = 'owed'
        ) AS running WHERE balance > 0
    """,
    "a movement says rightly what was available after it": """
        SELECT 'movement ' || public_id, 'says ' || available_after_microusd || ', entries say ' || available
        FROM (
            SELECT movement.id, movement.public_id, available_after_microusd,
                (sum(coalesce(amount, 0)) OVER (PARTITION BY wallet_id ORDER BY movement.id))::bigint AS available
            FROM ledger_movements AS movement
            LEFT JOIN (
                SELECT movement_id, sum(amount_microusd) AS amount FROM ledger_entries
                WHERE book IN ('monthly_credit', 'top_up') GROUP BY movement_id
            ) AS change ON movement_id = movement.id
        ) AS running WHERE available <> available_after_microusd
    """,
    "a settlement undoes its hold exactly": """
        SELECT 'movement ' || settled.public_id, entry.book || ' has ' || sum(entry.amount_microusd) || ' left'
        FROM ledger_movements AS settled
        JOIN ledger_entries AS entry ON entry.movement_id IN (settled.id, settled.hold_id)
        WHERE settled.hold_id IS NOT NULL AND entry.book IN ('held_monthly_credit', 'held_top_up')
        GROUP BY settled.public_id, entry.book HAVING sum(entry.amount_microusd) <> 0
    """,
    "a settlement belongs to a hold of the same wallet and transcription": """
        SELECT 'movement ' || settled.public_id, 'settles ' || hold.kind || ' ' || hold.public_id
        FROM ledger_movements AS settled JOIN ledger_movements AS hold ON hold.id = settled.hold_id
        WHERE (hold.kind, hold.wallet_id, hold.reference)
            IS DISTINCT FROM ('hold', settled.wallet_id, settled.reference)
    """,
    "only a capture charges, and only a hold sets aside": """
        SELECT 'movement ' || movement.public_id, movement.kind || ' moved ' || amount_microusd || ' to ' || book
        FROM ledger_entries JOIN ledger_movements AS movement ON movement.id = movement_id
        WHERE book = 'charged' AND (kind <> 'capture' OR amount_microusd < 0)
            OR book IN ('held_monthly_credit', 'held_top_up')
                AND (kind NOT IN ('hold', 'capture', 'release') OR (kind = 'hold') <> (amount_microusd > 0))
    """,
    "what is held is the sum of the open holds": f"""
        SELECT 'wallet ' || wallets.public_id,
            'holds ' || (held_monthly_credit_microusd + held_top_up_microusd)
                || ', open holds sum to ' || coalesce(held, 0)
        FROM wallets LEFT JOIN (
            SELECT movement.wallet_id, sum(amount_microusd) AS held
            FROM ({SETTLEMENTS}) AS holds
            JOIN ledger_movements AS movement ON movement.public_id = holds.hold
            JOIN ledger_entries ON movement_id = movement.id AND amount_microusd > 0
            WHERE settlement IS NULL GROUP BY movement.wallet_id
        ) AS open ON open.wallet_id = wallets.id
        WHERE held_monthly_credit_microusd + held_top_up_microusd <> coalesce(held, 0)
    """,
    "a finished transcription's hold is settled, a completed one's captured, a failed one's released": f"""
        SELECT 'transcription ' || public_id,
            status || ', quoted ' || coalesce(quoted_microusd::text, 'nothing') || ', hold ' || coalesce(hold, 'none')
            || ', settlement ' || coalesce(kind, 'none')
        FROM transcriptions LEFT JOIN ({SETTLEMENTS}) AS holds ON holds.reference = public_id
        WHERE status = 'completed' AND kind IS DISTINCT FROM 'capture'
            OR status = 'failed' AND hold IS NOT NULL AND kind IS DISTINCT FROM 'release'
            OR status = 'processing' AND (kind IS NOT NULL OR (hold IS NOT NULL) <> (quoted_microusd IS NOT NULL))
    """,
    "a hold that is open has its transcription": f"""
        SELECT 'movement ' || hold, 'holds for ' || holds.reference || ', which is gone'
        FROM ({SETTLEMENTS}) AS holds LEFT JOIN transcriptions ON transcriptions.public_id = holds.reference
        WHERE settlement IS NULL AND transcriptions.id IS NULL
    """,
    "a transcription shows what it was charged": f"""
        SELECT 'transcription ' || transcriptions.public_id,
            'shows ' || coalesce(transcriptions.charged_microusd, 0) || ', captured ' || coalesce(c.charged_microusd, 0)
        FROM transcriptions LEFT JOIN ({CHARGED}) AS c ON c.reference = transcriptions.public_id
        WHERE coalesce(transcriptions.charged_microusd, 0) <> coalesce(c.charged_microusd, 0)
    """,
    "the usage of a day is the sum of its captures": f"""
        SELECT 'usage of wallet ' || wallet_id || ' on ' || day || ', ' || pipeline_code || ', '
                || coalesce(nullif(api_key_id, ''), 'dashboard'),
            'kept ' || coalesce(kept::text, 'nothing') || ', captured ' || coalesce(captured::text, 'nothing')
        FROM (
            SELECT wallet_id, day, pipeline_code, api_key_id,
                (transcriptions, seconds, charged_microusd::numeric) AS kept
            FROM usage_days
        ) AS usage
        FULL JOIN (
            SELECT wallet_id, (created_at AT TIME ZONE 'UTC')::date AS day, pipeline_code,
                coalesce(api_key_id, '') AS api_key_id,
                (count(*), sum(duration_seconds), sum(charged_microusd)) AS captured
            FROM ({CHARGED}) AS captures GROUP BY 1, 2, 3, 4
        ) AS captures USING (wallet_id, day, pipeline_code, api_key_id)
        WHERE kept IS DISTINCT FROM captured
    """,
    "a period has at most the credit it was granted, and expires no more": """
        SELECT 'period ' || reference, 'granted ' || granted || ', expired ' || expired
        FROM (
            SELECT reference,
                coalesce(sum(amount_microusd) FILTER (WHERE kind = 'grant'), 0) AS granted,
                coalesce(-sum(amount_microusd) FILTER (WHERE kind = 'expiry'), 0) AS expired
            FROM ledger_movements AS movement
            JOIN ledger_entries ON movement_id = movement.id AND book = 'monthly_credit'
            WHERE kind IN ('grant', 'expiry') GROUP BY reference
        ) AS periods WHERE expired > granted
    """,
    # Since the oldest event that is kept: what ended before that was told longer ago than events are kept, or before
    # there were any.
    "whatever has ended since events are kept has the event of its end": """
        SELECT 'transcription ' || transcriptions.public_id, status || ', event ' || coalesce(events.type, 'none')
        FROM transcriptions LEFT JOIN events ON events.transcription_id = transcriptions.id
        WHERE (status = 'processing' OR completed_at >= (SELECT min(created_at) FROM events))
            AND events.type IS DISTINCT FROM nullif('transcription.' || status, 'transcription.processing')
    """,
    "every account has a wallet": """
        SELECT 'account ' || accounts.public_id, 'no wallet'
        FROM accounts LEFT JOIN wallets ON wallets.account_id = accounts.id WHERE wallets.id IS NULL
    """,
}


def audit(session: Session) -> list[Breach]:
    """Every breach of every rule, at most twenty rows of each; an empty list proves the ledger."""
    session.flush()
    return [
        Breach(rule, row, detail)
        for rule, query in RULES.items()
        for row, detail in session.execute(text(f"{query} ORDER BY 1 LIMIT {MOST_ROWS_PER_CHECK}"))
    ]
