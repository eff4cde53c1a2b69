"""What a command line says about how to transcribe, what files to make of it, and what may be spent."""

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import cast

from transcribe_client.cli.exit_codes import BudgetError
from transcribe_client.client import Client
from transcribe_client.files import File
from transcribe_client.models import Quote
from transcribe_client.params import ExportTranscriptionQuery, NewTranscription, TranscriptionOptions

# How the name of a file ends, by its format.
ENDINGS = {
    "srt": ".srt",
    "vtt": ".vtt",
    "vtt_karaoke": ".karaoke.vtt",
    "txt": ".txt",
    "md": ".md",
    "docx": ".docx",
    "pdf": ".pdf",
    "csv": ".csv",
    "json": ".json",
    "chapters_youtube": ".chapters.txt",
    "chapters_podcast": ".chapters.json",
}


@dataclass(frozen=True)
class Recipe:
    """Options of a create, formats to export and their options, and what one transcription may cost."""

    options: TranscriptionOptions
    formats: Sequence[str]
    export: ExportTranscriptionQuery
    most_each_usd: Decimal | None

    def body(self, source: NewTranscription, *, metadata: dict[str, str] | None = None) -> NewTranscription:
        """The body of a create. What may be spent goes along, so that the service holds to it too."""
        body = cast(NewTranscription, {**self.options, **source})
        if metadata:
            body["metadata"] = {**self.options.get("metadata", {}), **metadata}
        if self.most_each_usd is not None:
            body["max_cost_usd"] = self.most_each_usd
        return body

    def exported(self, client: Client, transcription_id: str) -> Iterable[tuple[str, File]]:
        """The files of a completed transcription by how their names end."""
        for chosen in self.formats:
            query = cast(ExportTranscriptionQuery, {**self.export, "format": chosen})
            yield ENDINGS[chosen], client.transcriptions.export(transcription_id, **query)


def recipe_of(arguments: argparse.Namespace) -> Recipe:
    chosen = {
        "language": arguments.language,
        "pipeline_code": arguments.pipeline,
        "diarize": arguments.diarize,
        "speakers_expected": arguments.speakers,
        "vocabulary": arguments.vocabulary,
        "title": getattr(arguments, "title", None),
        "metadata": dict(arguments.metadata or ()),
        "retention": None if arguments.retention is None else {"media": arguments.retention},
    }
    export = {"preset": arguments.preset, "max_chars_per_line": arguments.max_chars_per_line}
    return Recipe(
        cast(TranscriptionOptions, _given(chosen)),
        arguments.format or [],
        cast(ExportTranscriptionQuery, _given(export)),
        arguments.max_cost_usd,
    )


def price(quote: Quote, most_usd: Decimal | None) -> Decimal | None:
    """What it will cost at most; a BudgetError where that is more than `most_usd`.

    Where the length cannot be told beforehand it is `most_usd`, to which the service holds by itself; else None.
    """
    if quote.total_usd is None or most_usd is None:
        return most_usd if quote.total_usd is None else quote.total_usd
    if quote.total_usd > most_usd:
        raise BudgetError(f"It would cost ${quote.total_usd:f}, more than ${most_usd:f}. Nothing was charged.")
    return quote.total_usd


def beside(folder: Path, source_name: str, ending: str, taken: Iterable[Path] = ()) -> Path:
    """Where a file of a recording goes: `talk.mp3` becomes `talk.srt`, or `talk.mp3.srt` where that is taken."""
    short = folder / (Path(source_name).stem + ending)
    return short if short not in set(taken) else folder / (source_name + ending)


def _given(values: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None and value not in ({}, [])}
