"""How the web program serves: few processes, many threads, because most requests wait for the database or a client."""

import gc
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from gunicorn.arbiter import Arbiter
from gunicorn.http.message import Request
from gunicorn.workers.base import Worker
from gunicorn.workers.gthread import _DEFER, TConn, ThreadWorker

from processes.addresses import addresses
from processes.turns import PATIENCE_SECONDS, Turns

_host = os.environ.get("HOST") or "127.0.0.1"
_port = os.environ.get("PORT") or "8000"

bind = f"[{_host}]:{_port}" if ":" in _host else f"{_host}:{_port}"


class TurnWorker(ThreadWorker):  # type: ignore[misc]
    """A threaded worker that works on a few requests at a time."""

    def get_thread_pool(self) -> Turns:
        return Turns(self.cfg.threads)

    def handle(self, conn: TConn) -> Any:
        """A connection on which nobody has said anything yet goes back to be watched, and takes nobody's turn."""
        if not conn.initialized and not conn.wait_for_data(0):
            return _DEFER
        return super().handle(conn)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Of the worker's loop. While requests wait for a turn, it looks soon again who has held one for too long."""
        if self.tpool.relieve():
            timeout = min(timeout, PATIENCE_SECONDS)
        super().wait_for_and_dispatch_events(timeout)


worker_class = TurnWorker
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
# An open event stream holds a thread for as long as somebody watches, so there must be many to spare.
threads = 64
# Not the length of a request: a gthread worker's main loop answers the arbiter while its threads are at work.
timeout = 60
graceful_timeout = 10
keepalive = 5
# The most it takes: a search for many labels of metadata is long.
limit_request_line = 8190
# Loaded once before the fork: half the start and memory. create_app() opens no connection that the forks would share.
preload_app = True
# The application writes one line per request itself.
accesslog = None
errorlog = "-"
loglevel = "warning"
# The workers' heartbeat files: on a disk, a slow fsync elsewhere looks like a worker that hangs.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# Nobody uses it, and it would put a socket in the home directory.
control_socket_disable = True

# Where web processes count together what /metrics tells. Named before the application is loaded, whose library looks
# for it once; emptied with each start, which Prometheus takes for what it is.
METRICS_DIR = "PROMETHEUS_MULTIPROC_DIR"


def _share_metrics() -> None:
    directory = addresses(Path(os.environ.get("DATA_DIR") or "data")).run_dir / "metrics"
    try:
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True, mode=0o700, exist_ok=True)
    except OSError:  # Nothing can be written there.
        directory = Path(tempfile.mkdtemp(prefix="transcribe-metrics-"))
    os.environ[METRICS_DIR] = str(directory)


if __name__ == "__config__":  # As gunicorn loads it; who else reads this file counts for itself.
    _share_metrics()

# What a request that was refused still sends is read for so long and so far at most.
DRAIN_SECONDS = 5.0
DRAIN_BYTES = 64 * 1024**2


def when_ready(server: Arbiter) -> None:
    """The application has been loaded: say in the log what is to be looked at in the settings, and put it aside."""
    import checks.settings
    import runtime

    checks.settings.warn(runtime.config(), os.environ)
    # What has been loaded stays. A collector that went through all of it would hold every thread up for a tenth of a
    # second now and then, and write to each page of memory that the workers share.
    gc.collect()
    gc.freeze()


def pre_request(worker: Worker, request: Request) -> None:
    """Tell two Idempotency-Key headers from one whose value has a comma: WSGI joins both to the same text."""
    others = [(name, value) for name, value in request.headers if name != "IDEMPOTENCY-KEY"]
    if len(request.headers) - len(others) > 1:
        request.headers = [*others, ("IDEMPOTENCY-KEY", "")]  # No valid key is empty, so this is refused.


def post_request(worker: Worker, request: Request, environ: dict[str, Any], response: Any) -> None:
    """Read what is left of a body, or its client would meet a broken connection in the place of the refusal."""
    connection = environ.get("gunicorn.socket")
    if connection is None or request.body is None:
        return
    deadline, left = time.monotonic() + DRAIN_SECONDS, DRAIN_BYTES
    with suppress(OSError):
        while left > 0 and (seconds := deadline - time.monotonic()) > 0:
            connection.settimeout(seconds)
            piece = request.body.read(64 * 1024)
            if not piece:
                break
            left -= len(piece)
    with suppress(OSError):
        connection.settimeout(None)
