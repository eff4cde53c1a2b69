"""The faults of a plan, each when its time has come."""

import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import psutil
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from db import transaction
from processes.embedded import addresses
from tests.descendants import parent, send
from tests.faults import disks
from tests.faults.cables import State
from tests.faults.plan import Fault, Kind, Plan
from tests.faults.running import Service
from tests.faults.town import Town

COMMANDS = {
    "engine": r"speech\.engines\.host",
    "embedder": r"insights\.host",
    "scheduler": r"jobs\.scheduler",
    "crew": r"jobs\.crew",
    "valkey": r"valkey-server",
}
WORKER, WEB, POSTGRES = r"jobs\.worker", r"gunicorn", r"/postgres |^postgres: "
BACKEND = r"^postgres: transcribe transcribe"  # A connection's, and none of the server's own.
TERMINATES = {"postgres": signal.SIGINT, "valkey": signal.SIGTERM, "worker": signal.SIGTERM}
# What is due later becomes due now, or some of what is due now becomes due a little later.
CLOCKS = {
    "transcriptions": """
        UPDATE transcriptions SET due_at = clock_timestamp() + make_interval(secs => :seconds)
        WHERE (status = 'processing' OR to_understand) AND lease_until IS NULL
            AND (due_at > clock_timestamp()) = (:seconds <= 0)
    """,
    "deliveries": """
        UPDATE webhook_deliveries SET due_at = clock_timestamp() + make_interval(secs => :seconds)
        WHERE state = 'pending' AND (due_at > clock_timestamp()) = (:seconds <= 0)
    """,
}
LATER_SECONDS = 5.0
DISKS = ("objects", "scratch")


class Havoc:
    """Whatever the plan has for a service and its town. `done` counts what befell whom."""

    def __init__(self, plan: Plan, service: Service, town: Town, report: Callable[[str], None]) -> None:
        self.done: Counter[str] = Counter()
        self._plan, self._service, self._town, self._report = plan, service, town, report
        self._dice = Random(plan.seed)
        self._timers: list[threading.Timer] = []

    def wreak(self) -> None:
        """All of it, in this thread; everything is whole again at the end."""
        began = time.monotonic()
        for fault in self._plan.faults:
            time.sleep(max(0.0, began + fault.at - time.monotonic()))
            came = time.monotonic()
            if self._befall(fault):
                self.done[f"{fault.kind} {fault.target}"] += 1
                self._report(f"{came - began:6.1f} s  {fault}")
            if fault.kind is Kind.DEPLOY:
                # What follows is not to come all at once, however long that took.
                began += time.monotonic() - came
        for timer in self._timers:
            timer.join()
        self._town.cables.mend()

    def _befall(self, fault: Fault) -> bool:
        """Whether there was anybody to befall."""
        match fault.kind:
            case Kind.KILL:
                return self._signal(fault.target, signal.SIGKILL)
            case Kind.TERMINATE:
                return self._signal(fault.target, TERMINATES[fault.target])
            case Kind.FLUSH:
                return self._flush()
            case Kind.LINE:
                self._town.cables.set_state(fault.target, fault.state)
                self._after(fault.seconds, lambda: self._town.cables.set_state(fault.target, State.WHOLE))
            case Kind.REFUSE:
                self._town.refuse(fault.target)
            case Kind.FILL:
                folder = self._service.data_dir / fault.target
                disks.fill(folder)
                self._after(fault.seconds, lambda: disks.empty(folder))
            case Kind.CLOCK:
                return move_clock(fault.target, self._dice.choice((0.0, LATER_SECONDS)))
            case Kind.DEPLOY:
                self._service.stop()
                self._service.start()
        return True

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        timer = threading.Timer(seconds, act)
        timer.start()
        self._timers.append(timer)

    def _signal(self, target: str, number: signal.Signals) -> bool:
        found = self._found(target)
        return bool(found) and send(self._dice.choice(found), number)

    def _found(self, target: str) -> list[psutil.Process]:
        """Its processes, by their ids, so that a plan means the same as far as it can."""
        if target in COMMANDS:
            found = self._service.processes(COMMANDS[target])
        elif target in ("worker", "work-horse", "child of a work-horse"):
            workers = self._service.processes(WORKER)
            known = {process.pid for process in workers}
            horses = [process for process in workers if parent(process) in known]
            found = [process for process in workers if process not in horses]
            if target != "worker":
                found = horses
            if target == "child of a work-horse":
                found = [child for horse in horses for child in _children(horse)]
        elif target in ("web", "web worker"):
            found = _generation(self._service.processes(WEB), is_child=target == "web worker")
        elif target == "postgres":
            found = _generation(self._service.processes(POSTGRES), is_child=False)
        else:
            found = self._service.processes(BACKEND)
        return sorted(found, key=lambda process: process.pid)

    def _flush(self) -> bool:
        try:
            with Redis.from_url(addresses(self._service.data_dir).redis_url) as redis:
                redis.flushall()
        except RedisError:
            return False
        return True


def move_clock(whose: str, seconds: float) -> bool:
    """Move when something is due; whether there was a database to do it in."""
    try:
        with transaction() as session:
            session.execute(text(CLOCKS[whose]), {"seconds": seconds})
    except SQLAlchemyError:
        return False
    return True


def make_room(data_dir: Path) -> None:
    """Empty every disk that was filled."""
    for name in DISKS:
        disks.empty(data_dir / name)


def _generation(processes: list[psutil.Process], *, is_child: bool) -> list[psutil.Process]:
    """Those that one of the others started, or those that none did."""
    known = {process.pid for process in processes}
    return [process for process in processes if (parent(process) in known) == is_child]


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return list(process.children())
    except psutil.NoSuchProcess:
        return []
