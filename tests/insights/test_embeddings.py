"""The packaged model, run for real."""

import subprocess
import sys
from pathlib import Path

import numpy
import pytest

from insights.embeddings import PACKAGED_MODEL, Embedder, load, model_folder, understands

needs_model = pytest.mark.skipif(model_folder(PACKAGED_MODEL) is None, reason="the model's package is not installed")


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load(PACKAGED_MODEL, threads=1)


@pytest.mark.engine
@needs_model
def test_vectors_are_of_unit_length_and_in_the_order_of_the_texts(embedder: Embedder) -> None:
    texts = ["A much longer sentence about the price of remote controls.", "Short.", ""]
    vectors = embedder.encode(texts)

    assert vectors.shape == (3, embedder.dimensions)
    assert vectors.dtype == numpy.float32
    assert numpy.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert vectors[1] == pytest.approx(embedder.encode(["Short."])[0], abs=1e-4)


@pytest.mark.engine
@needs_model
def test_a_question_is_nearest_to_its_answer(embedder: Embedder) -> None:
    [question] = embedder.encode_questions(["What does it cost?"])
    passages = embedder.encode(["We will have lunch at noon.", "The price is twelve euros.", "Press the red button."])

    assert (passages @ question).argmax() == 1


@pytest.mark.engine
@needs_model
def test_nothing_has_no_vectors(embedder: Embedder) -> None:
    assert embedder.encode([]).shape == (0, embedder.dimensions)


@pytest.mark.engine
@needs_model
def test_a_folder_is_a_model_too(embedder: Embedder) -> None:
    folder = model_folder(PACKAGED_MODEL)
    assert folder is not None

    assert load(str(folder), threads=1).dimensions == embedder.dimensions


def test_importing_the_door_loads_no_library() -> None:
    program = "import sys, insights.embeddings; print({'torch', 'numpy', 'sentence_transformers'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[2], capture_output=True, text=True)

    assert run.stdout.strip() == "set()"


def test_the_packaged_model_understands_english_alone() -> None:
    assert understands(PACKAGED_MODEL, "en-GB")
    assert not understands(PACKAGED_MODEL, "de")
    assert not understands(PACKAGED_MODEL, None)
    assert understands("some/multilingual-model", "de")
