"""What faster-whisper found, as segments of ours."""

from types import SimpleNamespace as Found

import pytest

from speech.engines.findings import EARLY_SECONDS, as_segment

WORDS = [
    Found(word=" Well", start=0.5, end=0.9, probability=0.75),
    Found(word=" then.", start=0.9, end=4.4, probability=0.25),
]


SAID = Found(start=0.5, end=4.4, text=" Well then.", words=WORDS, avg_logprob=-0.2)
LATER = EARLY_SECONDS


def test_words_keep_their_times_in_the_whole_recording() -> None:
    segment = as_segment(SAID, 600.0, [(600.0, 605.0)])

    assert (segment.start, segment.end) == pytest.approx((600.5 + LATER, 604.4 + LATER))
    assert (segment.text, segment.confidence) == ("Well then.", 0.5)
    assert segment.words is not None
    first, _ = segment.words
    assert (first.start, first.end) == pytest.approx((600.5 + LATER, 600.9 + LATER))
    assert first.text == "Well"


def test_no_word_is_longer_than_two_seconds() -> None:
    segment = as_segment(SAID, 0.0, [(0.0, 5.0)])

    assert segment.words is not None
    assert (segment.words[1].start, segment.words[1].end) == pytest.approx((2.4 + LATER, 4.4 + LATER))


def test_a_word_begins_where_speech_does_and_not_in_the_pause_before() -> None:
    segment = as_segment(SAID, 0.0, [(0.4, 0.95), (3.8, 4.5)])

    assert segment.words is not None
    assert segment.words[1].start == pytest.approx(3.7 + LATER)


def test_a_word_outside_all_speech_keeps_its_times() -> None:
    segment = as_segment(SAID, 0.0, [(8.0, 9.0)])

    assert segment.start == pytest.approx(0.5 + LATER)


@pytest.mark.parametrize("words", [None, []])
def test_without_words_the_confidence_is_that_of_the_segment(words: list[Found] | None) -> None:
    segment = as_segment(Found(start=0, end=1, text=" Hm.", words=words, avg_logprob=-0.6931), 0.0, [])
    assert segment.confidence == 0.5
