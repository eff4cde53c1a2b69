"""Runs jobs as a worker does, each in a forked child: reads `fetch tr_…` lines, answers `pid N` and then `exit N`.

A process of its own, since the suite has threads, and a job forks and wants to be alone.
"""

import os
import sys
import traceback
from importlib import import_module

import runtime
from config import from_env
from jobs import hearing, helping, lease, queues, recorder, sharing
from logs import configure_logging
from speech.engines import client

BEATS = (
    (lease, "RENEW_EVERY_SECONDS"),
    (recorder, "RENEW_EVERY_SECONDS"),
    (recorder, "STORE_EVERY_SECONDS"),
    (hearing, "RENEW_EVERY_SECONDS"),
    (sharing, "RENEW_EVERY_SECONDS"),
    (sharing, "WAIT_SECONDS"),
    (helping, "PAUSE_SECONDS"),
    (client, "TICK_SECONDS"),
)


def main() -> None:
    configure_logging()
    runtime.wire(from_env(), pool_size=2)
    for entry_point in queues.ENTRY_POINTS.values():
        import_module(entry_point.rpartition(".")[0])
    # Small recordings are over before a worker's usual beat.
    for module, name in BEATS:
        assert hasattr(module, name)
        setattr(module, name, 0.1)
    sharing.CHUNK_SECONDS = float(os.environ.get("CHUNK_SECONDS", sharing.CHUNK_SECONDS))
    print("ready", flush=True)
    for line in sys.stdin:
        name, public_id = line.split()
        child = os.fork()
        if child == 0:
            _run(queues.ENTRY_POINTS[queues.QueueName(name)], public_id)
        print(f"pid {child}", flush=True)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(f"exit {status}", flush=True)


def _run(entry_point: str, public_id: str) -> None:
    status = 1
    try:
        module, _, function = entry_point.rpartition(".")
        getattr(import_module(module), function)(public_id)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
