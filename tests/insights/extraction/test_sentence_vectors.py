"""Vectors of sentences, by their words and by a model."""

import subprocess
import sys
from collections.abc import Sequence

import numpy
from numpy.testing import assert_allclose

from insights.extraction.sentence_vectors import Vectors, by_words, embedded, side_by_side, unit

BALLS = ["The ball hits the wall.", "A wall stops the ball.", "The ball rolls along the wall."]
BREAD = ["Bread needs flour and yeast.", "Flour and water make bread.", "The yeast lifts the bread."]


def test_texts_about_the_same_are_alike_by_their_words() -> None:
    likeness = (vectors := by_words(BALLS + BREAD)) @ vectors.T

    assert likeness[:3, :3].min() > likeness[:3, 3:].max()


def test_words_go_together_that_are_said_together() -> None:
    texts = ["cat mammal"] * 5 + ["mammal fur"] * 5 + ["debt bank"] * 5 + ["bank loan"] * 5
    vectors = by_words(texts + [f"topic{i} topic{i}" for i in range(60)] + [f"topic{i}" for i in range(60)])

    assert vectors[0] @ vectors[5] > vectors[0] @ vectors[10] + 0.2


def test_a_text_that_shares_no_word_has_no_direction() -> None:
    vectors = by_words([*BALLS, "Unheard-of"])

    assert_allclose(numpy.linalg.norm(vectors, axis=1), [1, 1, 1, 0], atol=1e-5)


def test_nothing_repeated_is_no_direction_at_all() -> None:
    assert by_words(["one two", "three four"]).tolist() == [[0.0], [0.0]]
    assert by_words([]).shape == (0, 1)


def test_the_same_texts_have_one_direction() -> None:
    vectors = by_words(["The very same."] * 200)

    assert_allclose(vectors @ vectors.T, numpy.ones((200, 200)), atol=1e-4)


def test_vectors_are_the_same_in_every_process() -> None:
    program = (
        f"from insights.extraction.sentence_vectors import by_words; print(by_words({BALLS + BREAD!r}).tobytes().hex())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, check=True, capture_output=True, timeout=60
        ).stdout
        for seed in ("1", "2")
    }

    assert len(runs) == 1


def test_what_is_said_often_is_embedded_once() -> None:
    asked: list[str] = []

    def embed(texts: Sequence[str]) -> Vectors:
        asked.extend(texts)
        return numpy.array([[len(text), 1] for text in texts], numpy.float32)

    assert embedded(["yes", "no", "yes"], embed).tolist() == [[3, 1], [2, 1], [3, 1]]
    assert asked == ["yes", "no"]


def test_side_by_side_the_product_is_the_mean() -> None:
    one, other = unit(numpy.array([[1.0, 0.0], [0.0, 2.0]])), unit(numpy.array([[1.0], [3.0]]))

    both = side_by_side(one, other)
    assert_allclose(both @ both.T, (one @ one.T + other @ other.T) / 2, atol=1e-6)
