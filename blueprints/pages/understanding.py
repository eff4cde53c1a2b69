"""What was made of a transcript, as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from blueprints.pages.windows import Window, window_at
from models import Artifact, ArtifactKind, ArtifactStatus, Question, Status, Transcription

SHOWN = (ArtifactKind.SUMMARY, ArtifactKind.CHAPTERS, ArtifactKind.TOPICS)


@dataclass(frozen=True, slots=True)
class Understanding:
    """The artifacts of a transcription that was read with their contents, and where the moments in them are."""

    transcription: Transcription
    windows: Sequence[Window]

    def __getitem__(self, kind: str) -> Artifact | None:
        return self.transcription.artifact(ArtifactKind(kind))

    @property
    def pending(self) -> list[str]:
        """What is still to be made, or to be made again."""
        return self._with_status(ArtifactStatus.PENDING)

    @property
    def failed(self) -> list[str]:
        return self._with_status(ArtifactStatus.FAILED)

    @property
    def made_by(self) -> list[str]:
        """Who made what is shown, in words."""
        shown = [artifact for artifact in map(self.__getitem__, SHOWN) if artifact is not None]
        return list(dict.fromkeys(words for artifact in shown if (words := made_by(artifact))))

    @property
    def is_stale(self) -> bool:
        return any(artifact.is_stale for artifact in self.transcription.artifacts)

    def address(self, seconds: float) -> str:
        """The page at this moment, by a link that works without script."""
        window = window_at(self.windows, None, str(seconds))
        return f"?t={seconds:.2f}#window-{window.number if window else 0}"

    def _with_status(self, status: ArtifactStatus) -> list[str]:
        made = {artifact.kind: artifact.status for artifact in self.transcription.artifacts}
        return [kind.value for kind in SHOWN if made.get(kind) is status]


def made_by(made: Artifact | Question) -> str | None:
    """Who made it, in words; None where there was nothing to make."""
    if made.engine == "llm":
        return f"Written by {made.model}"
    return "Extracted from the transcript" if made.engine == "extractive" else None


def understanding_of(transcription: Transcription, windows: Sequence[Window]) -> Understanding | None:
    """None where nothing is there to be understood, or not yet."""
    is_there = transcription.status is Status.COMPLETED and bool(windows)
    return Understanding(transcription, windows) if is_there else None
