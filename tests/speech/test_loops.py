"""A model that repeats itself is decoded again, and its loop is in no transcript."""

import subprocess
import sys
from pathlib import Path

import pytest

from speech.engines import client, weights
from speech.engines.trial import hear

pytestmark = [
    pytest.mark.whole,
    pytest.mark.engine,
    pytest.mark.skipif(not weights.is_packaged(), reason="the weight packages are not installed"),
]
ROOT = Path(__file__).resolve().parents[2]


def test_a_loop_is_not_believed(tmp_path: Path) -> None:
    socket, log = tmp_path / "socket", tmp_path / "log"
    options = ["--socket", str(socket), "--cache", str(tmp_path / "models")]
    command = [sys.executable, "-m", "tests.speech.looping_host", *options]
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, stderr=output)
    try:
        client.ping(socket, timeout_seconds=120)
        looped_before = log.read_text().count("loop")
        clip = ROOT / "assets" / "jfk.flac"
        heard = hear(socket, clip, tmp_path, max_seconds=60, deadline_seconds=60).transcript
    finally:
        process.terminate()
        process.wait(10)

    assert log.read_text().count("loop") > looped_before
    assert "what your country can do for you" in heard.text.lower()
    assert len(heard.text.split()) < 30
