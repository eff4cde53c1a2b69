"""The words of a question in a text, as spans of its characters."""

import pytest
from sqlalchemy.orm import Session

from insights.search.highlights import Highlights, highlights
from insights.search.retrieval import Question, terms_of


def marked(session: Session, asked: str, text: str, configuration: str = "english") -> Highlights:
    [found] = highlights(session, [text], terms_of(session, Question(asked, None, [configuration])), [configuration])
    return found


def test_words_of_the_question_are_marked_in_any_inflection(session: Session) -> None:
    said = "The designer’s “prices”."

    spans = marked(session, "designing a price", said).spans
    assert [said[first:after] for first, after in spans] == ["designer", "prices"]


def test_a_text_tells_which_terms_it_has(session: Session) -> None:
    assert marked(session, "designing a new price", "Price, price!").terms == {2}
    assert marked(session, "designing a new price", "Nothing.") == Highlights([], frozenset())


def test_spans_are_counted_in_code_points(session: Session) -> None:
    assert marked(session, "price", "💶💶 price").spans == [(3, 8)]


@pytest.mark.parametrize(
    ("asked", "said", "span"),
    [("天气预报", "看天气预报。", (1, 5)), ("茶", "我们喝茶。", (3, 4)), ("예산", "새 예산안", (2, 4))],
)
def test_pairs_of_characters_are_joined(session: Session, asked: str, said: str, span: tuple[int, int]) -> None:
    assert marked(session, asked, said, "simple").spans == [span]


def test_a_question_without_words_marks_nothing(session: Session) -> None:
    assert marked(session, "?!", "What?!").spans == []


def test_words_of_several_languages_are_marked(session: Session) -> None:
    question = Question("Häuser houses", None, ["german", "english"])
    found = highlights(session, ["Das Haus.", "A house."], terms_of(session, question), question.configurations)

    assert [each.spans for each in found] == [[(4, 8)], [(2, 7)]]
