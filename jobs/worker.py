"""One RQ worker on one queue: `python -m jobs.worker QUEUE`. Several queues would let a dying worker lose a job.

`jobs.crew` forks all workers of a machine from one process.
"""

import logging
import os
import signal
import sys
import threading
from collections.abc import Iterable
from importlib import import_module
from resource import struct_rusage
from types import FrameType

from rq import Queue, Worker
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer
from setproctitle import setproctitle

import db
import runtime
from config import Config, from_env_or_exit
from handlers.leases import expire_leases_of
from jobs import queues
from jobs.lease import holder, name_holder
from jobs.scratch import clear_scratch
from logs import configure_logging
from outbound.guard import tls_context
from telemetry import tracing

log = logging.getLogger(__name__)

WORKER_TTL_SECONDS = 60

# Only one library may start threads before a fork, and it must not be one of these (they hang in the child).
NEVER_IN_THE_PARENT = ("torch", "ctranslate2", "onnxruntime", "faster_whisper")


class ForkingWorker(Worker):
    """RQ's forking worker, whose work-horse stays in the process group and gets time to hand its work back."""

    hands_back_itself = False  # Told at once, the job sees to its own grace.
    title = "jobs.worker"  # Of its process, and of those that it forks.
    _horse_failed = False

    def procline(self, message: str) -> None:
        """Show in `ps` what it does; RQ's own title tells neither queue nor slot."""
        setproctitle(f"{self.title}: {message}")

    def fork_work_horse(self, job: Job, queue: Queue) -> None:
        # As RQ does it, less `setpgrp`: whoever ends the service's process group ends the work too.
        child_pid = os.fork()
        if child_pid == 0:
            self.main_work_horse(job, queue)
            os._exit(0)
        self._horse_pid = child_pid

    def kill_horse(self, sig: signal.Signals = signal.SIGKILL) -> None:
        pid = self.horse_pid
        if not pid:
            return  # It has ended meanwhile; 0 would be everybody in the process group.
        try:
            os.kill(pid, sig)
        except ProcessLookupError:
            log.debug("the work-horse has ended already")

    def wait_for_horse(self) -> tuple[int | None, int | None, struct_rusage | None]:
        ended = super().wait_for_horse()
        self._horse_failed = bool(ended[1])
        return ended

    def monitor_work_horse(self, job: Job, queue: Queue, execution: Execution) -> None:
        """As RQ does it, and take over from a dead work-horse; RQ tells of none whose job Redis has forgotten."""
        super().monitor_work_horse(job, queue, execution)
        if self._horse_failed:
            take_over()

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        """Do it, and send the spans that are still to be sent: a work-horse ends without a word."""
        try:
            return super().perform_job(job, queue, execution)
        finally:
            tracing.flush()

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]
        if self.horse_pid:
            grace = 0 if self.hands_back_itself else runtime.config().shutdown_grace_seconds
            threading.Timer(grace, self.kill_horse, [signal.SIGTERM]).start()

    def request_force_stop(self, signum: int, frame: FrameType | None) -> None:
        """A second signal hands the work back at once; RQ would kill the work-horse with no chance to."""
        if self.horse_pid:
            self.kill_horse(signal.SIGTERM)


def main(arguments: list[str]) -> int:
    try:
        name = queues.QueueName(arguments[0])
    except (IndexError, ValueError):
        print(f"usage: python -m jobs.worker {'|'.join(queues.QueueName)}", file=sys.stderr)  # noqa: T201
        return 2
    configuration = from_env_or_exit()
    preload([name], configuration)
    return work(name, configuration)


def work(name: queues.QueueName, configuration: Config) -> int:
    """Be the worker of a queue until asked to stop; the exit status. Connections are made here, so fork before."""
    title = f"jobs.worker {name}" + (f" ({configuration.worker_slot})" if configuration.worker_slot else "")
    setproctitle(title)
    configure_logging(configuration.log_format)
    runtime.wire(configuration, pool_size=2)
    if configuration.worker_slot:
        name_holder(configuration.worker_slot)
        take_over()
    worker = ForkingWorker(
        [queues.queue(name)],
        connection=queues.connection(),
        serializer=JSONSerializer,
        # It says that it lives twice as often as that, so that nobody is counted for long who does not.
        worker_ttl=WORKER_TTL_SECONDS,
    )
    worker.hands_back_itself = name is queues.QueueName.DELIVER
    worker.title = title
    worker.work(with_scheduler=False, logging_level="WARNING")
    return 0


def take_over() -> None:
    """Let go of what a dead work-horse of this worker held, so that its work is begun again at once."""
    with db.transaction() as session:
        expire_leases_of(session, holder())
    clear_scratch()


def preload(names: Iterable[queues.QueueName], configuration: Config) -> None:
    """Import and build what every job of these queues needs, once, before the forks. Connects to nothing."""
    tls_context()
    needed = {queues.ENTRY_POINTS[name].rpartition(".")[0] for name in names}
    if configuration.bucket:
        needed.add("storage.s3")
    if configuration.traced_as:
        needed.add("telemetry.spans")
    for module in sorted(needed):
        import_module(module)
    loaded = [module for module in NEVER_IN_THE_PARENT if module in sys.modules]
    assert not loaded, f"{loaded} must not be imported in a process that forks"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
