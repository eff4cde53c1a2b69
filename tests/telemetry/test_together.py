"""Several web processes under gunicorn: whichever is asked tells what all have counted, one that was killed too."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from flask import Flask

from config import Config

PROJECT = Path(__file__).parents[2]
TOKEN = "a token of sixteen or more"
WEB_PROCESSES = 2


def get(url: str, **headers: str) -> str:
    request = urllib.request.Request(url, headers={"Connection": "close", **headers})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return str(answer.read().decode())


@pytest.fixture
def web(app: Flask, config: Config) -> Iterator[tuple[str, psutil.Process]]:
    """The web program as it is run, on the servers of the tests."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(config.data_dir),
        "SECRET_KEY": "tests",
        "PORT": str(port),
        "WEB_CONCURRENCY": str(WEB_PROCESSES),
        "METRICS_TOKEN": TOKEN,
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "app:create_app()"]
    program = subprocess.Popen(command, cwd=PROJECT, env=env, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                get(f"{url}/healthz")
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        yield url, psutil.Process(program.pid)
    finally:
        program.send_signal(signal.SIGTERM)
        program.wait(30)


def counted(url: str) -> int:
    text = get(f"{url}/metrics", Authorization=f"Bearer {TOKEN}")
    found = re.search(
        r'^transcribe_http_requests_total\{method="GET",route="/pricing",status="2xx"\} (\S+)', text, re.M
    )
    return int(float(found[1])) if found else 0


@pytest.mark.whole
def test_a_killed_process_takes_no_counts_along(web: tuple[str, psutil.Process]) -> None:
    url, arbiter = web
    for number in range(40):
        get(f"{url}/pricing")
        if number == 20:
            assert {counted(url) for _ in range(10)} == {21}
            arbiter.children()[0].kill()
            deadline = time.monotonic() + 20
            while len(arbiter.children()) < WEB_PROCESSES or counted(url) != 21:
                assert time.monotonic() < deadline
                time.sleep(0.1)
    assert {counted(url) for _ in range(10)} == {40}
