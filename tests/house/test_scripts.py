"""What holds of every script of ours: what it says to readers is in `messages.js`."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "static"
WORDS = STATIC / "messages.js"
COMMENT = re.compile(r"/\*.*?\*/|(?m:(?:^|\s)//[^\n]*$)", re.DOTALL)
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`([^`]*)`')
# Begins as a sentence does, or ends as one.
SENTENCE = re.compile(r"^[A-Z][a-z]+,? |[a-z…] [^.#\[]*[a-z…][.…?!]$")


def sentences(script: Path) -> Iterator[str]:
    code = COMMENT.sub("", script.read_text())
    literals = (double or template for double, template in LITERAL.findall(code))
    return (text for text in literals if SENTENCE.search(re.sub(r"\$\{[^}]*\}", "…", text)))


@pytest.mark.parametrize("script", sorted(set(STATIC.glob("*.js")) - {WORDS}), ids=lambda script: script.name)
def test_what_a_script_says_is_in_messages(script: Path) -> None:
    assert not list(sentences(script))


def test_sentences_are_found() -> None:
    assert len(list(sentences(WORDS))) > 30
