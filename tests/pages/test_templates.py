"""What every template keeps to, whoever writes the next one."""

import hashlib
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from markupsafe import Markup, escape

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FRAGMENTS = [path for path in TEMPLATES if path.name.startswith("_")]
PAGES = [path for path in TEMPLATES if not path.name.startswith("_") and path.parent.name not in ("layouts", "macros")]
every_template = pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())


@every_template
def test_nothing_the_content_security_policy_forbids(path: Path) -> None:
    source = path.read_text()
    assert not re.search(r"<script(?![^>]*\ssrc=)", source), "a script without src"
    assert not re.search(r"<style|\sstyle=", source), "an inline style"
    assert not re.search(r"\s(on\w+|hx-on[\w:-]*)=", source), "an inline handler"
    assert "js:" not in source
    assert "javascript:" not in source


@every_template
def test_user_text_is_always_escaped(path: Path) -> None:
    source = path.read_text()
    assert not re.search(r"\|\s*safe\b", source)
    assert "autoescape" not in source


@every_template
def test_every_icon_is_in_the_sprite(path: Path) -> None:
    sprite = (ROOT / "static/icons.svg").read_text()
    for name in re.findall(r'icon\("(\w+)"\)', path.read_text()):
        assert f'<symbol id="{name}"' in sprite


@pytest.mark.parametrize("path", FRAGMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_fragment_stands_alone_and_has_an_id(path: Path) -> None:
    source = re.sub(r"{#.*?#}|{%.*?%}", "", path.read_text(), flags=re.DOTALL)
    assert "{% extends" not in path.read_text()
    assert re.match(r"\s*<\w+ id=", source)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_page_extends_a_layout_and_has_a_title(path: Path) -> None:
    source = path.read_text()
    assert source.startswith('{% extends "layouts/')
    assert "{% block title %}" in source


@every_template
def test_what_htmx_sends_works_without_it(path: Path) -> None:
    """A post sits in a form with an action; a get that a reader starts sits in one or is a link."""
    for tag in re.findall(r"<\w+[^>]*\shx-post=[^>]*>", path.read_text()):
        assert tag.startswith("<form")
        assert 'method="post"' in tag
        assert "action=" in tag


def test_the_vendored_script_is_the_one_its_readme_names() -> None:
    script = (ROOT / "static/vendor/htmx.min.js").read_bytes()
    readme = (ROOT / "static/vendor/README.md").read_text()
    assert hashlib.sha256(script).hexdigest() in readme
    assert 'version:"2.0.11"' in script.decode()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ask not what.", ["Ask", "not", "what."]),
        ("a well-known fact", ["a", "well", "-known", "fact"]),
        ("今日はいい天気ですね。", ["今日は", "いい", "天気", "ですね。"]),
        ("the cat and the hat", ["the", "cat", "and", "the", "hat"]),
        ("<b>1 & 2</b>", ["<b>1", "&", "2</b>"]),
        ("a word the engine did not time", ["a", "missing", "word", "time"]),
    ],
)
def test_timed_words_leave_the_text_as_it_is(app: Flask, text: str, words: list[str]) -> None:
    segment = SimpleNamespace(text=text, words=[[i, i + 1, word, 0.9] for i, word in enumerate(words)])
    rendered = app.jinja_env.get_template("macros/transcription.html").module.timed_text(segment)  # type: ignore[attr-defined]
    assert re.sub(r"</?span[^>]*>", "", rendered) == str(escape(text))
    assert rendered.count("data-t=") == sum(word in text for word in words)


def test_an_unsure_word_is_marked(app: Flask) -> None:
    segment = SimpleNamespace(text="sure unsure", words=[[0, 1, "sure", 0.9], [1, 2, "unsure", 0.2]])
    rendered = app.jinja_env.get_template("macros/transcription.html").module.timed_text(segment)  # type: ignore[attr-defined]
    assert rendered == Markup('<span data-t="0.00">sure</span> <span data-t="1.00" class="unsure">unsure</span>')
