"""Programs under test, each in a process group of its own, and the processes that they tell of."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


class Groups:
    """Who runs below them notes each start as a line in `NAME.pids`, in the directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._processes: list[subprocess.Popen[str]] = []

    def run(self, program: str, *arguments: str, stderr: int | None = None) -> subprocess.Popen[str]:
        """Start a file of this folder."""
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name(program)), *arguments],
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            start_new_session=True,
        )
        self._processes.append(process)
        return process

    def pids(self, name: str) -> list[int]:
        try:
            return [int(line) for line in (self.directory / f"{name}.pids").read_text().splitlines()]
        except FileNotFoundError:
            return []

    def close(self) -> None:
        for process in self._processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
