"""Looking something up that has to be there: whatever is not, or is another account's, is the same NotFound."""

from collections.abc import Mapping
from typing import TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import Session

from errors import NotFound

Row = TypeVar("Row")


def found(session: Session, query: Select[Row], values: Mapping[str, object] | None = None) -> Row:
    """The one that the query is about, with these values for its parameters, or NotFound."""
    row = session.scalars(query, values).unique().one_or_none()
    if row is None:
        raise NotFound()
    return row
