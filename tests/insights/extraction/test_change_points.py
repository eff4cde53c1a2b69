"""Where a sequence of vectors changes."""

import numpy
from numpy.testing import assert_allclose
from numpy.typing import NDArray

from insights.extraction.change_points import best_cuts, stretch_costs

Array = NDArray[numpy.float32]


def stretches(*lengths: int) -> Array:
    """Noisy vectors, each stretch around a direction of its own."""
    noise = numpy.random.default_rng(1).normal(0, 0.3, (sum(lengths), 8))
    return (numpy.repeat(numpy.eye(8)[: len(lengths)], lengths, axis=0) + noise).astype(numpy.float32)


def cuts(vectors: Array, price: float) -> list[int]:
    count = len(vectors)
    costs = stretch_costs(vectors, numpy.ones(count, numpy.float32), numpy.arange(count))
    return best_cuts(costs, numpy.full(count, price))


def test_cuts_are_where_the_vectors_change() -> None:
    assert cuts(stretches(30, 20, 25), 3.0) == [30, 50]


def test_what_does_not_change_is_not_cut() -> None:
    assert cuts(stretches(60), 3.0) == []


def test_a_higher_price_makes_fewer_cuts() -> None:
    vectors = stretches(10, 10, 10, 10)

    assert len(cuts(vectors, 0.0)) > len(cuts(vectors, 2.0)) >= len(cuts(vectors, 200.0)) == 0


def test_a_cheaper_place_is_taken_where_two_are_alike() -> None:
    vectors = numpy.repeat(numpy.eye(3, dtype=numpy.float32), [10, 1, 10], axis=0)
    costs = stretch_costs(vectors, numpy.ones(21, numpy.float32), numpy.arange(21))

    for cheap in (10, 11):
        prices = numpy.full(21, 4.0)
        prices[cheap] = 3.5
        assert best_cuts(costs, prices) == [cheap]


def test_a_stretch_costs_what_its_vectors_scatter() -> None:
    vectors = stretches(4, 6)
    weights = numpy.arange(1, 11, dtype=numpy.float32)
    costs = stretch_costs(vectors, weights, numpy.array([0, 4]))

    def scatter(rows: slice) -> float:
        mean = numpy.average(vectors[rows], axis=0, weights=weights[rows])
        return float((weights[rows] * numpy.square(vectors[rows] - mean).sum(1)).sum())

    assert_allclose(costs[0, 1] / costs[1, 2], scatter(slice(0, 4)) / scatter(slice(4, 10)), rtol=1e-4)
    assert_allclose(costs[0, 2], len(vectors), rtol=1e-5)


def test_the_same_vector_throughout_is_not_cut() -> None:
    assert cuts(numpy.ones((50, 4), numpy.float32), 1.0) == []


def test_the_noise_of_the_arithmetic_is_no_change() -> None:
    noise = numpy.random.default_rng(4).normal(0, 1e-7, (200, 4))

    assert cuts((numpy.ones((200, 4)) / 2 + noise).astype(numpy.float32), 1.0) == []
