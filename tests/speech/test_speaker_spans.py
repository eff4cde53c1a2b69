"""Spans of a recording, read from its file."""

from pathlib import Path

import numpy as np
import pytest

from speech.engines.speakers.spans import span_of


@pytest.fixture
def pcm(tmp_path: Path) -> Path:
    path = tmp_path / "samples.pcm"
    np.arange(1000, dtype="<i2").tofile(path)
    return path


def test_a_slice_of_a_span_is_that_of_its_samples(pcm: Path) -> None:
    span, samples = span_of(pcm, (100, 900)), np.arange(100, 900)

    for part in (slice(0, 10), slice(790, 5000), slice(None), slice(20, 10), slice(900, 1000)):
        assert span[part].tolist() == samples[part].tolist()
    assert len(span) == 800


def test_without_a_span_it_is_all_of_the_recording(pcm: Path) -> None:
    assert span_of(pcm, None)[:].tolist() == list(range(1000))


def test_an_empty_recording_is_an_empty_span(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()

    span = span_of(tmp_path / "empty", None)

    assert (len(span), span[:160_000].tolist()) == (0, [])


@pytest.mark.parametrize("span", [(-1, 10), (10, 5), (990, 1001)])
def test_a_span_that_the_recording_has_not_is_refused(pcm: Path, span: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no such span"):
        span_of(pcm, span)
