"""Looking something up that has to be there: whatever is not, or is another account's, is the same NotFound."""

from typing import TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import Session

from errors import NotFound

Row = TypeVar("Row")


def found(session: Session, query: Select[Row]) -> Row:
    """The one that the query is about, or NotFound."""
    row = session.scalar(query)
    if row is None:
        raise NotFound()
    return row
