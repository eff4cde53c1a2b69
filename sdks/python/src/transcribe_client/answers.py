"""What everything that the API answers has in common."""

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """Fields that a newer server adds are kept, and found under their names; none is an error."""

    model_config = ConfigDict(extra="allow", protected_namespaces=())
