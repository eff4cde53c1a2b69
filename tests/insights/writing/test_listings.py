"""Numbered lines, and which of them a question has room for."""

from itertools import chain, pairwise

from insights.writing.listings import Line, line, listing, packed, parts, spread, tokens


def lines(count: int, size: int = 10) -> list[Line]:
    return [Line(number, "", size) for number in range(count)]


def test_a_line_is_one_line_with_its_number_and_speaker() -> None:
    assert line(3, " Yes.\n\u2028[4] No.\x0b", "S\n1").text == "[3] S 1: Yes. [4] No."
    assert line(4, "Yes.").text == "[4] Yes."
    assert listing([line(3, "Yes."), line(3, "No.")]) == "<lines>\n[3] Yes.\n[3] No.\n</lines>"


def test_runs_have_room_for_their_items() -> None:
    assert list(packed([3, 4, 3, 20, 1], lambda each: each, 7)) == [[3, 4], [3], [20], [1]]
    assert list(packed([], lambda each: 1, 7)) == []


def test_parts_hold_every_line_once_and_fit() -> None:
    groups = [lines(count) for count in (3, 0, 40, 7, 7, 1)]
    found = list(parts(groups, 105))

    assert list(chain(*found)) == list(chain(*groups))
    assert all(tokens(part) <= 105 for part in found)


def test_parts_begin_with_a_group_where_that_wastes_little() -> None:
    assert [len(part) for part in parts([lines(6), lines(6)], 100)] == [6, 6]
    assert [len(part) for part in parts([lines(3), lines(9)], 100)] == [10, 2]


def test_groups_that_just_do_not_fit_make_no_part_each_of_what_is_over() -> None:
    assert len(list(parts([lines(11) for _ in range(50)], 100))) <= 60


def test_what_does_not_fit_is_thinned_out_evenly() -> None:
    kept = spread(lines(1000), 300)

    assert 20 <= len(kept) <= 30
    assert kept[0].number == 0
    assert {second.number - first.number for first, second in pairwise(kept)} == {34}
    assert spread(lines(30), 300) == lines(30)
    assert len(spread(lines(5), 1)) == 1
    assert spread([], 10) == []
