"""Where a sequence of vectors changes: kernel change-point detection (Harchaoui & Cappé 2007; Arlot et al. 2019).

A stretch costs what its vectors scatter around their mean. Of all ways to cut the sequence, the one is sought whose
stretches and cuts together cost least; dynamic programming finds it, in time quadratic in the number of candidates.
"""

import numpy
from numpy.typing import NDArray

NOISE = 1e-6
Numbers = NDArray[numpy.float64]


def stretch_costs(
    vectors: NDArray[numpy.float32], weights: NDArray[numpy.float32], candidates: NDArray[numpy.intp]
) -> Numbers:
    """What the stretches between candidates cost: [i, j] from candidate i up to j, the end being the last j.

    `candidates` are rows of `vectors`, ascending from 0. The unit is what one row scatters by in the uncut sequence, so
    that a price means the same for a long and a short one. What is no stretch costs infinitely much.
    """
    sums = _sums_before(vectors * weights[:, None], candidates)
    weight = _sums_before(weights[:, None], candidates)[:, 0]
    spread = _sums_before((weights * numpy.square(vectors).sum(1))[:, None], candidates)[:, 0]
    squares = numpy.square(sums).sum(1)
    lengths = squares[:, None] + squares - 2 * sums @ sums.T
    with numpy.errstate(divide="ignore", invalid="ignore"):
        costs = spread - spread[:, None] - lengths / (weight - weight[:, None])
    costs[numpy.tril_indices(len(costs))] = numpy.inf
    # Where all is the same, the noise of the arithmetic is nothing to measure by.
    unit = max(costs[0, -1], NOISE * spread[-1], numpy.finfo(float).tiny) / len(vectors)
    scaled: Numbers = costs / unit
    return scaled


def best_cuts(costs: Numbers, prices: Numbers) -> list[int]:
    """The candidates at which the cheapest way cuts, the beginning left out. `prices` are those of cutting at each."""
    count = len(costs)
    prices = numpy.concatenate([[0.0], prices[1:]])
    least = numpy.zeros(count)
    before = numpy.zeros(count, numpy.intp)
    for end in range(1, count):
        totals = least[:end] + prices[:end] + costs[:end, end]
        before[end] = totals.argmin()
        least[end] = totals[before[end]]
    cuts = [int(before[-1])]
    while cuts[-1] > 0:
        cuts.append(int(before[cuts[-1]]))
    return cuts[-2::-1]


def _sums_before(rows: NDArray[numpy.float32], candidates: NDArray[numpy.intp]) -> Numbers:
    """The sums of all rows before each candidate, and of all rows."""
    between = numpy.add.reduceat(rows, candidates, axis=0, dtype=numpy.float64)
    return numpy.vstack([numpy.zeros((1, rows.shape[1])), between.cumsum(0)])
