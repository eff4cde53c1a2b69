"""Each limit of the decoding process, tried from inside it: what breaks one is stopped, and what keeps to it is not."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.outbound.loopback_server import loopback_server

PROJECT = Path(__file__).parents[2]
MAX_SECONDS, CPU_SECONDS = 10, 2

PROGRAM = """
import json, os, sys
sys.path.insert(0, {project!r})
from speech import decode_program
confined = {confined}
if confined:
    decode_program.confine_and_load(os.getppid(), {max_seconds}, {cpu_seconds})
{attempt}
print("done")
"""


def attempted(attempt: str, *, confined: bool = True) -> subprocess.CompletedProcess[str]:
    program = PROGRAM.format(
        project=str(PROJECT), confined=confined, attempt=attempt, max_seconds=MAX_SECONDS, cpu_seconds=CPU_SECONDS
    )
    return subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False, timeout=60, cwd="/"
    )


ATTEMPTS = {
    "memory": "bytes(2 << 30)",
    "the length of a file": "open({path!r}, 'wb').write(bytes(2_000_000))",
    "open files": "files = [open('/dev/null') for _ in range(64)]",
}


@pytest.mark.parametrize("limit", ATTEMPTS)
def test_the_decoder_has_a_limit(limit: str, tmp_path: Path) -> None:
    attempt = ATTEMPTS[limit].format(path=str(tmp_path / "written"))

    assert attempted(attempt, confined=False).stdout == "done\n"
    assert attempted(attempt).returncode != 0


def test_what_a_decoder_may_write_is_enough(tmp_path: Path) -> None:
    assert attempted(f"open({str(tmp_path / 'written')!r}, 'wb').write(bytes({MAX_SECONDS * 64_000}))").returncode == 0


def test_processor_time_runs_out() -> None:
    began = os.times()

    ended = attempted("while True: pass")

    assert ended.returncode < 0
    assert os.times().children_user - began.children_user < CPU_SECONDS + 2


def test_nothing_on_the_network_is_reached() -> None:
    with loopback_server() as server:
        attempt = f"import socket\nsocket.create_connection(('127.0.0.1', {server.port}), 5)"
        assert attempted(attempt, confined=False).returncode == 0
        if attempted(
            "from processes import confinement\nassert confinement.leave_network()", confined=False
        ).returncode:
            pytest.skip("this kernel gives no network namespace")

        assert attempted(attempt).returncode != 0


def test_no_program_gains_anything() -> None:
    state = attempted("print(json.dumps(open('/proc/self/status').read()))").stdout.splitlines()[0]

    assert "NoNewPrivs:\t1" in json.loads(state)


def test_no_crash_leaves_a_core() -> None:
    found = attempted("import resource\nprint(json.dumps(resource.getrlimit(resource.RLIMIT_CORE)))").stdout

    assert json.loads(found.splitlines()[0]) == [0, 0]


def test_it_ends_with_its_parent() -> None:
    """The kernel ends it, whatever it is doing when its worker is killed."""
    attempt = "print('ready', flush=True)\nimport time\ntime.sleep(60)"
    program = PROGRAM.format(
        project=str(PROJECT), confined=True, attempt=attempt, max_seconds=MAX_SECONDS, cpu_seconds=CPU_SECONDS
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", f"import subprocess, sys\nsubprocess.run([sys.executable, '-I', '-c', {program!r}])"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    assert parent.stdout.readline()
    parent.kill()
    parent.wait()

    began = time.monotonic()
    assert parent.stdout.read() == ""  # Its end comes when the child, which holds the other one, is gone.
    assert time.monotonic() - began < 20
    parent.stdout.close()
