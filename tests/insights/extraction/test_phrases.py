"""The phrases that a transcript repeats."""

import pytest

from insights.extraction.phrases import Phrase, phrases_of

# Long enough for what is said once to be a remark.
FILL = ["and so it was, you know, for them and for us, as it is here and there with all of it"] * 20


def found(texts: list[str], language: str | None = "en") -> dict[str, Phrase]:
    return {phrase.text: phrase for phrase in phrases_of(texts, language)}


def test_a_phrase_is_what_is_said_again_between_small_words() -> None:
    phrases = found(["We have the solar cells", "Are the solar cells expensive?", *FILL])

    assert list(phrases) == ["solar cells"]
    assert phrases["solar cells"].places == (0, 1)


def test_a_word_that_links_may_stand_within() -> None:
    texts = ["The center of mass moves", "as the center of mass does", "We lose and they lose the cup", *FILL]

    assert "center of mass" in found(texts)


def test_a_mark_parts_phrases() -> None:
    texts = ["The budget, marketing has it", "As to the budget: marketing decides", *FILL]

    assert {"budget", "marketing"} == set(found(texts))


def test_hesitations_and_numbers_are_no_phrases() -> None:
    assert found(["Um, yeah, 250 uh 300 okay"] * 3 + FILL) == {}


def test_a_word_said_twice_is_no_phrase() -> None:
    assert list(found(["It was close close", "so close close", *FILL])) == ["close"]


def test_what_means_something_in_a_talk_is_a_phrase_though_lists_have_it() -> None:
    assert {"bill", "research"} <= set(found(["We have the bill for our research"] * 2 + FILL))


def test_a_phrase_is_written_as_it_mostly_is() -> None:
    phrases = found(["Remote controls are sold", "a remote control by Nokia", "The remote control by Nokia", *FILL])

    assert "remote control" in phrases
    assert "Nokia" in phrases


def test_a_capital_at_the_beginning_is_not_a_name() -> None:
    assert "paper" in found(["Paper is here", "Paper for all", "There is the paper", *FILL])


def test_what_a_part_is_about_comes_in_bursts() -> None:
    phrases = found([*["the tennis is here"] * 8, *FILL * 3, *["of the chair and so it is", *FILL] * 8])

    assert phrases["tennis"].burst > 1.0 > phrases["chair"].burst


def test_a_thing_is_told_from_what_is_done_by_the_words_before_it() -> None:
    phrases = found(["We would enter by the gate", "They can enter the gate", "You will enter a gate", *FILL])

    assert phrases["gate"].is_thing > 0.7 > 0.3 > phrases["enter"].is_thing


def test_a_short_talk_has_phrases_that_it_says_once() -> None:
    assert "solar cells" in found(["We use solar cells for it."])


def test_in_a_language_without_a_list_even_words_are_small() -> None:
    texts = [f"ka tolu mi nara{i} ka" for i in range(60)] + ["ka tolu bimo mi"] * 12

    phrases = found(texts, "xx")
    assert "bimo" in phrases
    assert not {"ka", "mi", "tolu"} & set(phrases)


@pytest.mark.parametrize(
    ("language", "text", "phrase"),
    [
        ("zh", "我们讨论人工智能的发展", "人工智能"),
        ("ja", "これはデータベースの話です", "データベース"),
        ("ko", "오늘은 인공지능 기술을 봅니다", "인공지능 기술을"),
        ("de", "Wir bauen die Wärmepumpe für das Haus", "Wärmepumpe"),
    ],
)
def test_phrases_are_found_in_other_scripts_and_languages(language: str, text: str, phrase: str) -> None:
    assert any(phrase in each for each in found([text] * 3, language))


def test_nothing_said_has_no_phrases() -> None:
    assert phrases_of([], "en") == []
    assert phrases_of(["", "1 2"], None) == []
