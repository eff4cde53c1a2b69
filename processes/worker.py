"""The Procfile's `worker`: the engine and the workers beside it, for a host that provides PostgreSQL and Redis."""

import os
import sys
from pathlib import Path

from processes import service
from processes.addresses import CannotStart, places, prepare
from processes.slots import needs_the_engine
from processes.supervisor import Supervisor

# Such hosts kill what still runs 30 seconds after SIGTERM.
STOP_SECONDS = 26.0


def main() -> int:
    missing = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
    if missing:
        print(f"Cannot start: {' and '.join(missing)} must be set; `make run` brings its own servers.")
        return 1
    data_dir = Path(os.environ.get("DATA_DIR") or service.PROJECT / "data").absolute()
    try:
        prepare(places(data_dir))
        env = service.environment({**os.environ, "DATA_DIR": str(data_dir)})
        workers = service.workers(env, stop_seconds=STOP_SECONDS)
    except CannotStart as error:
        print(f"Cannot start: {error}")
        return 1
    with Supervisor(lambda line: print(line, flush=True)) as supervisor:
        if needs_the_engine(env):
            supervisor.start(service.engine(env, data_dir))
        supervisor.start(service.embedder(env))
        for program in workers:
            supervisor.start(program)
        supervisor.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
