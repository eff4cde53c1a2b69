"""A form as a template needs it: what was typed, and what was wrong with it."""

from dataclasses import dataclass, field

from flask import request

from errors import Invalid


@dataclass(frozen=True, slots=True)
class FormState:
    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def typed(*, without: tuple[str, ...] = ()) -> dict[str, str]:
    """What the form sent, fields left empty left out."""
    return {name: value for name, value in request.form.items() if value.strip() and name not in without}


def rejected(error: Invalid, *, without: tuple[str, ...] = ()) -> FormState:
    """The form again with its messages; passwords are never sent back."""
    return FormState(typed(without=without), error.fields or {"": error.message})
