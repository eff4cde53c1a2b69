"""The web process is light: no model library, boto3 only for a bucket, mcp once it is asked; so is what forks."""

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
HEAVY = (
    "boto3",
    "torch",
    "numpy",
    "av",
    "ctranslate2",
    "onnxruntime",
    "faster_whisper",
    "sentence_transformers",
    "mcp",
)


ENTRY_POINTS = ["import app; app.create_app()", "import jobs.transcriptions", "import jobs.scheduler"]


@pytest.mark.parametrize("imports", ENTRY_POINTS)
def test_nothing_heavy_is_loaded(imports: str, tmp_path: Path) -> None:
    program = f"{imports}\nimport sys\nprint([name for name in {HEAVY!r} if name in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        env={"DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert run.stdout.strip() == "[]"
