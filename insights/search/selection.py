"""Which words of a question an index is asked for, so that the answer is a few rows and not half the library."""

from collections.abc import Sequence
from itertools import combinations

# Rows that the index is to yield. They lie all over the disk.
BUDGET = 3_000
# Words that are said together are so more often than chance has it.
TOGETHER = 5.0
PAIRED = 4


def selective_query(queries: Sequence[str], having: Sequence[float], total: float) -> str | None:
    """A tsquery of the rare terms and of pairs of less rare ones, expected to match no more rows than the budget.

    `having` is how many of `total` passages each term is expected in. Where all terms are common it asks for all.
    """
    rare_first = sorted(zip(having, queries, strict=True))
    parts, left = [], float(BUDGET)
    common = []
    for rows, query in rare_first:
        if rows <= left:
            parts.append(query)
            left -= rows
        else:
            common.append((rows, query))
    for (rows, query), (other_rows, other) in combinations(common[:PAIRED], 2):
        both = min(rows, other_rows, TOGETHER * rows * other_rows / total)
        if both <= left:
            parts.append(f"({query}) & ({other})")
            left -= both
    if not parts:
        return " & ".join(f"({query})" for query in queries) or None
    return " | ".join(parts)
