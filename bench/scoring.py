"""The scripts that compare results with references: programs, which may live in an environment of their own."""

import json
import subprocess
from pathlib import Path
from typing import Any


def rows(python: str, scorer: Path, manifest: Path, results: Path, *arguments: str) -> list[dict[str, Any]]:
    """What `SCORER --manifest … --results … --json` says: a row for each recording, and at the end those of all."""
    command = [python, str(scorer), "--manifest", str(manifest), "--results", str(results), "--json", *arguments]
    return list(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
