"""Keeping programs running: start, restart whatever ends, and stop all of them in order.

Every program is a direct child in this process's own group, and the kernel kills it should this process die. What a
killed program leaves behind is adopted and killed at once, so nothing holds a port or outlives the supervisor.
"""

import ctypes
import os
import selectors
import signal
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import SubprocessError
from types import FrameType, TracebackType
from typing import Self

from processes.addresses import CannotStart
from processes.forks import ForkedProgram, fork
from processes.programs import Child, Program, spawn

PR_SET_CHILD_SUBREAPER = 36
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.25, 5.0
# For one that ended with EX_CONFIG: it has said what its operator has to do, which takes a while.
FIRST_PATIENCE_SECONDS, LONGEST_PATIENCE_SECONDS = 5.0, 60.0
# A program that lasted this long has recovered: its next end is a new one, and is answered at once.
STEADY_SECONDS = 10.0
# One Ctrl-C arrives twice when the terminal's group and `make` both pass it on; only a later one means impatience.
SAME_SIGNAL_SECONDS = 1.0
HURRIED_SECONDS = 1.0
KILLED_SECONDS = 0.5


class StopRequested(Exception):
    """SIGTERM, SIGINT or SIGHUP came while something was awaited."""


@dataclass
class _Charge:
    """A program and its current life. `wanted` ends when it is asked to stop, and with it every restart."""

    program: Program | ForkedProgram
    child: Child | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    pause: float = 0.0
    wanted: bool = True

    @property
    def is_alive(self) -> bool:
        return self.child is not None


