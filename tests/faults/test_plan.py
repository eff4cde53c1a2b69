"""A plan is its seed's, and a cable does what it is told."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import pytest

from tests.faults.cables import State, cables
from tests.faults.plan import Kind, Plan, plan


def made(seed: int, **options: bool) -> Plan:
    return plan(seed, transcriptions=50, seconds=120, every_seconds=1, **options)


def test_a_seed_is_a_plan() -> None:
    assert made(7) == made(7)
    assert made(7).orders != made(8).orders
    assert made(7).faults != made(8).faults


def test_every_fault_and_every_way_to_order_comes_up_in_some_plan() -> None:
    plans = [made(seed) for seed in range(10)]
    assert {fault.kind for each in plans for fault in each.faults} == set(Kind)
    assert {order.fate for each in plans for order in each.orders} == {None, "cancel", "delete"}
    assert {each.in_bucket for each in plans} == {True, False}


def test_what_cannot_happen_is_not_planned() -> None:
    on_disk = made(1, in_bucket=False, can_fill=False)
    assert not [fault for fault in on_disk.faults if fault.kind is Kind.FILL or fault.target == "store"]


@contextmanager
def echo() -> Iterator[int]:
    """The port of a server that says what it is told."""

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection, suppress(ConnectionError):
                while block := connection.recv(100):
                    connection.sendall(block)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_a_cable_is_cut_and_mended() -> None:
    with echo() as port, cables({"line": port}) as lines:
        at = ("127.0.0.1", int(lines.url("line").rpartition(":")[2]))
        with socket.create_connection(at, timeout=5) as before:
            before.sendall(b"one")
            assert before.recv(10) == b"one"
            lines.set_state("line", State.CUT)
            with pytest.raises(ConnectionError):
                before.recv(10)
        with socket.create_connection(at, timeout=5) as meanwhile, pytest.raises(ConnectionError):
            meanwhile.recv(10)
        lines.mend()
        with socket.create_connection(at, timeout=5) as after:
            after.sendall(b"two")
            assert after.recv(10) == b"two"


def test_a_silent_cable_says_everything_later() -> None:
    with echo() as port, cables({"line": port}) as lines:
        at = ("127.0.0.1", int(lines.url("line").rpartition(":")[2]))
        with socket.create_connection(at, timeout=0.3) as connection:
            lines.set_state("line", State.SILENT)
            time.sleep(0.1)
            connection.sendall(b"one")
            with pytest.raises(TimeoutError):
                connection.recv(10)
            lines.mend()
            connection.settimeout(5)
            assert connection.recv(10) == b"one"
