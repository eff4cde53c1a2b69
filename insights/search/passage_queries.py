"""What PostgreSQL is asked about passages. Every statement begins with the scope, and the scope with the account.

`passages.words` is a tsvector of `lexemes.searchable` text. `passages.embedding` is a halfvec of unit length, whose
negative inner product (`<#>`) orders as the cosine does and is less work; it is null where only words are to be found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import pi
from operator import mul
from typing import Any

from sqlalchemy import Result, TextClause, text
from sqlalchemy.orm import Session

from insights.search.indexing import as_vector
from insights.search.lexemes import UNSPACED
from insights.search.passages import Stretch

# Passages that an index names.
NAMED = 100
# Rows that are read to find those with the best words; where more match, the oldest are.
MATCHED = 1_000
# The share of passages that a word is taken to be in which PostgreSQL does not count among the common ones.
RARE = 0.002
# Planning takes long where a statement names more transcriptions than these.
FEW = 100


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look: in an account's transcriptions, or in some of them, and in what anybody says, or some people."""

    account_id: int
    transcription_ids: Sequence[int] | None = None
    speakers: Sequence[str] | None = None

    @property
    def values(self) -> dict[str, object]:
        values: dict[str, object] = {"account_id": self.account_id}
        if self.transcription_ids is not None:
            # The driver takes longer over a list of many than the whole search over them.
            values["transcription_ids"] = f"{{{','.join(map(str, self.transcription_ids))}}}"
        if self.speakers is not None:
            values["speakers"] = self.speakers
        return values


@dataclass(frozen=True, slots=True)
class Terms:
    """What to look for: each word as its lexemes in the languages of the scope, and a vector, if not words alone."""

    words: Sequence[Sequence[str]]
    vector: Sequence[float] | None = None

    @property
    def queries(self) -> list[str]:
        """A tsquery for each word."""
        return [" | ".join(_quoted(lexeme) for lexeme in lexemes) for lexemes in self.words]

    @property
    def any(self) -> str:
        return " | ".join(self.queries)


@dataclass(frozen=True, slots=True)
class Match:
    """A passage, and for each term a number that grows with its occurrences: 1 for one, 0 for none.

    A passage without any of the terms has no numbers. `similarity` is the cosine, None where the passage has no
    embedding or there is none to compare it with.
    """

    passage_id: int
    transcription_id: int
    ordinal: int
    similarity: float | None
    occurrences: Sequence[float]


# Compiling takes longer than any statement here, a plan for any values would miss what these values need, and where
# the nearest neighbours belong to others, the index has to be read on.
SETTINGS = text("""
    SELECT set_config('jit', 'off', true), set_config('plan_cache_mode', 'force_custom_plan', true),
        set_config('hnsw.ef_search', '200', true), set_config('hnsw.iterative_scan', 'strict_order', true),
        set_config('hnsw.max_scan_tuples', '40000', true)
""")
# `simple` knows no stop words: it keeps of those that are one to each of the others nothing either.
LEXEMES = text("""
    SELECT word, array_agg(DISTINCT lexeme ORDER BY lexeme)
    FROM unnest(CAST(:words AS text[])) WITH ORDINALITY AS each (word, place),
        unnest(CAST(:configurations AS text[])) AS configuration,
        unnest(to_tsvector(CAST(configuration AS regconfig), word))
    WHERE (CAST(:among AS text[]) IS NULL OR lexeme = ANY(CAST(:among AS text[]))
        OR left(lexeme, 1) = ANY(CAST(:among AS text[])))
    AND (configuration <> 'simple' OR coalesce((
        SELECT bool_or(length(to_tsvector(CAST(other AS regconfig), word)) > 0)
        FROM unnest(CAST(:configurations AS text[])) AS other WHERE other <> 'simple'
    ), true))
    GROUP BY word, place ORDER BY place
""")
IN_SCOPE = "WITH in_scope AS NOT MATERIALIZED (SELECT * FROM passages WHERE {conditions})"
OF_ACCOUNT = "account_id = :account_id"
AMONG_FEW = "transcription_id = ANY(CAST(:transcription_ids AS bigint[]))"
AMONG_MANY = "transcription_id IN (SELECT unnest(CAST(:transcription_ids AS bigint[])))"
# A test that cannot be made a join of: a table of hashes, which a scan of the nearest can ask.
AMONG_HASHED = f"({AMONG_MANY}) IS TRUE"
SPEAKERS = "speakers && CAST(:speakers AS text[])"
COUNT = "SELECT count(*) FROM (SELECT FROM in_scope LIMIT :most) AS counted"
EVERYTHING = text("SELECT reltuples FROM pg_class WHERE oid = CAST('passages' AS regclass)")
# Of the lexemes that many passages have. PostgreSQL keeps a thousand of them, whoever the passages belong to.
FREQUENCIES = text("""
    SELECT lexeme, frequency FROM pg_stats,
        unnest(CAST(CAST(most_common_elems AS text) AS text[]), most_common_elem_freqs) AS each (lexeme, frequency)
    WHERE schemaname = ANY(current_schemas(false)) AND tablename = 'passages' AND attname = 'words'
    AND lexeme = ANY(CAST(:lexemes AS text[]))
""")

