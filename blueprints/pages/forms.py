"""A form as a template needs it: what was typed, and what was wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import request

from blueprints.inputs import NewTranscription, listed, read
from blueprints.pages.pairs import read_pairs
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


# What no field of the handlers is for: it names the form that was sent.
ATTEMPT = "attempt"
URL_HEADERS = "url_headers"
PLAIN = {
    "url": "Give a link, one a line, or choose files.",
    "speakers_expected": "Say a number of speakers from 1 to 20.",
    "max_cost_usd": "Say the most it may cost in dollars, such as 2.50.",
    "vocabulary": "Give up to 100 names and terms, one a line, each of up to 300 characters.",
    "tags": "Give up to 20 tags with commas between them, each of up to 40 characters.",
    "title": "A title has up to 300 characters.",
    "url_headers": "Give up to 5 headers that can be sent along, such as Authorization: Bearer …, and none twice.",
    "metadata": "Give up to 50 pairs. A name has up to 40 characters, a value up to 500.",
}


def new_transcription(urls: Sequence[str] = (), **source: str) -> NewTranscription:
    """What the form of the list asks to have transcribed: the first of these links, or `source` in their place."""
    values = typed(without=("url", ATTEMPT, URL_HEADERS))
    vocabulary = [line.strip() for line in values.pop("vocabulary", "").splitlines() if line.strip()]
    numbers = {name: int(value) for name, value in values.items() if name == "speakers_expected" and value.isdecimal()}
    answers = {"true": True, "false": False}
    choices = {name: answers[value] for name, value in values.items() if name == "diarize" and value in answers}
    lists = {"vocabulary": vocabulary, "tags": listed(values.pop("tags", ""))}
    wish = values.pop("retention", "")
    kept = {"retention": {"media": int(wish) if wish.isdecimal() else wish}} if wish else {}
    link = {"source": "external_url", **({"url": urls[0]} if urls else {})}
    pairs = {
        "metadata": read_pairs(values.pop("metadata", ""), param="metadata"),
        URL_HEADERS: {} if source else read_pairs(request.form.get(URL_HEADERS, ""), param=URL_HEADERS),
    }
    try:
        return read(NewTranscription, {**values, **numbers, **choices, **lists, **kept, **pairs, **(source or link)})
    except Invalid as error:
        error.fields = {name: PLAIN.get(name, message) for name, message in error.fields.items()}
        error.message = PLAIN.get(error.param or "", error.message)
        raise


def typed_links() -> list[str]:
    """The links of the form, one a line."""
    return [line.strip() for line in request.form.get("url", "").splitlines() if line.strip()]


def rejected(error: Invalid, *, without: tuple[str, ...] = ()) -> FormState:
    """The form again with its messages; passwords are never sent back."""
    return FormState(typed(without=without), error.fields or {"": error.message})
