"""What faster-whisper found, as segments of ours."""

from types import SimpleNamespace as Found

import pytest

from speech.engines.findings import as_segment

WORDS = [
    Found(word=" Well", start=0.5, end=0.9, probability=0.75),
    Found(word=" then.", start=0.9, end=4.4, probability=0.25),
]


def test_words_keep_their_times_in_the_whole_recording() -> None:
    segment = as_segment(Found(start=0.5, end=4.4, text=" Well then.", words=WORDS, avg_logprob=-0.2), 600.0)

    assert (segment.start, segment.end, segment.text, segment.confidence) == (600.5, 604.4, "Well then.", 0.5)
    assert segment.words is not None
    first, _ = segment.words
    assert (first.start, first.end, first.text) == (600.5, 600.9, "Well")


def test_no_word_is_longer_than_two_seconds() -> None:
    segment = as_segment(Found(start=0.5, end=4.4, text=" Well then.", words=WORDS, avg_logprob=-0.2), 0.0)

    assert segment.words is not None
    assert (segment.words[1].start, segment.words[1].end) == (2.4, 4.4)


@pytest.mark.parametrize("words", [None, []])
def test_without_words_the_confidence_is_that_of_the_segment(words: list[Found] | None) -> None:
    segment = as_segment(Found(start=0, end=1, text=" Hm.", words=words, avg_logprob=-0.6931), 0.0)
    assert segment.confidence == 0.5