MATCHES = """
    SELECT id, transcription_id, ordinal, -(embedding <#> CAST(:vector AS halfvec)) AS similarity,
        CASE WHEN words @@ CAST(:any AS tsquery) THEN CAST(ARRAY[{ranks}] AS real[]) ELSE '{{}}' END
            AS occurrences
    FROM looked_at
"""
RANK = "ts_rank('{{1,1,1,1}}', words, CAST(:query_{place} AS tsquery))"
# To ts_rank one occurrence is 6 / pi², further ones are 1/4, 1/9 and so on of that, and the whole is divided by the
# lexemes in the query, of which a passage has one or none.
ONE_OCCURRENCE = 6 / pi**2
WHOLE = ", looked_at AS NOT MATERIALIZED (SELECT * FROM in_scope)"
AROUND = """
    , around AS (
        SELECT DISTINCT transcription_id, ordinal + step AS ordinal
        FROM in_scope CROSS JOIN generate_series(-CAST(:reach AS int), :reach) AS step
        WHERE id = ANY(CAST(:chosen AS bigint[]))
    ), looked_at AS NOT MATERIALIZED (
        SELECT passages.* FROM around JOIN passages USING (transcription_id, ordinal)
    )
"""
BY_WORDS = """
    , matched AS (SELECT id, words FROM in_scope WHERE words @@ CAST(:selective AS tsquery) LIMIT :matched)
    SELECT id FROM matched ORDER BY ts_rank('{1,1,1,1}', words, CAST(:any AS tsquery)) DESC, id LIMIT :named
"""
NEAREST = """
    SELECT id FROM in_scope WHERE embedding IS NOT NULL ORDER BY embedding <#> CAST(:vector AS halfvec) LIMIT :named
"""
# No index knows this expression, so all of the scope is compared.
NEAREST_COMPARED = """
    SELECT id FROM in_scope WHERE embedding IS NOT NULL
    ORDER BY (embedding <#> CAST(:vector AS halfvec)) + 0 LIMIT :named
"""
STRETCHES = """
    SELECT id, first_segment, first_char, last_segment, after_char, start, "end" FROM in_scope
    WHERE id = ANY(CAST(:ids AS bigint[]))
"""


def prepare(session: Session) -> None:
    """Set what these statements need, until the transaction ends."""
    session.execute(SETTINGS)


def lexemes(
    session: Session, words: Sequence[str], configurations: Sequence[str], among: Sequence[str] | None = None
) -> dict[str, tuple[str, ...]]:
    """The lexemes of each word in any of the configurations; words that mean nothing in all of them are left out.

    `simple`, which every library comes to have by a recording in which nobody speaks, has no say in that.
    Where only some are asked for, `among` them are lexemes and characters that a lexeme begins with.
    """
    values = {"words": list(words), "configurations": list(configurations), "among": among}
    return {word: tuple(each) for word, each in session.execute(LEXEMES, values).all()}


def count(session: Session, scope: Scope, most: int) -> int:
    """How many passages the scope has; counting stops at `most`."""
    return int(_ask(session, scope, COUNT, most=most).scalar_one())


def expected(session: Session, scope: Scope) -> float:
    """How many passages PostgreSQL expects in the scope, without looking."""
    explained = _statement("EXPLAIN (FORMAT JSON)" + _in_scope(scope) + "SELECT FROM in_scope")
    [plan] = session.execute(explained, scope.values).scalar_one()
    return float(plan["Plan"]["Plan Rows"])


