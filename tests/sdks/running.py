"""The service that the packages are tried on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.running import ROOT, served, service

SAMPLE = ROOT / "assets" / "jfk.flac"
SPOKEN = "ask not what your country can do for you"


@dataclass(frozen=True)
class Running:
    """A service under test, a key of it, and where it may fetch the sample recording."""

    base: str
    key: str
    recording: str

    @property
    def env(self) -> dict[str, str]:
        """What whoever uses it is told of it."""
        return {"TRANSCRIBE_API_KEY": self.key, "TRANSCRIBE_BASE_URL": self.base}


@contextmanager
def running_service(folder: Path) -> Iterator[Running]:
    with service(folder / "data", folder / "log") as (base, key, _), served(SAMPLE.parent) as files:
        yield Running(base, key, f"{files}/{SAMPLE.name}")
