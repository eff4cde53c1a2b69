"""A small run with every kind of change, the same each time; `make test-faults` is the large one, of a new seed."""

import subprocess
import sys

import pytest

from bench.running import ROOT
from tests.faults.plan import Kind, plan

SEED, TRANSCRIPTIONS, MINUTES, EVERY_SECONDS = 7027, 12, 0.35, 1.5


@pytest.mark.whole
def test_P08_nothing_is_lost_and_nothing_happens_twice_whatever_fails() -> None:
    options = {"seed": SEED, "transcriptions": TRANSCRIPTIONS, "minutes": MINUTES, "every": EVERY_SECONDS}
    arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "tests.faults", *arguments, "--store", "disk", "--verbose"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_small_run_has_every_way_to_order_and_every_kind_of_change() -> None:
    small = plan(
        SEED, transcriptions=TRANSCRIPTIONS, seconds=MINUTES * 60, every_seconds=EVERY_SECONDS, in_bucket=False
    )
    orders, faults = small.orders, {(fault.kind, fault.target) for fault in small.faults}
    assert (len({order.source for order in orders}), len({order.pipeline for order in orders})) == (4, 5)
    assert {order.fate for order in orders} == {None, "cancel", "delete"}
    # A deploy has a test of its own, test_shutdown.py.
    assert {kind for kind, _ in faults} == set(Kind) - {Kind.DEPLOY}
    killed = {target for kind, target in faults if kind is Kind.KILL}
    assert killed >= {"crew", "worker", "work-horse", "scheduler", "web", "web worker", "postgres", "valkey"}
