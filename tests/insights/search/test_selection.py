"""What an index is asked for in a large library."""

from insights.search.selection import BUDGET, selective_query


def test_rare_words_are_asked_for_by_themselves() -> None:
    assert selective_query(["'a'", "'b'"], [10, 20], 1_000_000) == "'a' | 'b'"


def test_a_common_word_is_asked_for_only_beside_another() -> None:
    common = BUDGET * 3
    query = selective_query(["'think'", "'rare'", "'design'"], [common, 10, common], 10_000_000)

    assert query == "'rare' | ('design') & ('think')"


def test_words_that_are_all_everywhere_are_asked_for_together() -> None:
    assert selective_query(["'a'", "'b' | 'c'"], [500_000, 600_000], 1_000_000) == "('a') & ('b' | 'c')"


def test_no_words_ask_for_nothing() -> None:
    assert selective_query([], [], 1_000) is None
