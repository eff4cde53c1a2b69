"""Lanes: pieces of a recording decoded side by side, their decoders in step.

Writing text is bound by memory: for every token the decoder reads all its weights, for one piece as for eight. So the
lanes' calls to `generate` are gathered and answered together. What reads sound (encoding, aligning) gains nothing from
that on a CPU, and stays each lane's own.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from ctranslate2 import StorageView


class Stopped(Exception):
    """The lanes were told to stop: nobody waits for the rest."""


@dataclass(slots=True)
class _Request:
    """What one lane asks: the text of one encoded window of 30 s after one prompt."""

    features: StorageView
    prompt: list[int]
    options: dict[str, Any]
    answers: list[Any] = field(default_factory=list)
    error: Exception | None = None

    @property
    def is_answered(self) -> bool:
        return bool(self.answers) or self.error is not None

    @property
    def kind(self) -> str:
        """Only requests of one kind are answered together; the library wants all prompts of a batch equally long."""
        return f"{len(self.prompt)} {sorted(self.options.items())}"


class Lockstep:
    """A CTranslate2 Whisper whose `generate` waits until every lane in step asks, and answers all at once."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._moved = threading.Condition()
        self._asked: list[_Request] = []
        self._stopped = False
        self._lanes = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    @contextmanager
    def in_step(self) -> Iterator[None]:
        """The calling thread is one of the lanes for the block: the others wait for it."""
        with self._moved:
            self._lanes += 1
        try:
            yield
        finally:
            with self._moved:
                self._lanes -= 1
                complete = self._take_if_complete()
            self._answer(complete)

    def stop(self) -> None:
        """Have every lane raise Stopped where it next asks."""
        with self._moved:
            self._stopped = True
            self._moved.notify_all()

    def generate(self, features: StorageView, prompts: Sequence[list[int]], **options: Any) -> list[Any]:
        """As CTranslate2's, for one window. Raises what the library raises, and Stopped."""
        request = _Request(features, prompts[0], options)
        with self._moved:
            if self._stopped:
                raise Stopped()
            self._asked.append(request)
            complete = self._take_if_complete()
        self._answer(complete)
        with self._moved:
            self._moved.wait_for(lambda: request.is_answered or self._stopped)
        if self._stopped:
            raise Stopped()
        if request.error is not None:
            raise request.error
        return request.answers

    def _take_if_complete(self) -> list[_Request]:
        """All requests, where no lane is left that might ask; else none."""
        if len(self._asked) < self._lanes:
            return []
        asked, self._asked = self._asked, []
        return asked

    def _answer(self, requests: list[_Request]) -> None:
        """Answer the requests, kind by kind. Whoever asked last, or left, does this for all."""
        kinds: dict[str, list[_Request]] = {}
        for request in requests:
            kinds.setdefault(request.kind, []).append(request)
        for alike in kinds.values():
            try:
                results = self._model.generate(
                    _joined([request.features for request in alike]),
                    [request.prompt for request in alike],
                    **alike[0].options,
                )
            except Exception as error:
                for request in alike:
                    request.error = error
            else:
                for request, result in zip(alike, results, strict=True):
                    request.answers = [result]
            with self._moved:
                self._moved.notify_all()


def _joined(windows: Sequence[StorageView]) -> StorageView:
    """Encoded windows, shape (1, frames, states) each, as one batch."""
    if len(windows) == 1:
        return windows[0]
    return StorageView.from_array(np.concatenate([np.array(window) for window in windows]))