class Supervisor:
    """Use it as a context manager: programs run from `start` until the block ends, by whatever way.

    Belongs in the main thread, which takes the signals and which the children die with.
    """

    def __init__(self, report: Callable[[str], None] = print) -> None:
        self._report = report
        self._charges: list[_Charge] = []
        self._stop_requested_at: float | None = None
        self._hurry = False
        self._stopping = False
        self._inherited: frozenset[int] = frozenset()

    def __enter__(self) -> Self:
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._wake_read, selectors.EVENT_READ)
        self._wakeup_before = signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        handlers = {
            signal.SIGTERM: self._on_stop_signal,
            signal.SIGINT: self._on_stop_signal,
            signal.SIGHUP: self._on_stop_signal,
            signal.SIGCHLD: _only_wake,
        }
        if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
            del handlers[signal.SIGHUP]  # Started by nohup.
        self._handlers_before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        # Whoever was our child before belongs to the shell script that became us.
        self._inherited = frozenset(_children())
        _adopt_orphans(True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._stop_all()
        finally:
            _adopt_orphans(False)
            for number, handler in self._handlers_before.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(self._wakeup_before)
            self._selector.close()
            os.close(self._wake_read)
            os.close(self._wake_write)

    def start(self, program: Program | ForkedProgram) -> None:
        """Start it now and again whenever it ends, also with status 0."""
        charge = _Charge(program)
        self._charges.append(charge)
        self._launch(charge)

    def run_to_end(self, program: Program, *, seconds: float) -> int:
        """The exit status of a program that ends by itself; the others are looked after meanwhile.

        TimeoutError when it does not end, StopRequested when a signal comes first; it is then stopped with the rest.
        """
        charge = _Charge(program)
        self._charges.append(charge)
        self._launch(charge)
        charge.wanted = False
        child = charge.child
        if child is None:
            return 127
        if not self.wait_for(lambda: child.returncode is not None, seconds=seconds) or child.returncode is None:
            raise TimeoutError(f"{program.name} did not end within {seconds:.0f} seconds")
        self._charges.remove(charge)
        return child.returncode

    def wait_for(self, condition: Callable[[], bool], *, seconds: float, every: float = 0.05) -> bool:
        """Whether the condition came true in time. StopRequested when a signal comes first."""
        deadline = time.monotonic() + seconds
        while not condition():
            self._raise_if_stopped()
            if time.monotonic() > deadline:
                return False
            self._turn(every)
        return True

    def serve(self, until: Callable[[], bool] | None = None) -> None:
        """Look after the programs until a signal asks to stop, or `until`, asked once a second, says so."""
        while self._stop_requested_at is None and not (until and until()):
            self._turn(1.0 if until else None)

    def _raise_if_stopped(self) -> None:
        if self._stop_requested_at is not None:
            raise StopRequested

    def _on_stop_signal(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._stop_requested_at is None:
            self._stop_requested_at = now
        elif now - self._stop_requested_at > SAME_SIGNAL_SECONDS:
            self._hurry = True

    def _turn(self, seconds: float | None) -> None:
        """Sleep until a signal, a restart that is due, or the given time; then reap and restart."""
        due = [c.start_at for c in self._charges if c.wanted and not c.is_alive]
        if due:
            until_due = max(0.0, min(due) - time.monotonic())
            seconds = until_due if seconds is None else min(seconds, until_due)
        if self._selector.select(seconds):
            os.read(self._wake_read, 4096)
        self._reap()
        if self._stop_requested_at is not None and not self._stopping:
            return  # A Ctrl-C ended these programs too; who is still needed is for the orderly stop to say.
        for charge in self._charges:
            if charge.wanted and not charge.is_alive and charge.start_at <= time.monotonic():
                self._launch(charge)

    def _launch(self, charge: _Charge) -> None:
        charge.started_at = time.monotonic()
        try:
            program = charge.program
            charge.child = spawn(program) if isinstance(program, Program) else fork(program, self._leave)
        except (OSError, SubprocessError, CannotStart) as error:
            self._report(f"{charge.program.name} could not be started: {error}")
            self._plan_restart(charge)

    def _leave(self) -> None:
        """In a forked child, which is no supervisor: what wakes this one is not to be read or held open by others."""
        self._selector.close()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _plan_patiently(self, charge: _Charge) -> None:
        charge.pause = min(max(FIRST_PATIENCE_SECONDS, charge.pause * 2), LONGEST_PATIENCE_SECONDS)
        charge.start_at = time.monotonic() + charge.pause

    def _plan_restart(self, charge: _Charge) -> None:
        """The first restart at once, then after longer and longer pauses while it keeps ending."""
        now = time.monotonic()
        if now - charge.started_at >= STEADY_SECONDS:
            charge.pause = 0.0
        charge.start_at = now + charge.pause
        charge.pause = min(max(FIRST_PAUSE_SECONDS, charge.pause * 2), LONGEST_PAUSE_SECONDS)

    def _reap(self) -> None:
        for charge in self._charges:
            status = charge.child.poll() if charge.child else None
            if status is None:
                continue
            charge.child = None
            if not charge.wanted:
                continue
            if status == os.EX_CONFIG:
                self._plan_patiently(charge)
                what_follows = f"cannot work yet, and has said why; trying again in {charge.pause:.0f} s."
            else:
                self._plan_restart(charge)
                what_follows = f"{_ending(status)}; starting it again."
            if self._stop_requested_at is None:
                self._report(f"{charge.program.name} {what_follows}")
        self._end_strays()

    def _stop_all(self) -> None:
        self._stopping = True
        if self._charges:
            self._report("Stopping…")
        for order in sorted({charge.program.stop_order for charge in self._charges}):
            self._end([charge for charge in self._charges if charge.program.stop_order == order])
        deadline = time.monotonic() + KILLED_SECONDS
        while self._end_strays() and time.monotonic() < deadline:
            time.sleep(0.01)

    def _end_strays(self) -> bool:
        """Kill and reap what a killed program had started: it would keep the port or the files from its successor.

        Returns whether there were any. Their own children are handed up to us in turn.
        """
        strays = set(_children()) - self._inherited - {c.child.pid for c in self._charges if c.child}
        for pid in strays:
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, os.WNOHANG)
        return bool(strays)

    def _end(self, charges: list[_Charge]) -> None:
        """Stop these programs together; all others stay up, restarted if need be, because these may still use them."""
        for charge in charges:
            charge.wanted = False
        rounds = max((len(charge.program.stop_signals) for charge in charges), default=0)
        for number in range(rounds):
            seconds = 0.0
            for charge in charges:
                if charge.child and number < len(charge.program.stop_signals):
                    stop_signal, patience = charge.program.stop_signals[number]
                    charge.child.send_signal(stop_signal)
                    seconds = max(seconds, patience)
            if self._all_end(charges, seconds):
                return
        names = ", ".join(charge.program.name for charge in charges if charge.child)
        self._report(f"Killing {names}: still running.")
        for charge in charges:
            if charge.child:
                charge.child.kill()
        self._all_end(charges, KILLED_SECONDS)

    def _all_end(self, charges: Iterable[_Charge], seconds: float) -> bool:
        asked_at = time.monotonic()
        charges = list(charges)
        while any(charge.is_alive for charge in charges):
            waited = time.monotonic() - asked_at
            if waited > (min(seconds, HURRIED_SECONDS) if self._hurry else seconds):
                return False
            self._turn(0.1)
        return True


def _only_wake(number: int, frame: FrameType | None) -> None:
    """A handler has to exist for the signal to reach the wake-up pipe."""


def _ending(status: int) -> str:
    if status >= 0:
        return f"ended with status {status}"
    try:
        return f"was killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"was killed by signal {-status}"


def _adopt_orphans(wanted: bool) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, int(wanted), 0, 0, 0)


def _children() -> list[int]:
    """The process ids of our children now, by the kernel's word; none where it does not tell."""
    try:
        text = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    except OSError:
        return []
    return [int(pid) for pid in text.split()]
