"""What the command says: JSON on standard output, everything for people on standard error."""

import json
import os
import sys
from typing import Any, TextIO

from transcribe_client.answers import Answer
from transcribe_client.errors import APIError, TranscribeError, TranscriptionFailedError
from transcribe_client.progress import Progress

BAR = 24
ERASE = "\r\033[K"


class Console:
    """`is_quiet` leaves progress out. On a terminal it is one line that changes, elsewhere a line for each stage."""

    def __init__(self, *, is_quiet: bool = False, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._err = err or sys.stderr
        self._is_quiet = is_quiet
        self._is_terminal = self._err.isatty() and os.environ.get("TERM") != "dumb"
        self._has_colors = self._is_terminal and not os.environ.get("NO_COLOR")
        self._shown = ""

    def answer(self, answer: Answer | dict[str, Any]) -> None:
        """One JSON document: a line of its own, or indented for people."""
        value = as_json(answer) if isinstance(answer, Answer) else answer
        self._erase()
        indent = 2 if self._out.isatty() else None
        print(json.dumps(value, ensure_ascii=False, indent=indent), file=self._out, flush=True)

    def raw(self, content: bytes) -> None:
        """A file itself."""
        self._erase()
        self._out.flush()
        self._out.buffer.write(content)
        self._out.buffer.flush()

    def note(self, text: str) -> None:
        """A line for people."""
        if not self._is_quiet:
            self._erase()
            print(text, file=self._err, flush=True)

    def trouble(self, text: str) -> None:
        """A line for people that is told in any case."""
        self._erase()
        print(f"\033[31m{text}\033[0m" if self._has_colors else text, file=self._err, flush=True)

    def progress(self, name: str, progress: Progress) -> None:
        if self._is_quiet:
            return
        if self._is_terminal:
            filled = round(BAR * min(1.0, max(0.0, progress.fraction)))
            bar, rest = "█" * filled, "░" * (BAR - filled)
            bar = f"\033[32m{bar}\033[0m{rest}" if self._has_colors else bar + rest
            line = f"{bar} {progress.fraction:4.0%}  {progress.stage}  {name}"
            print(f"{ERASE}{line}", end="", file=self._err, flush=True)
            self._shown = line
        elif (line := f"{name}: {progress.stage}") != self._shown:
            print(line, file=self._err, flush=True)
            self._shown = line

    def _erase(self) -> None:
        if self._is_terminal and self._shown:
            print(ERASE, end="", file=self._err, flush=True)
            self._shown = ""


def as_json(answer: Answer) -> dict[str, Any]:
    """As the service said it, fields that this version does not know included."""
    return answer.model_dump(mode="json", exclude_unset=True)


def error_json(error: BaseException) -> dict[str, Any]:
    """An error for programs."""
    if isinstance(error, APIError):
        fields = ("type", "code", "message", "param", "status", "request_id", "doc_url")
        return {name: getattr(error, name) for name in fields}
    if isinstance(error, TranscriptionFailedError):
        return {"code": error.code, "message": error.message}
    kind = type(error).__name__ if isinstance(error, TranscribeError) else "OSError"
    return {"code": kind, "message": str(error)}
