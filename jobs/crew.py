"""All workers of a machine: `python -m jobs.crew SLOT…`, where a slot is a queue and a number, such as `fetch-1`.

Each is forked from this process, which has imported all that jobs need: they share its memory, and one that ended is
back at once. This process has no thread and no connection, and does nothing but keep them running.
"""

import argparse
import gc
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from config import Config, from_env_or_exit
from jobs.queues import QueueName
from jobs.worker import preload, work
from processes.forks import ForkedProgram
from processes.slots import queue_of
from processes.supervisor import Supervisor

PATIENCE_SECONDS = 25.0


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m jobs.crew", description=__doc__.partition("\n")[0])
    parser.add_argument("slots", nargs="+", type=_slot, metavar="SLOT")
    parser.add_argument("--patience", type=float, default=PATIENCE_SECONDS, help="seconds workers get to stop")
    options = parser.parse_args(arguments)
    queues: dict[str, QueueName] = dict(options.slots)
    if len(queues) < len(options.slots):
        parser.error("a slot is one worker's, and was named twice")
    configuration = from_env_or_exit()
    preload(set(queues.values()), configuration)
    freeze()
    with Supervisor(lambda line: print(f"workers: {line}", flush=True)) as supervisor:  # noqa: T201
        for slot, queue in queues.items():
            supervisor.start(program(slot, queue, configuration, patience_seconds=options.patience))
        supervisor.serve()
    return 0


def program(slot: str, queue: QueueName, configuration: Config, *, patience_seconds: float) -> ForkedProgram:
    """The worker of a slot. Under the slot's name it finds the work that its predecessor was at."""
    return ForkedProgram(
        name=slot,
        run=partial(work, queue, replace(configuration, worker_slot=slot)),
        stop_signals=((signal.SIGTERM, patience_seconds),),
    )


def freeze() -> None:
    """Have the collector leave alone what there is: looking through it would copy the memory that forks share."""
    assert threading.active_count() == 1, "a lock that another thread holds would never be let go in a fork"
    gc.collect()
    gc.freeze()


def _slot(text: str) -> tuple[str, QueueName]:
    return text, QueueName(queue_of(text))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
