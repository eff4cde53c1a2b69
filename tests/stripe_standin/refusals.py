"""Stripe's error object, with the status, type and code that its reference documents."""

from typing import Any


class Refusal(Exception):
    """A request that is answered with an error. `details` are further fields of the error object."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        **details: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        fields = {"code": code, "message": message, "param": param, "type": kind, **details}
        self.body = {"error": {name: value for name, value in fields.items() if value is not None}}


def missing(kind: str, object_id: str, *, param: str = "id", status: int = 404) -> Refusal:
    """404 where the address names the object, 400 where a parameter does."""
    name = kind.split(".")[-1].replace("_", " ")
    return Refusal(f"No such {name}: '{object_id}'", status=status, code="resource_missing", param=param)


def declined(code: str, decline_code: str | None, message: str, intent: dict[str, Any]) -> Refusal:
    return Refusal(
        message,
        status=402,
        kind="card_error",
        code=code,
        decline_code=decline_code,
        charge=intent["latest_charge"],
        payment_intent=intent,
    )
