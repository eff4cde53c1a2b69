"""`transcribe run`: some files and URLs, once."""

import argparse
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from transcribe_client.cli.console import Console, as_json, error_json
from transcribe_client.cli.exit_codes import FOR_ALL, BudgetError, ExitCode, UsageError, exit_code
from transcribe_client.cli.recipes import Recipe, beside, price, recipe_of
from transcribe_client.client import Client, is_url
from transcribe_client.errors import TranscribeError, TranscriptionFailedError
from transcribe_client.models import Transcription
from transcribe_client.params import NewTranscription
from transcribe_client.progress import OnProgress


@dataclass
class Job:
    """One source on its way."""

    source: str
    body: NewTranscription | None = None
    transcription: Transcription | None = None
    error: Exception | None = None

    @property
    def name(self) -> str:
        """The file's name, of a URL the last part of its path."""
        path = unquote(re.split(r"[?#]", self.source)[0]) if is_url(self.source) else self.source
        return Path(path).name or self.source


def run(client: Client, arguments: argparse.Namespace, console: Console) -> int:
    """Transcribe every source; the exit code is that of the first that failed."""
    return _Run(client, arguments, console).all()


class _Run:
    """Everything is begun before anything is waited for, so that the service has all of it to work on."""

    def __init__(self, client: Client, arguments: argparse.Namespace, console: Console) -> None:
        self._client = client
        self._console = console
        self._recipe: Recipe = recipe_of(arguments)
        self._budget_usd: Decimal | None = arguments.budget_usd
        self._timeout: float | None = arguments.timeout
        self._waits = not arguments.no_wait
        self._to_stdout = arguments.out == "-"
        self._folder = Path("." if arguments.out in (None, "-") else arguments.out)
        self._jobs = [Job(source) for source in dict.fromkeys(arguments.source)]
        self._written: list[Path] = []
        self._check(arguments)

    def _check(self, arguments: argparse.Namespace) -> None:
        if arguments.title and len(self._jobs) > 1:
            raise UsageError("--title is for one source.")
        if self._to_stdout and (len(self._jobs), len(self._recipe.formats), self._waits) != (1, 1, True):
            raise UsageError("--out - is for one source in one format.")
        for job in self._jobs:
            if not is_url(job.source) and not Path(job.source).is_file():
                raise UsageError(f"There is no file {job.source}.")

    def all(self) -> int:
        if self._recipe.formats and not self._to_stdout:
            self._folder.mkdir(parents=True, exist_ok=True)
        if self._budget_usd is not None or self._recipe.most_each_usd is not None:
            self._stay_within_budget()
        untold = list(self._jobs)
        try:
            for job in self._jobs:
                self._try(job, self._begin)
            while untold:
                self._try(untold[0], self._finish)
                self._tell(untold.pop(0))
        except KeyboardInterrupt:
            if going_on := [job.transcription.id for job in untold if job.transcription is not None]:
                self._console.trouble(f"The service goes on with {', '.join(going_on)}.")
            raise
        return next((exit_code(job.error) for job in self._jobs if job.error is not None), ExitCode.OK)

    def _try(self, job: Job, step: Callable[[Job], None]) -> None:
        """One recording's trouble is no other's, unless it is the key's or the wallet's."""
        if job.error is not None:
            return
        try:
            step(job)
        except (TranscribeError, OSError) as error:
            job.error = error
            if exit_code(error) in FOR_ALL:
                for other in self._jobs:
                    if other.transcription is None:
                        other.error = other.error or error

    def _stay_within_budget(self) -> None:
        """Ask for every price before anything is sent. What is too dear by itself is left out; where all of it together
        is, all is."""
        costs: list[Decimal] = []

        def ask(job: Job) -> None:
            cost = price(self._client.quotes.create(**self._body(job)), self._recipe.most_each_usd)
            if cost is None and self._budget_usd is not None:
                raise BudgetError("How long it is cannot be told beforehand; say --max-cost-usd for it, too.")
            costs.append(cost or Decimal(0))

        for job in self._jobs:
            self._try(job, ask)
        total = sum(costs, Decimal(0))
        if self._budget_usd is not None and total > self._budget_usd:
            too_much = BudgetError(f"It would cost ${total:f}; the budget is ${self._budget_usd:f}. Nothing was sent.")
            for job in self._jobs:
                job.error = job.error or too_much
        for job in self._jobs:
            if isinstance(job.error, BudgetError) and job.body is not None and (upload_id := job.body.get("upload_id")):
                self._client.uploads.delete(upload_id)

    def _body(self, job: Job) -> NewTranscription:
        """The body of a quote or a create; a file is uploaded for it, once."""
        if job.body is None and is_url(job.source):
            job.body = self._recipe.body({"source": "external_url", "url": job.source})
        elif job.body is None:
            upload = self._client.uploads.send(job.source, on_progress=self._shows(job))
            job.body = self._recipe.body({"source": "upload", "upload_id": upload.id})
        return job.body

    def _begin(self, job: Job) -> None:
        job.transcription = self._client.transcriptions.create(**self._body(job))

    def _finish(self, job: Job) -> None:
        if job.transcription is None or not self._waits:
            return
        made = job.transcription
        job.transcription = self._client.transcriptions.wait(
            made.id, timeout=self._timeout, on_progress=self._shows(job)
        )
        if job.transcription.status == "failed":
            raise TranscriptionFailedError(job.transcription)

    def _tell(self, job: Job) -> None:
        """Write its files, and say what came of it."""
        told: dict[str, Any] = {"source": job.source}
        self._try(job, lambda job: told.update(self._outcome(job)))
        if job.transcription is not None:
            told["transcription"] = as_json(job.transcription)
        if job.error is not None:
            told["error"] = error_json(job.error)
            self._console.trouble(f"{job.source}: {job.error}")
        if job.error is not None or not self._to_stdout:
            self._console.answer(told)

    def _outcome(self, job: Job) -> dict[str, Any]:
        """The files that were asked for, or the result itself."""
        if job.transcription is None or not self._waits:
            return {}
        if not self._recipe.formats:
            return {"result": as_json(self._client.transcriptions.result(job.transcription.id))}
        files = []
        for ending, file in self._recipe.exported(self._client, job.transcription.id):
            if self._to_stdout:
                self._console.raw(file.content)
            else:
                files.append(file.save(beside(self._folder, job.name, ending, self._written)))
        self._written += files
        return {"files": [str(file) for file in files]}

    def _shows(self, job: Job) -> OnProgress:
        return lambda progress: self._console.progress(job.name, progress)
