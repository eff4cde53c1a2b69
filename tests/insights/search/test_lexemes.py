"""The words of any language as the full-text search is to see them."""

import pytest

from insights.search.lexemes import configuration, length, searchable, sought


def test_words_are_folded_and_freed_of_punctuation() -> None:
    assert searchable("“Hello”, World — isn’t GPT-4o 3.5%?") == "hello world isn t gpt 4o 3 5"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("今天天气好。我们", "今天 天天 天气 气好 好 我们 们"),
        ("サーバーを", "サー ーバ バー ーを を"),
        ("회의를 한다", "회의 의를 를 한다 다"),
        ("vue.jsの話", "vue js の話 話"),
    ],
)
def test_scripts_without_spaces_become_pairs_of_characters(text: str, words: str) -> None:
    assert searchable(text) == words


def test_marks_stay_with_their_letters() -> None:
    assert searchable("हिन्दी भाषा!") == "हिन्दी भाषा"


def test_a_capital_dotted_i_is_found_by_a_plain_one() -> None:
    assert searchable("İstanbul’da") == "istanbul da"


def test_a_question_has_each_word_once_and_no_ends_of_runs() -> None:
    assert sought("天气预报 and 天气 and 茶") == ["天气", "气预", "预报", "and", "茶"]


@pytest.mark.parametrize(
    ("language", "name"), [("en-US", "english"), ("pt", "portuguese"), ("zh", "simple"), (None, "simple")]
)
def test_each_language_has_a_text_search_configuration(language: str | None, name: str) -> None:
    assert configuration(language) == name


def test_two_characters_without_spaces_are_as_long_as_a_word() -> None:
    assert length("four words of English") == 4
    assert length("今天天气 here") == 3
