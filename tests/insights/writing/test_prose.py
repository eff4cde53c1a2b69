"""What a language model writes becomes plain text of limited length."""

import pytest

from insights.writing.prose import cleaned, in_language, title


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("It **ships** on *Thursday*,\n\n__not__ `Friday`.", "It ships on Thursday, not Friday."),
        ("# Release\n- It ships.\n* It is late.\n> So", "Release It ships. It is late. So"),
        ("这是**重点**内容", "这是重点内容"),
        ("See [the plan](https://x.test/a_b) and ![it](x.png).", "See the plan and it."),
        ("2*3 is 6, 5 * 3 is 15, -5 is cold, snake_case stays", "2*3 is 6, 5 * 3 is 15, -5 is cold, snake_case stays"),
        ("3. Quartal, #1 in [2] cities", "3. Quartal, #1 in [2] cities"),
        ("a\x00b\x1b[31mc\td\r\ne\x85f\u2028g", "a b [31mc d e f g"),
        ("\u202eabc\u2066\ud800d\ufeff", "abcd"),
        ("می\u200cخواهم 👩\u200d💻", "می\u200cخواهم 👩\u200d💻"),
        (" \n ", ""),
    ],
)
def test_text_is_plain(written: str, plain: str) -> None:
    assert cleaned(written, 100) == plain


@pytest.mark.parametrize(
    ("text", "most", "cut"),
    [
        ("one two three", 13, "one two three"),
        ("one two three", 12, "one two…"),
        ("one two, three", 10, "one two…"),
        ("one two three", 8, "one two…"),
        ("今天天气很好", 4, "今天天…"),
        ("onetwothree", 4, "one…"),
    ],
)
def test_long_text_is_cut_between_words(text: str, most: int, cut: str) -> None:
    assert cleaned(text, most) == cut
    assert len(cut) <= most


@pytest.mark.parametrize(
    ("written", "bare"),
    [
        ('"The release."', "The release"),
        ("“The “big” release”.", "The “big” release"),
        ("## **Plants**", "Plants"),
        ("**.**", ""),
    ],
)
def test_titles_stand_without_quotation_marks_and_full_stop(written: str, bare: str) -> None:
    assert title(written, 80) == bare


def test_the_language_is_named_where_it_is_known() -> None:
    assert "(pt-BR)" in in_language("pt-BR")
    assert "None" not in in_language(None)
