"""The chunks of a recording, each heard by itself, as the whole that they are parts of."""

from collections.abc import Callable, Sequence

from speech.engines.client import EngineResult
from speech.transcript import Segment, Transcript, in_order


def joined(parts: Sequence[EngineResult]) -> EngineResult:
    """One result of those of the parts, which are in time order and have their times in the whole recording.

    Its language is that of the part in which most is said, its length that of the longest.
    """
    heard = [part.transcript for part in parts]
    duration_seconds = max(part.duration_seconds for part in heard)
    spoken = max(heard, key=lambda part: (part.language is not None, part.speech_seconds))
    transcript = Transcript(
        language=spoken.language,
        duration_seconds=duration_seconds,
        speech_seconds=sum(part.speech_seconds for part in heard),
        segments=in_order((segment for part in heard for segment in part.segments), duration_seconds),
        transcribed_seconds=sum(part.transcribed_seconds for part in heard),
    )
    return EngineResult(transcript, parts[0].model, sum(part.engine_seconds for part in parts))


class InOrder:
    """Hands on the segments of parts that are heard at the same time, each as soon as all before it were handed on.

    The first `known` segments of all were handed on by somebody else. `next` is the number of the part that is due.
    """

    def __init__(self, hand_on: Callable[[Sequence[Segment]], None], *, known: int = 0) -> None:
        self.next = 0
        self._hand_on = hand_on
        self._known = known

    def so_far(self, number: int, segments: Sequence[Segment]) -> None:
        """What is known of a part that is still being heard, from its beginning."""
        if number == self.next and len(segments) > self._known:
            self._hand_on(segments[self._known :])
            self._known = len(segments)

    def whole(self, segments: Sequence[Segment]) -> None:
        """The part that is due, which was heard to its end."""
        self.so_far(self.next, segments)
        self.next += 1
        self._known = max(0, self._known - len(segments))
