"""Finding the moment: by words and by meaning, in one transcript or in the whole library."""

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from errors import NotFound
from handlers.library import Filters, conditions
from handlers.transcriptions import KEPT, owned
from insights.embeddings import understands
from insights.exchange import EmbeddingsUnavailable
from insights.search import retrieval
from insights.search.excerpts import Excerpt, excerpts
from insights.search.indexing import dimensions
from insights.search.lexemes import configuration
from insights.search.passage_queries import Scope
from insights.search.retrieval import Hit, Looked, best_hits, look
from insights.search.sources import with_texts
from models import Account, Transcription
from runtime import config, embeddings

log = logging.getLogger(__name__)

# Somebody waits; without a vector the words still find something.
QUESTION_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where to look: in transcriptions that pass the filters, in some of them by public id, in what one person says.

    None and empty mean no restriction. A speaker goes by the name that is shown.
    """

    filters: Filters | None = None
    transcription_ids: Collection[str] | None = None
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that was found, and the transcription it is in."""

    transcription: Transcription
    excerpt: Excerpt


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found, the best first, and whether meaning counted or words alone."""

    moments: Sequence[Moment]
    searched_by: Literal["hybrid", "words"]


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is looked for and where, as `insights.search.retrieval` takes it."""

    scope: Scope
    question: retrieval.Question


def search(session: Session, account: Account, text: str, place: Place, *, limit: int) -> Findings:
    """The moments that fit the text best. Raises NotFound where a transcription that is named is not the account's."""
    inquiry = inquire(session, account, text, place)
    looked, hits = best(session, inquiry, limit)
    found = with_texts(session, hits)
    shown = excerpts(session, looked, found, inquiry.question.configurations)
    rows = transcriptions_by_id(session, {excerpt.hit.transcription_id for excerpt in shown})
    return Findings(
        [Moment(rows[excerpt.hit.transcription_id], excerpt) for excerpt in shown],
        "words" if looked.terms.vector is None else "hybrid",
    )


def inquire(session: Session, account: Account, text: str, place: Place) -> Inquiry:
    """The text, whose vector is made meanwhile, unless nothing in the place has one. Raises NotFound."""
    if place.transcription_ids is not None:
        check_owned(session, account, place.transcription_ids)
    # Asked for before it is known whether it is of use: finding that out takes as long as some vectors do.
    receive = embeddings().question_meanwhile(text, timeout_seconds=QUESTION_SECONDS)
    ids, languages = _ids_and_languages(session, account, place)
    model = config().embedding_model
    is_understood = any(understands(model, language) for language in languages)
    return Inquiry(
        Scope(account.id, ids, [place.speaker] if place.speaker else None),
        retrieval.Question(
            text,
            _vector(session, receive) if is_understood else None,
            sorted({configuration(language) for language in languages}),
        ),
    )


def check_owned(session: Session, account: Account, public_ids: Collection[str]) -> None:
    """Raises NotFound where one of the transcriptions is not the account's."""
    found = owned(account, KEPT, Transcription.public_id.in_(public_ids)).with_only_columns(func.count())
    if session.scalar(found) != len(set(public_ids)):
        raise NotFound()


def best(session: Session, inquiry: Inquiry, limit: int) -> tuple[Looked, list[Hit]]:
    """The best hits, and what was looked at for them."""
    looked = look(session, inquiry.scope, inquiry.question, limit)
    return looked, best_hits(session, inquiry.scope.account_id, looked, limit)


def transcriptions_by_id(session: Session, ids: Collection[int]) -> dict[int, Transcription]:
    return {row.id: row for row in session.scalars(select(Transcription).where(Transcription.id.in_(ids)))}


def _ids_and_languages(
    session: Session, account: Account, place: Place
) -> tuple[Sequence[int] | None, Collection[str | None]]:
    """The transcriptions of the place, None for the whole library, and the languages that are spoken in them."""
    there = _owned(account, place)
    if place.transcription_ids is None and place.filters is None:
        return None, session.scalars(there.with_only_columns(Transcription.language).distinct()).all()
    columns = func.array_agg(Transcription.id), func.array_agg(Transcription.language.distinct())
    ids, languages = session.execute(there.with_only_columns(*columns)).one()
    return ids or [], languages or []


def _owned(account: Account, place: Place) -> Select[Transcription]:
    query = owned(account, KEPT, *conditions(place.filters or Filters()))
    if place.transcription_ids is not None:
        query = query.where(Transcription.public_id.in_(place.transcription_ids))
    return query


def _vector(session: Session, receive: Callable[[], Iterable[float]]) -> retrieval.Vector:
    stored = dimensions(session)

    def vector() -> Sequence[float] | None:
        try:
            received = list(map(float, receive()))
        except EmbeddingsUnavailable:
            log.warning("searched by words alone, since the embedding model does not answer")
            return None
        if len(received) != stored:
            log.error("searched by words alone: EMBEDDING_MODEL was changed, so flask search rebuild has to be run")
            return None
        return received

    return vector
