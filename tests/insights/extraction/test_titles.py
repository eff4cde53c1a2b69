"""What chapters are called."""

import numpy

from insights.extraction.phrases import Phrase
from insights.extraction.titles import naming, titles

CHAPTERS = numpy.repeat([0, 1], 10)
EVEN = numpy.array([0.5, 0.5])


def phrase(text: str, *places: int, is_thing: float = 0.5) -> Phrase:
    return Phrase(tuple(text.lower().split()), text, places, 0.0, is_thing)


def named(*phrases: Phrase, likeness: float = 0.5) -> list[list[str]]:
    found = naming(phrases, CHAPTERS, EVEN, numpy.full((len(phrases), 2), likeness))
    return [[each.text for each in names] for names in found]


def test_a_chapter_is_named_after_what_is_said_there_and_not_elsewhere() -> None:
    throughout = phrase("remote control", 0, 1, 2, 11, 12, 13)

    assert named(throughout, phrase("touch screen", 3, 4, 5), phrase("solar cells", 14, 15, 16)) == [
        ["touch screen"],
        ["solar cells"],
    ]


def test_two_chapters_are_not_named_after_one_thing() -> None:
    first, second = named(phrase("budget plan", 0, 1, 2, 11, 12), phrase("new offices", 13))

    assert (first, second) == (["budget plan"], ["new offices"])


def test_a_single_word_is_given_company() -> None:
    assert named(phrase("budget", 0, 1, 2), phrase("salaries", 1, 2))[0] == ["budget", "salaries"]


def test_two_words_of_one_stem_are_not_named_together() -> None:
    assert named(phrase("battery", 0, 1, 2), phrase("batteries", 1, 2))[0] == ["battery"]


def test_what_names_a_thing_is_preferred_to_what_is_done() -> None:
    assert named(phrase("entering", 0, 1, 2, is_thing=0.1), phrase("main gate", 1, 2, is_thing=0.8))[0] == ["main gate"]


def test_what_a_chapter_is_like_is_preferred() -> None:
    likeness = numpy.array([[0.1, 0.0], [0.6, 0.0]])
    found = naming([phrase("red folder", 0, 1), phrase("kinetic energy", 2, 3)], CHAPTERS, EVEN, likeness)

    assert found[0][0].text == "kinetic energy"


def test_titles_begin_with_a_capital_and_join_as_the_language_does() -> None:
    names = [[phrase("budget", 0), phrase("salaries", 1)]]

    assert titles(names, ["…"], "en-GB") == ["Budget and salaries"]
    assert titles(names, ["…"], "de") == ["Budget und salaries"]
    assert titles(names, ["…"], None) == ["Budget, salaries"]


def test_names_that_begin_with_a_small_letter_keep_it() -> None:
    assert titles([[phrase("iPhone sales", 0)]], ["…"], "en") == ["iPhone sales"]


def test_without_a_phrase_a_title_is_how_a_sentence_begins() -> None:
    said = ["So it was him, and then it was her, you know."] * 2

    assert titles([[], []], said, "en") == ["So it was him, and then", "So it was him, and then (2)"]