def everything(session: Session) -> float:
    """How many passages there are, whoever they belong to, as far as PostgreSQL knows."""
    return float(session.execute(EVERYTHING).scalar_one())


def frequencies(session: Session, words: Sequence[Sequence[str]]) -> list[float]:
    """The share of passages that each word is expected in, which is a guess for words that are not in many."""
    lexemes = [lexeme for each in words for lexeme in each]
    common = {row.lexeme: row.frequency for row in session.execute(FREQUENCIES, {"lexemes": lexemes})}
    return [max(common.get(lexeme, RARE) for lexeme in each) for each in words]


def whole(session: Session, scope: Scope, terms: Terms) -> list[Match]:
    """How every passage of the scope matches."""
    return _matches(session, scope, WHOLE, terms)


def near(session: Session, account_id: int, terms: Terms, chosen: Sequence[int], reach: int) -> list[Match]:
    """How an account's chosen passages match, and those up to `reach` steps before and after them."""
    return _matches(session, Scope(account_id), AROUND, terms, chosen=list(chosen), reach=reach)


def by_words(session: Session, scope: Scope, terms: Terms, selective: str) -> list[int]:
    """The ids of passages that match `selective`, those first that have most of the terms."""
    values = {"selective": selective, "any": terms.any, "matched": MATCHED, "named": NAMED}
    return list(_ask(session, scope, BY_WORDS, **values).scalars())


def by_meaning(session: Session, scope: Scope, vector: Sequence[float]) -> list[int]:
    """The ids of the passages nearest in meaning, as the index finds them."""
    values = {"vector": as_vector(vector), "named": NAMED}
    statement = _statement(_in_scope(scope, AMONG_HASHED) + NEAREST)
    return list(session.execute(statement, {**scope.values, **values}).scalars())


def by_meaning_compared(session: Session, scope: Scope, vector: Sequence[float]) -> list[int]:
    """The ids of the passages nearest in meaning, after comparing with every one."""
    return list(_ask(session, scope, NEAREST_COMPARED, vector=as_vector(vector), named=NAMED).scalars())


def stretches(session: Session, account_id: int, ids: Sequence[int]) -> dict[int, Stretch]:
    """Where an account's passages are, by id."""
    rows = _ask(session, Scope(account_id), STRETCHES, ids=list(ids))
    return {row.id: Stretch(*tuple(row)[1:]) for row in rows}


def _matches(session: Session, scope: Scope, looked_at: str, terms: Terms, **values: object) -> list[Match]:
    queries = {f"query_{place}": query for place, query in enumerate(terms.queries)}
    statement = looked_at + MATCHES.format(ranks=", ".join(RANK.format(place=place) for place in range(len(queries))))
    sought = {**queries, "any": terms.any, "vector": terms.vector and as_vector(terms.vector)}
    units = [len(lexemes) / ONE_OCCURRENCE for lexemes in terms.words]
    rows = _ask(session, scope, statement, **sought, **values).all()
    # By place: asking a row for its columns by name takes longer than all else here.
    return [
        Match(passage_id, transcription_id, ordinal, similarity, list(map(mul, units, occurrences)))
        for passage_id, transcription_id, ordinal, similarity, occurrences in rows
    ]


def _quoted(lexeme: str) -> str:
    # A character that is asked for alone begins a pair, or ends a run.
    return f"'{lexeme}':*" if len(lexeme) == 1 and UNSPACED.fullmatch(lexeme) else f"'{lexeme}'"


def _ask(session: Session, scope: Scope, statement: str, **values: object) -> Result[*tuple[Any, ...]]:
    return session.execute(_statement(_in_scope(scope) + statement), {**scope.values, **values})


def _in_scope(scope: Scope, among_many: str = AMONG_MANY) -> str:
    conditions = [OF_ACCOUNT]
    if scope.transcription_ids is not None:
        conditions.append(AMONG_FEW if len(scope.transcription_ids) <= FEW else among_many)
    if scope.speakers is not None:
        conditions.append(SPEAKERS)
    return IN_SCOPE.format(conditions=" AND ".join(conditions))


@lru_cache(maxsize=1_000)
def _statement(sql: str) -> TextClause:
    # Finding its parameters takes about as long as a small statement.
    return text(sql)
