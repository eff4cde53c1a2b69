"""Sentences that tell most, and read well by themselves."""

import numpy

from insights.extraction.quotes import chosen, fitness
from insights.extraction.sentences import Sentence
from insights.extraction.small_words import small_words
from insights.extraction.summaries import joined, paragraph, points

GOOD = "The solar battery of the remote control lasts two weeks and halves its price."


def sentence(text: str, number: int = 0, *, is_whole: bool = True) -> Sentence:
    return Sentence(10.0 * number, 10.0 * number + 9, text, "S1", number, number, opens=True, is_whole=is_whole)


def fit(text: str, *, is_whole: bool = True) -> float:
    return fitness(sentence(text, is_whole=is_whole), small_words("en"))


def test_a_sentence_that_reads_well_by_itself_is_fit() -> None:
    assert fit(GOOD) > 0.9


def test_what_disturbs_makes_a_sentence_less_fit() -> None:
    others = [
        f"And {GOOD.lower()}",
        GOOD.replace("battery", "um battery"),
        GOOD.replace("The", "The the"),
        GOOD.replace(".", "?"),
        "The battery lasts.",
        "So it is what it is and that is what we have and then we go there.",
    ]

    assert max(map(fit, others)) <= 0.6
    assert fit(GOOD, is_whole=False) <= 0.5
    assert fit(" ".join([GOOD] * 10)) < 0.5


def test_even_a_word_can_be_quoted_where_there_is_no_other() -> None:
    assert 0 < fit("Hello.") < 0.2


def test_two_sentences_that_say_the_same_are_not_both_chosen() -> None:
    vectors = numpy.array([[1, 0], [1, 0], [0, 1]], numpy.float32)

    assert chosen(numpy.array([1.0, 0.9, 0.5]), vectors, 2) == [0, 2]
    assert chosen(numpy.array([1.0, 0.9, 0.5]), vectors, 9) == [0, 2]


def test_a_paragraph_is_in_time_order() -> None:
    said = [sentence(GOOD, i) for i in range(100)]
    worth = numpy.zeros(100)
    worth[[70, 20, 40]] = [3, 2, 1]

    assert paragraph(said, worth, numpy.eye(100, dtype=numpy.float32)) == [20, 40, 70]


def test_what_has_no_mark_at_its_end_is_set_off() -> None:
    assert joined(["we go there", GOOD, "and so on"]) == f"we go there … {GOOD} and so on"


def test_points_come_from_all_over_the_talk() -> None:
    said = [sentence(f"{GOOD} {i}", i) for i in range(400)]
    found = points(said, numpy.ones(400))

    assert len(found) == 8
    assert [point.start for point in found] == [500.0 * i for i in range(8)]
    assert (found[0].text, found[0].end) == (said[0].text, 9.0)


def test_a_short_talk_has_few_points_and_says_nothing_twice() -> None:
    assert len(points([sentence(f"{GOOD} {i}", i) for i in range(12)], numpy.ones(12))) == 3
    assert len(points([sentence(GOOD, i) for i in range(12)], numpy.ones(12))) == 1
    assert points([], numpy.zeros(0)) == []
