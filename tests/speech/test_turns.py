"""Who the engine serves next."""

import threading

import pytest

from speech.engines.turns import Turns


def test_turns_are_taken_in_order_of_arrival() -> None:
    turns, order = Turns(), []
    arrived = threading.Event()

    def take(name: str) -> None:
        with turns.turn(lambda before: arrived.set()):
            order.append(name)

    threads = [threading.Thread(target=take, args=(name,)) for name in ("first", "second", "third")]
    with turns.turn(lambda before: None):
        for thread in threads:
            arrived.clear()
            thread.start()
            assert arrived.wait(5)
    for thread in threads:
        thread.join(5)

    assert order == ["first", "second", "third"]


def test_who_leaves_the_queue_does_not_block_it() -> None:
    turns = Turns()

    class HungUp(Exception):
        pass

    def leave(before: int) -> None:
        raise HungUp

    with turns.turn(lambda before: None), pytest.raises(HungUp), turns.turn(leave):
        pytest.fail("it was not its turn")

    with turns.turn(lambda before: pytest.fail("nobody is before")):
        pass


def test_those_who_wait_know_how_many_come_first() -> None:
    turns, told = Turns(), []

    class Enough(Exception):
        pass

    def note(before: int) -> None:
        told.append(before)
        raise Enough

    with turns.turn(lambda before: None), pytest.raises(Enough), turns.turn(note):
        pass

    assert told == [1]
