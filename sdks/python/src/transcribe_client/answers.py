"""What everything that the API answers has in common."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """Fields that a newer server adds are kept, and found under their names; none is an error."""

    model_config = ConfigDict(extra="allow", protected_namespaces=())

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Secrets that are told once are not told to every log."""
        for name, value in super().__repr_args__():
            yield name, "…" if value and name is not None and name.endswith("secret") else value
