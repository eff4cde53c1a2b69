"""What was made of a shared transcript, in the form in which the fragments of the transcript page take it."""

from dataclasses import dataclass
from typing import Any

from handlers.shared import shown_artifact
from models import ArtifactKind, Share


@dataclass(frozen=True, slots=True)
class Content:
    """Of an artifact what is shown, and nothing of how it was made."""

    content: Any


@dataclass(frozen=True, slots=True)
class Nameless:
    """Stands for the transcription, whose id is its owner's affair. This one a browser may remember a place by."""

    public_id: str
    duration_seconds: float | None


@dataclass(frozen=True, slots=True)
class Shown:
    """As `understanding.Understanding`, of a share."""

    share: Share

    @property
    def transcription(self) -> Nameless:
        return Nameless(f"shared-{self.share.secret_sha256.hex()[:16]}", self.share.transcription.duration_seconds)

    def __getitem__(self, kind: str) -> Content:
        return Content(shown_artifact(self.share, ArtifactKind(kind)))

    def address(self, seconds: float) -> str:
        """The page at this moment. It comes to the right line by itself, without script too."""
        return f"?t={seconds:.2f}"
