"""How much sentences sound like beginnings."""

from collections.abc import Sequence

import numpy
import pytest
from numpy.typing import NDArray

from insights.embeddings import PACKAGED_MODEL, load, model_folder
from insights.extraction.turning_cues import GOING_ON, TURNING, turning_cues

Vectors = NDArray[numpy.float32]


def embed(texts: Sequence[str]) -> Vectors:
    """Along one axis what turns, along the other what goes on, and none of both in between."""
    rows = {**dict.fromkeys(TURNING, (1, 0)), **dict.fromkeys(GOING_ON, (0, 1))}
    return numpy.array([rows.get(text, (0.7, 0.7)) for text in texts], numpy.float32)


def test_what_sounds_like_a_beginning_stands_out() -> None:
    cues = turning_cues(embed(["so", TURNING[0], "and", GOING_ON[0]]), embed)

    assert cues.argmax() == 1
    assert cues.argmin() == 3


def test_cues_are_in_standard_deviations() -> None:
    cues = turning_cues(embed([*TURNING, "so", "and", *GOING_ON]), embed)

    assert abs(cues.mean()) < 1e-6
    assert abs(cues.std() - 1) < 1e-6


def test_sentences_that_all_sound_alike_have_no_cues() -> None:
    assert turning_cues(embed(["so", "and"]), embed).tolist() == [0.0, 0.0]


@pytest.mark.engine
@pytest.mark.skipif(model_folder(PACKAGED_MODEL) is None, reason="the model is not installed")
def test_the_model_hears_an_announcement_that_it_was_not_told() -> None:
    encode = load(PACKAGED_MODEL, threads=1).encode
    said = ["The battery lasts for a week.", "Let's turn to the marketing plan now.", "That is what it costs, yes."]

    assert turning_cues(encode(said), encode).argmax() == 1
