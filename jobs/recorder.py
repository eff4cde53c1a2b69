"""What the engine says of a recording, stored about once a second while it comes, under the lease."""

import time
from collections.abc import Sequence

from db import transaction
from handlers.processing import Lease, add_segments
from jobs.lease import RENEW_EVERY_SECONDS
from speech.transcript import Segment

STORE_EVERY_SECONDS = 1.0


class Recorder:
    """Collects what the engine says and stores it. `shown` are the segments that are stored already.

    Words are `words_share` of the whole work; what is left of it is finding the speakers.
    """

    def __init__(self, lease: Lease, words_share: float, shown: Sequence[Segment] = ()) -> None:
        self.lease = lease
        self.words_share = words_share
        self.heard: list[Segment] = list(shown)
        self.stored = len(self.heard)
        self.done = 0.0
        self.last = time.monotonic()

    def segments(self, segments: Sequence[Segment]) -> None:
        self.heard += segments

    def progress(self, done: float, total: float) -> None:
        self.done = self.words_share * _share(done, total)

    def speakers_progress(self, done: float, total: float) -> None:
        self.done = self.words_share + (1 - self.words_share) * _share(done, total)

    def tick(self) -> None:
        fresh = self.heard[self.stored :]
        if time.monotonic() - self.last < (STORE_EVERY_SECONDS if fresh else RENEW_EVERY_SECONDS):
            return
        with transaction() as session:
            add_segments(session, self.lease, fresh, first_number=self.stored, done=self.done)
        self.stored += len(fresh)
        self.last = time.monotonic()


def _share(done: float, total: float) -> float:
    return done / total if total else 0.0
