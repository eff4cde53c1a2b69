"""A form as a template needs it: what was typed, and what was wrong with it."""

from dataclasses import dataclass, field

from flask import request

from blueprints.inputs import NewTranscription, read
from errors import Invalid


@dataclass(frozen=True, slots=True)
class FormState:
    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def typed(*, without: tuple[str, ...] = ()) -> dict[str, str]:
    """What the form sent, fields left empty left out."""
    return {name: value for name, value in request.form.items() if value.strip() and name not in without}


def asked() -> dict[str, str]:
    """The same of a form that is part of the address."""
    return {name: value for name, value in request.args.items() if value.strip()}


def new_transcription(**source: str) -> NewTranscription:
    """What the form of the list asks to have transcribed; `source` in place of the link where there is an upload."""
    values = typed(without=("url",)) if source else {"source": "external_url", **typed()}
    vocabulary = [line.strip() for line in values.pop("vocabulary", "").splitlines() if line.strip()]
    numbers = {name: int(value) for name, value in values.items() if name == "speakers_expected" and value.isdecimal()}
    return read(NewTranscription, {**values, **numbers, **source, "vocabulary": vocabulary})


def rejected(error: Invalid, *, without: tuple[str, ...] = ()) -> FormState:
    """The form again with its messages; passwords are never sent back."""
    return FormState(typed(without=without), error.fields or {"": error.message})
