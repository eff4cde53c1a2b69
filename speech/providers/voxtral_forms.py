"""What each generation of Voxtral may be asked for. A new model is one row of RULES.

Source: Mistral's documentation, "Audio transcription" and "Migrate from Voxtral 2".
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Literal

from speech.providers.provider import Wishes

MAX_TERMS = 100

Granularity = Literal["segment", "word"]


@dataclass(frozen=True, slots=True)
class Rules:
    """`times_words`: the granularity `word` is known. `language_beside_times`: a language may be named though times
    are asked for, as we always do. `phrases`: a term may have several words."""

    times_words: bool = False
    language_beside_times: bool = False
    phrases: bool = False


# What no generation minds.
CAREFUL = Rules()
SECOND = Rules(times_words=True)
THIRD = Rules(language_beside_times=True, phrases=True)
RULES = (
    ("voxtral-mini-2602", SECOND),
    ("voxtral-mini-latest", SECOND),
    ("voxtral-*-transcribe-3*", THIRD),
    ("voxtral-*-transcribe-latest", THIRD),
)


def rules_of(model: str) -> Rules:
    """The rules of a model by its name; of one that we do not know, the most careful."""
    return next((rules for pattern, rules in RULES if fnmatchcase(model, pattern)), CAREFUL)


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a request but for the audio. Speakers are only told with segments."""

    model: str
    diarize: bool
    granularity: Granularity
    language: str | None = None
    terms: tuple[str, ...] = ()

    def fields(self) -> Mapping[str, str | Sequence[str]]:
        fields: dict[str, str | Sequence[str]] = {
            "model": self.model,
            "timestamp_granularities": [self.granularity],
            "context_bias": self.terms,
        }
        if self.diarize:
            fields["diarize"] = "true"
        if self.language is not None:
            fields["language"] = self.language
        return {name: value for name, value in fields.items() if value}

    def careful(self) -> "Form":
        """The form asked for in a way that no generation minds."""
        return replace(self, granularity="segment", language=None, terms=bias_terms(self.terms, CAREFUL))


def form_of(model: str, wishes: Wishes) -> Form:
    """The most that the model may be asked for of what is wished."""
    rules = rules_of(model)
    return Form(
        model=model,
        diarize=wishes.diarize,
        granularity="word" if rules.times_words and not wishes.diarize else "segment",
        language=_two_letters(wishes.language) if rules.language_beside_times else None,
        terms=bias_terms(wishes.vocabulary, rules),
    )


def bias_terms(vocabulary: Sequence[str], rules: Rules) -> tuple[str, ...]:
    """The first 100 different terms, their words joined by underscores where phrases are refused."""
    space = " " if rules.phrases else "_"
    gap = r"\s+" if rules.phrases else r"[\s,]+"
    terms = (space.join(filter(None, re.split(gap, _printable(term)))) for term in vocabulary)
    return tuple(dict.fromkeys(filter(None, terms)))[:MAX_TERMS]


def _printable(term: str) -> str:
    return "".join(character if character.isprintable() else " " for character in term)


def _two_letters(language: str | None) -> str | None:
    return language if language is not None and re.fullmatch("[a-z]{2}", language) else None
