"""The service under test, in a process of its own that can be stopped and started again at the same address."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import psutil

from bench.running import ROOT, free_port
from tests.descendants import descendants

READY_SECONDS = 120.0


class Service:
    """`processes.local` on a DATA_DIR of its own; its log goes to `log`."""

    def __init__(self, data_dir: Path, log: Path, settings: Mapping[str, str]) -> None:
        self.data_dir, self.log = data_dir, log
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = {
            "DATA_DIR": str(data_dir),
            "PORT": str(self.port),
            "FETCH_ALLOWED_HOSTS": "127.0.0.1",
            "RATE_LIMIT_PER_MINUTE": "100000",
            "ANONYMOUS_RATE_LIMIT_PER_MINUTE": "100000",
            **settings,
        }
        self.first_key = ""
        self._running: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        command = [sys.executable, "-m", "processes.local"]
        with self.log.open("a") as log:
            self._running = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **self.settings},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._running.stdout is not None
        said = threading.Event()
        threading.Thread(target=self._listen, args=[self._running.stdout, said], daemon=True).start()
        assert said.wait(READY_SECONDS), f"the service is not ready; see {self.log}"
        assert self._running.poll() is None, f"the service did not start; see {self.log}"

    def stop(self) -> None:
        """Ask it to stop, as at a deploy, and wait until it has."""
        if self._running is not None:
            self._running.terminate()
            self._running.wait()
            self._running = None

    def processes(self, command: str) -> list[psutil.Process]:
        """Its processes now whose command line matches, in no order."""
        return descendants(self._running.pid, command) if self._running is not None else []

    def operate(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """What an operator's command on its data says."""
        env = {**os.environ, **self.settings}
        command = [sys.executable, "-m", "flask", "--app", "app", *arguments]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)

    def _listen(self, stdout: IO[str], said: threading.Event) -> None:
        """Keep what the supervisor says, but the first key not in the log; `said` once it is ready, or has ended."""
        with stdout, self.log.open("a") as log:
            for line in stdout:
                self.first_key = self.first_key or next(iter(re.findall(r"tsk_live_\w+", line)), "")
                log.write(re.sub(r"tsk_live_\w+", "tsk_live_…", line))
                log.flush()
                if line.startswith("Ready:"):
                    said.set()
        said.set()
