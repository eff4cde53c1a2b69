"""What the decoder adds to faster-whisper's: a sentence that was passed over is heard again."""

from typing import Any

import pytest

np = pytest.importorskip("numpy")
pytest.importorskip("faster_whisper")

from faster_whisper import WhisperModel  # noqa: E402 (it needs what was just asked for)

from speech.engines.decoder import Decoder, _is_hurried  # noqa: E402
from speech.transcript import Segment, Word  # noqa: E402

WINDOW = 3000  # frames of 10 ms


@pytest.fixture
def split(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Where the next window begins, and which segments stay, after a window in which the model found `said`."""

    def next_window(
        said: list[tuple[float, float]], *, spoken: list[tuple[float, float]], is_whole: bool = True
    ) -> tuple[float, int]:
        segments = [{"start": start, "end": end} for start, end in said]
        theirs = (segments, WINDOW if is_whole else round(said[-1][1] * 100), is_whole)
        monkeypatch.setattr(WhisperModel, "_split_segments_by_timestamps", lambda self, **given: theirs)
        decoder = Decoder.__new__(Decoder)
        decoder.frames_per_second = 100
        decoder._spoken = spoken
        kept, seek, _ = decoder._split_segments_by_timestamps(seek=0, time_offset=0.0, segment_size=WINDOW)
        return seek / 100, len(kept)

    return next_window


def test_a_window_that_was_heard_to_its_end_is_left(split: Any) -> None:
    assert split([(0, 10), (10, 28)], spoken=[(0, 29)]) == (30, 2)


def test_speech_after_the_last_segment_is_heard_again(split: Any) -> None:
    assert split([(0, 10), (10, 18)], spoken=[(0, 29)]) == (18, 2)


def test_silence_after_the_last_segment_is_not(split: Any) -> None:
    assert split([(0, 10), (10, 18)], spoken=[(0, 18.5)]) == (30, 2)


def test_a_sentence_between_two_segments_is_heard_again_with_what_follows(split: Any) -> None:
    assert split([(0, 6), (15, 18), (18, 29)], spoken=[(0, 29)]) == (6, 1)


def test_a_pause_between_two_segments_is_not(split: Any) -> None:
    assert split([(0, 6), (15, 29)], spoken=[(0, 6), (15, 29)]) == (30, 2)


def test_what_the_model_leaves_to_the_next_window_is_left_to_it(split: Any) -> None:
    assert split([(0, 10), (10, 22)], spoken=[(0, 29)], is_whole=False) == (22, 2)


def test_a_window_in_which_hardly_anything_was_heard_is_not_heard_for_ever(split: Any) -> None:
    assert split([(0, 0.5)], spoken=[(0, 29)]) == (30, 1)


THANKS = Segment(44.21, 44.53, "Thank you very much.", (Word(44.21, 44.29, "Thank"), *[Word(44.29, 44.29, "you")] * 3))


def test_a_phrase_in_no_time_beside_what_is_said_is_none() -> None:
    assert _is_hurried(THANKS, [(34.2, 44.3)])


def test_a_phrase_in_no_time_where_somebody_speaks_is_one() -> None:
    assert not _is_hurried(THANKS, [(34.2, 44.5)])


def test_a_word_beside_what_is_said_is_one() -> None:
    assert not _is_hurried(Segment(44.21, 44.53, "Thanks.", (Word(44.21, 44.53, "Thanks."),)), [(34.2, 44.3)])
