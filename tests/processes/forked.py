"""The program under test in test_forks: a supervisor over forks of itself, described on its command line as JSON.

Each runs a piece of Python, in which `note(name)` adds its process id to a file.
"""

import json
import os
import signal
import sys
from functools import partial
from pathlib import Path

from processes.forks import ForkedProgram
from processes.supervisor import Supervisor

directory = Path(sys.argv[1])


def note(name: str) -> None:
    with (directory / f"{name}.pids").open("a") as file:
        file.write(f"{os.getpid()}\n")


def run(name: str, code: str) -> int:
    note(name)
    exec(code, {"note": note, "directory": directory})
    return 0


with Supervisor(lambda line: print(line, flush=True)) as supervisor:
    for described in json.loads(sys.argv[2]):
        supervisor.start(
            ForkedProgram(
                name=described["name"],
                run=partial(run, described["name"], described["code"]),
                stop_signals=((signal.SIGTERM, described.get("patience", 5.0)),),
            )
        )
    print("serving", flush=True)
    supervisor.serve()
