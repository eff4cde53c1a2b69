"""The language of a transcript that came without one."""

import pytest
from sqlalchemy.orm import Session

from insights.search.languages import guess_language


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("So what I wanted to say is that we have to do it before the end of the week.", "en"),
        ("Wir haben das nicht so gemacht, wie es in dem Plan für die Woche war.", "de"),
        ("Nous avons fait ce que vous nous aviez demandé dans la lettre.", "fr"),
        ("Но мы не хотели этого, потому что у нас было мало времени.", "ru"),
        ("今天天气很好，我们去公园。", None),
        ("", None),
    ],
)
def test_a_language_is_told_by_its_stop_words(session: Session, words: str, language: str | None) -> None:
    assert guess_language(session, [words]) == language
