"""`transcribe watch`: each recording of a folder, once.

It is sent once although this may be ended at any moment: the upload is noted before its bytes go out, the create
carries a key made of the content and the upload, and a transcription of the same content is looked for before one is
made.
"""

import argparse
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from transcribe_client.cli.console import Console, as_json, error_json
from transcribe_client.cli.exit_codes import FOR_ALL, BudgetError, ExitCode, SpentError, UsageError, exit_code
from transcribe_client.cli.recipes import beside, price, recipe_of
from transcribe_client.cli.watched import Entry, StateFile
from transcribe_client.client import Client
from transcribe_client.errors import (
    NotFoundError,
    TranscribeError,
    TranscriptionFailedError,
    UnexpectedAnswerError,
    UploadError,
)
from transcribe_client.models import Transcription, Upload
from transcribe_client.recordings import TYPES
from transcribe_client.retries import may_pass

STATE_NAME = ".transcribe.json"
LABEL = "watched_sha256"
RECORDINGS = {
    *TYPES,
    ".3gp",
    ".ac3",
    ".aif",
    ".aiff",
    ".au",
    ".avi",
    ".m4v",
    ".mov",
    ".mp2",
    ".mp4",
    ".mpg",
    ".ts",
    ".wmv",
}


def watch(client: Client, arguments: argparse.Namespace, console: Console) -> int:
    """Look, transcribe, and look again, until it is interrupted."""
    if not arguments.folder.is_dir():
        raise UsageError(f"There is no folder {arguments.folder}.")
    if arguments.out is not None:
        arguments.out.mkdir(parents=True, exist_ok=True)
    with StateFile(arguments.state or arguments.folder / STATE_NAME).held() as state_file:
        return _Watch(client, arguments, console, state_file).until_ended()


