"""The processes below one, which come and go while one looks."""

import re
import signal

import psutil


def children() -> set[psutil.Process]:
    """This process's, ended ones that nobody waited for among them."""
    return set(psutil.Process().children())


def descendants(pid: int, pattern: str) -> list[psutil.Process]:
    """Those below `pid` now whose command line matches, in no order; zombies are none."""
    found = []
    for process in psutil.Process(pid).children(recursive=True):
        try:
            if re.search(pattern, " ".join(process.cmdline())):
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


def parent(process: psutil.Process) -> int | None:
    """The id of its parent; None if it has ended."""
    try:
        return int(process.ppid())
    except psutil.NoSuchProcess:
        return None


def send(process: psutil.Process, number: signal.Signals) -> bool:
    """Whether the signal found it alive."""
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return False
    return True
