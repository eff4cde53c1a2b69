"""A small run with every change; `make test-faults` is the large one."""

import subprocess
import sys

import pytest

from bench.running import ROOT

pytestmark = pytest.mark.whole


def test_P08_nothing_is_lost_and_nothing_happens_twice_whatever_fails() -> None:
    command = [sys.executable, "-m", "tests.faults", "--transcriptions", "25", "--minutes", "0.5", "--verbose"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
