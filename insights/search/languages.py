"""The language of a transcript that came without one, by the stop words that PostgreSQL knows."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from insights.search.lexemes import CONFIGURATIONS, searchable

SAMPLE_WORDS = 300
# In running text about every second word is one; another language shares a few.
LEAST_STOP_WORDS = 0.3

# How many of the sample's words each configuration keeps. Those that stem and drop nothing keep all.
KEPT = text("""
    SELECT configuration, (
        SELECT coalesce(sum(cardinality(positions)), 0)
        FROM unnest(CAST(:words AS text[])) AS word, unnest(to_tsvector(CAST(configuration AS regconfig), word))
    ) AS kept
    FROM unnest(CAST(:configurations AS text[])) AS configuration ORDER BY kept LIMIT 1
""")


def guess_language(session: Session, texts: Sequence[str]) -> str | None:
    """The ISO 639-1 code of the language that texts are in, None where they look like none with known stop words."""
    words = searchable(" ".join(texts)).split()[:SAMPLE_WORDS]
    codes = {configuration: code for code, configuration in CONFIGURATIONS.items()}
    configuration, kept = session.execute(KEPT, {"words": words, "configurations": list(codes)}).one()
    return codes[configuration] if len(words) - kept >= LEAST_STOP_WORDS * len(words) > 0 else None
