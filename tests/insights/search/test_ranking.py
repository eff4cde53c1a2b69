"""The order of hits, from how passages match by words and by meaning."""

from insights.search.ranking import Candidate, fuse, places, rank


def candidate(ordinal: int, similarity: float | None = 0.3, words: float = 0.0, transcription_id: int = 1) -> Candidate:
    return Candidate(100 * transcription_id + ordinal, transcription_id, ordinal, similarity, words)


def order(candidates: list[Candidate]) -> list[int]:
    chosen = [each.passage_id for each in candidates]
    return [each.candidate.passage_id for each in rank(chosen, candidates)]


def test_what_both_rankings_name_stands_before_what_one_names_first() -> None:
    assert fuse([[1, 2, 3], [4, 2, 5]], limit=3) == [2, 1, 4]


def test_words_and_meaning_both_count() -> None:
    alone = [candidate(0, 0.3), candidate(100, 0.5), candidate(200, 0.3, words=5.0), candidate(300, 0.5, words=5.0)]

    assert order(alone) == [400, 200, 300, 100]


def test_a_passage_among_others_to_the_point_stands_before_a_lone_one() -> None:
    lone = [candidate(each, 0.5 if each == 10 else 0.1, transcription_id=1) for each in range(21)]
    among = [candidate(each, 0.5, transcription_id=2) for each in range(21)]

    assert order(lone + among)[0] >= 200


def test_neighbours_lend_weight_without_being_hits_themselves() -> None:
    neighbours = [candidate(each, 0.9) for each in (1, 2)]

    assert [each.candidate.ordinal for each in rank([103], [*neighbours, candidate(3, 0.4)])] == [3]


def test_a_passage_without_embedding_is_neither_helped_nor_harmed() -> None:
    assert order([candidate(0, 0.6), candidate(100, None, words=1.0), candidate(200, 0.2)]) == [100, 200, 300]


def test_the_nearest_of_nothing_to_the_point_is_no_hit() -> None:
    assert order([candidate(0, 0.05), candidate(50, 0.05, words=1.0)]) == [150]


def test_each_place_is_shown_once() -> None:
    candidates = [candidate(5, 0.9), candidate(7, 0.8), candidate(9, 0.7), candidate(7, 0.6, transcription_id=2)]
    ranked = rank([each.passage_id for each in candidates], candidates)

    assert {each.candidate.passage_id for each in places(ranked)} == {105, 109, 207}
