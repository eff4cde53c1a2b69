"""Putting a transcript's passages where the search finds them."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from sqlalchemy import text
from sqlalchemy.orm import Session

from insights.search.lexemes import searchable
from insights.search.passages import Passage

FORGET = text("DELETE FROM passages WHERE transcription_id = :transcription_id AND ordinal >= :first")
DIMENSIONS = text(
    "SELECT atttypmod FROM pg_attribute WHERE attrelid = CAST('passages' AS regclass) AND attname = 'embedding'"
)
STORE = text("""
    INSERT INTO passages (account_id, transcription_id, ordinal, first_segment, first_char, last_segment, after_char,
        start, "end", speakers, words, embedding)
    VALUES (:account_id, :transcription_id, :ordinal, :first_segment, :first_char, :last_segment, :after_char,
        :start, :end, CAST(:speakers AS text[]), to_tsvector(CAST(:configuration AS regconfig), :words),
        CAST(:embedding AS halfvec))
""")


def store_passages(
    session: Session,
    account_id: int,
    transcription_id: int,
    passages: Sequence[Passage],
    *,
    configuration: str,
    vectors: Iterable[Iterable[float]] | None,
) -> None:
    """Store passages of a transcript in place of those it had from the first of them on.

    `configuration` is that of its language, `vectors` are None where only words are to be found.
    """
    first = passages[0].ordinal if passages else 0
    session.execute(FORGET, {"transcription_id": transcription_id, "first": first})
    embeddings = [None] * len(passages) if vectors is None else [as_vector(vector) for vector in vectors]
    transcript = {"account_id": account_id, "transcription_id": transcription_id, "configuration": configuration}
    rows = [
        {**transcript, **_row(passage), "embedding": embedding}
        for passage, embedding in zip(passages, embeddings, strict=True)
    ]
    if rows:
        session.execute(STORE, rows)


def dimensions(session: Session) -> int:
    """How long the embeddings of passages are."""
    return int(session.scalars(DIMENSIONS).one())


def forget_embeddings(session: Session, dimensions: int) -> None:
    """Forget all embeddings, for a model whose vectors are so long. Words are found as before."""
    session.execute(text("DROP INDEX ix_passages_embedding"))
    session.execute(text(f"ALTER TABLE passages ALTER embedding TYPE halfvec({int(dimensions)}) USING NULL"))
    session.execute(text("CREATE INDEX ix_passages_embedding ON passages USING hnsw (embedding halfvec_ip_ops)"))


def as_vector(vector: Iterable[float]) -> str:
    """A vector as PostgreSQL reads it."""
    return f"[{','.join(f'{each:.6g}' for each in vector)}]"


def _row(passage: Passage) -> dict[str, object]:
    return {
        "ordinal": passage.ordinal,
        "speakers": list(passage.speakers),
        "words": searchable(passage.text),
        **asdict(passage.stretch),
    }
