"""What the engine says of a recording, stored about once a second while it comes, under the lease."""

import time
from collections.abc import Sequence

from db import transaction
from handlers.processing import Lease, add_segments
from jobs.lease import RENEW_EVERY_SECONDS
from speech.transcript import Segment

STORE_EVERY_SECONDS = 1.0


class Progress:
    """How much of the work is `done`, 0 to 1: words are `words_share` of it, finding the speakers is the rest."""

    def __init__(self, words_share: float) -> None:
        self.done = 0.0
        self._words_share = words_share

    def words(self, done: float, total: float) -> None:
        self.done = self._words_share * _share(done, total)

    def speakers(self, done: float, total: float) -> None:
        self.done = self._words_share + (1 - self._words_share) * _share(done, total)


class Recorder:
    """Collects what the engine says and stores it. `shown` are the segments that are stored already."""

    def __init__(self, lease: Lease, words_share: float, shown: Sequence[Segment] = ()) -> None:
        self.lease = lease
        self.progress = Progress(words_share)
        self.heard: list[Segment] = list(shown)
        self.stored = len(self.heard)
        self.last = time.monotonic()

    def segments(self, segments: Sequence[Segment]) -> None:
        self.heard += segments

    def tick(self) -> None:
        fresh = self.heard[self.stored :]
        if time.monotonic() - self.last < (STORE_EVERY_SECONDS if fresh else RENEW_EVERY_SECONDS):
            return
        with transaction() as session:
            add_segments(session, self.lease, fresh, first_number=self.stored, done=self.progress.done)
        self.stored += len(fresh)
        self.last = time.monotonic()


def _share(done: float, total: float) -> float:
    return done / total if total else 0.0
