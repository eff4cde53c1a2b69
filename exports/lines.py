"""Lines of a caption: as few as hold it, of about the same length, parted where the sentence allows it."""

from collections.abc import Sequence

from exports.atoms import Atom
from exports.breaks import Ending, ending, leans_on_next

COSTS = {Ending.SENTENCE: 0, Ending.CLAUSE: 10, Ending.NONE: 60}
LEANING_COST = 60


def line_width(line: Sequence[Atom]) -> int:
    return sum(atom.width + (atom.spaced and place > 0) for place, atom in enumerate(line))


def lines_needed(atoms: Sequence[Atom], limit: int) -> int:
    """How many lines of `limit` columns hold the atoms, each filled as far as it goes."""
    count, used = 0, limit
    for atom in atoms:
        count, used = filled(count, used, atom, limit)
    return count


def filled(count: int, used: int, atom: Atom, limit: int) -> tuple[int, int]:
    """The lines and the columns used of the last one, once an atom is added. One that is too wide has a line alone."""
    with_it = used + atom.width + atom.spaced
    if count and with_it <= limit:
        return count, with_it
    return count + 1, atom.width


def in_lines(atoms: Sequence[Atom], limit: int) -> list[Sequence[Atom]]:
    """The atoms in as few lines as hold them, the cheapest of all ways: parted well, and about equal in length."""
    if not atoms:
        return []
    count = lines_needed(atoms, limit)
    if count == 1:
        return [atoms]
    ideal = line_width(atoms) / count
    # For each number of lines, the cheapest way to end one of them before a place: (cost, where that line begins).
    ways: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for _ in range(count):
        ways.append(_one_line_more(atoms, ways[-1], limit, ideal))
    lines, after = [], len(atoms)
    for ended in reversed(ways[1:]):
        first = ended[after][1]
        lines.append(atoms[first:after])
        after = first
    return lines[::-1]


def _one_line_more(
    atoms: Sequence[Atom], before: dict[int, tuple[float, int]], limit: int, ideal: float
) -> dict[int, tuple[float, int]]:
    found: dict[int, tuple[float, int]] = {}
    for first, (so_far, _) in before.items():
        used = 0
        for place in range(first, len(atoms)):
            used += atoms[place].width + (atoms[place].spaced and place > first)
            if used > limit and place > first:
                break
            cost = so_far + (used - ideal) ** 2 + _cost_after(atoms, place)
            if place + 1 not in found or cost < found[place + 1][0]:
                found[place + 1] = cost, first
    return found


def _cost_after(atoms: Sequence[Atom], place: int) -> float:
    if place + 1 == len(atoms):
        return 0
    atom, following = atoms[place], atoms[place + 1]
    return COSTS[ending(atom, following)] + (LEANING_COST if leans_on_next(atom, following) else 0)
