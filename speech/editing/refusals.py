"""The one error for whatever cannot be done to a transcript."""


class EditRefused(Exception):
    """The message is a sentence for whoever edits; `field` is the part of the edit that is to blame."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field
