"""Lanes in step: one call of the model answers all of them, and none waits for one that has left."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

np = pytest.importorskip("numpy")
ctranslate2 = pytest.importorskip("ctranslate2")

from speech.engines.lanes import Lockstep, Stopped  # noqa: E402 (it needs what was just asked for)

PROMPT = [1, 2, 3]


class Model:
    """Answers each window with the number in it, and keeps how many it was asked for at once."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def generate(self, features: Any, prompts: list[list[int]], **options: Any) -> list[float]:
        self.batches.append(len(prompts))
        if options.get("fails"):
            raise RuntimeError("out of memory")
        return [float(window[0, 0]) for window in np.array(features)]


def window(number: int) -> Any:
    return ctranslate2.StorageView.from_array(np.full((1, 2, 2), number, dtype=np.float32))


def run(lockstep: Lockstep, lanes: list[list[dict[str, Any]]]) -> list[list[float]]:
    """What each lane is answered to its requests, all lanes being in step before the first asks."""
    ready = threading.Barrier(len(lanes))

    def lane(number: int) -> list[float]:
        with lockstep.in_step():
            ready.wait()
            return [
                lockstep.generate(window(number), [options.pop("prompt", PROMPT)], **options)[0]
                for options in lanes[number]
            ]

    with ThreadPoolExecutor(len(lanes)) as pool:
        return list(pool.map(lane, range(len(lanes))))


def test_what_lanes_ask_is_answered_at_once_and_to_each_its_own() -> None:
    model = Model()

    answers = run(Lockstep(model), [[{}, {}] for _ in range(4)])

    assert answers == [[0, 0], [1, 1], [2, 2], [3, 3]]
    assert model.batches == [4, 4]


def test_nobody_waits_for_a_lane_that_has_left() -> None:
    model = Model()

    answers = run(Lockstep(model), [[{}], [{}, {}, {}]])

    assert answers == [[0], [1, 1, 1]]
    assert model.batches == [2, 1, 1]


def test_prompts_of_other_lengths_and_other_options_are_asked_apart() -> None:
    model = Model()

    run(Lockstep(model), [[{"beam_size": 5}], [{"beam_size": 5}], [{"beam_size": 1}], [{"prompt": [1]}]])

    assert sorted(model.batches) == [1, 1, 2]


def test_who_causes_an_error_is_told_of_it_and_the_others_are_answered() -> None:
    lockstep = Lockstep(Model())

    with pytest.raises(RuntimeError, match="out of memory"):
        run(lockstep, [[{}], [{"fails": True}]])
    assert run(lockstep, [[{}]]) == [[0]]


def test_a_stop_ends_lanes_that_wait() -> None:
    lockstep = Lockstep(Model())
    waits = threading.Event()

    def wait_for_the_other() -> None:
        with lockstep.in_step():
            waits.set()
            lockstep.generate(window(0), [PROMPT])

    with ThreadPoolExecutor(1) as pool, lockstep.in_step():
        waiting = pool.submit(wait_for_the_other)
        waits.wait()
        lockstep.stop()
        with pytest.raises(Stopped):
            waiting.result(timeout=10)