class _Watch:
    def __init__(self, client: Client, arguments: argparse.Namespace, console: Console, state_file: StateFile) -> None:
        self._client = client
        self._console = console
        self._state_file = state_file
        recipe = recipe_of(arguments)
        self._recipe = replace(recipe, formats=recipe.formats or ["txt", "json"])
        self._folder: Path = arguments.folder
        self._out: Path = arguments.out or arguments.folder
        self._budget_usd: Decimal | None = arguments.budget_usd
        self._every_seconds: float = arguments.every
        self._settle_seconds: float = arguments.settle
        self._once: bool = arguments.once
        self._first_trouble: ExitCode = ExitCode.OK
        if arguments.retry_failed:
            recordings = state_file.state.recordings
            for digest in [key for key, entry in recordings.items() if entry.outcome in ("failed", "refused")]:
                del recordings[digest]

    def until_ended(self) -> int:
        while True:
            try:
                for path in self._quiet():
                    self._look_at(path)
            except TranscribeError as error:
                if self._once or not may_pass(error):
                    raise
                self._console.trouble(f"{error} Trying again.")
            if self._once:
                return self._first_trouble
            time.sleep(self._every_seconds)

    def _quiet(self) -> list[Path]:
        """Recordings that nobody is writing to any more, by name."""
        before = time.time() - self._settle_seconds
        return [
            path
            for path in sorted(self._folder.iterdir())
            if path.suffix.lower() in RECORDINGS and not path.name.startswith(".") and _changed_at(path) <= before
        ]

    def _look_at(self, path: Path) -> None:
        try:
            digest = self._state_file.digest(path)
        except OSError as error:
            self._console.trouble(f"{path.name}: {error}")
            return
        entry = self._state_file.entry(digest)
        if path.name in entry.files and entry.outcome is not None:
            return
        try:
            self._tell(path, entry, self._transcribed(path, digest, entry))
        except UploadError as error:
            # The store may take it the next time; the other recordings need not wait for that.
            self._first_trouble = self._first_trouble or exit_code(error)
            self._console.trouble(f"{path.name}: {error}")
        except (TranscribeError, OSError) as error:
            if isinstance(error, TranscribeError) and _ends_all(error):
                raise
            self._give_up(path, entry, error)
        self._state_file.save()

    def _transcribed(self, path: Path, digest: str, entry: Entry) -> Transcription:
        """The final transcription of a recording, made unless there is one."""
        if entry.transcription_id is None:
            made = self._made_before(digest) or self._made_now(path, digest, entry)
            entry.transcription_id = made.id
            self._state_file.save()
        done = self._client.transcriptions.wait(
            entry.transcription_id, on_progress=lambda progress: self._console.progress(path.name, progress)
        )
        if done.status == "failed":
            # Another attempt, some day, is another transcription of another upload.
            entry.transcription_id = entry.upload_id = None
            self._state_file.save()
            raise TranscriptionFailedError(done)
        return done

    def _made_before(self, digest: str) -> Transcription | None:
        """One of the same content: its id was not noted any more, or the state file is lost."""
        known = self._client.transcriptions.list(metadata={LABEL: digest})
        return next((each for each in known if each.status != "failed"), None)

    def _made_now(self, path: Path, digest: str, entry: Entry) -> Transcription:
        upload = self._uploaded(path, entry)
        body = self._recipe.body({"source": "upload", "upload_id": upload.id}, metadata={LABEL: digest})
        if self._recipe.most_each_usd is not None or self._budget_usd is not None:
            self._stay_within_budget(price(self._client.quotes.create(**body), self._recipe.most_each_usd))
        return self._client.transcriptions.create(**body, idempotency_key=f"watch-{digest[:32]}-{upload.id}")

    def _uploaded(self, path: Path, entry: Entry) -> Upload:
        """Its upload, complete; one that was begun goes on, unless it was too long ago."""
        for _ in range(2):
            if entry.upload_id is None:
                entry.upload_id = self._client.uploads.begin(path).id
                self._state_file.save()
            try:
                return self._client.uploads.send(
                    path,
                    upload_id=entry.upload_id,
                    on_progress=lambda progress: self._console.progress(path.name, progress),
                )
            except NotFoundError:
                entry.upload_id = None
        raise UsageError(f"{path} cannot be uploaded.")

    def _stay_within_budget(self, cost: Decimal | None) -> None:
        if self._budget_usd is None:
            return
        if cost is None:
            raise BudgetError("How long it is cannot be told beforehand; say --max-cost-usd for it, too.")
        entries = self._state_file.state.recordings.values()
        spent = sum((Decimal(entry.charged_usd or 0) for entry in entries), Decimal(0))
        if spent + cost > self._budget_usd:
            raise SpentError(f"${spent:f} of ${self._budget_usd:f} are spent, and the next costs ${cost:f}.")

    def _tell(self, path: Path, entry: Entry, done: Transcription) -> None:
        """Write the transcript, note that it is done, and say so."""
        taken = self._taken(path, entry)
        made = [
            (beside(self._out, path.name, ending, taken), file)
            for ending, file in self._recipe.exported(self._client, done.id)
        ]
        entry.written = sorted({*entry.written, *(to.name for to, _ in made)})
        self._state_file.save()  # Or what is written now would be somebody else's after a crash.
        for to, file in made:
            file.save(to)
        entry.files.append(path.name)
        entry.outcome, entry.charged_usd = "completed", _text(done.cost.charged_usd)
        self._state_file.save()
        told = {"source": str(path), "transcription": as_json(done), "files": [str(to) for to, _ in made]}
        self._console.answer(told)

    def _taken(self, path: Path, entry: Entry) -> set[Path]:
        """What must not be overwritten: other recordings' transcripts, and what somebody else put there."""
        others = [each for each in self._state_file.state.recordings.values() if each is not entry]
        replaced = [each for each in others if each.files == [path.name]]  # What had this name before.
        own = {name for each in (entry, *replaced) for name in each.written}
        theirs = {self._out / name for each in others if each not in replaced for name in each.written}
        return theirs | {each for each in self._out.iterdir() if each.name not in own}

    def _give_up(self, path: Path, entry: Entry, error: Exception) -> None:
        """Note what cannot be transcribed, so that it is not tried again each time."""
        entry.outcome = "refused" if isinstance(error, BudgetError) else "failed"
        entry.files.append(path.name)
        entry.error = error_json(error)
        self._first_trouble = self._first_trouble or exit_code(error)
        self._console.answer({"source": str(path), "error": entry.error})
        self._console.trouble(f"{path.name}: {error}")


def _ends_all(error: TranscribeError) -> bool:
    """Whether it is no fault of the recording: it is left as it is, to go on with later."""
    is_of_all = isinstance(error, (SpentError, UnexpectedAnswerError))
    return is_of_all or may_pass(error) or exit_code(error) in FOR_ALL


def _changed_at(path: Path) -> float:
    """When a file was changed; never, for what is no file or not there any more."""
    try:
        return path.stat().st_mtime if path.is_file() else float("inf")
    except OSError:
        return float("inf")


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"
