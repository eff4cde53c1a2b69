"""How a recording is cut: the pieces together are the whole, and silence is not kept where there is much of it."""

from pathlib import Path

import pytest

np = pytest.importorskip("numpy")
pytest.importorskip("faster_whisper")

from speech.engines import pieces  # noqa: E402 (it needs what was just asked for)

RATE = 16_000


def piece(seconds: float, *speech: tuple[float, float]) -> pieces.Piece:
    spans = tuple((int(start * RATE), int(end * RATE)) for start, end in speech)
    return pieces.Piece(start=0, samples=np.zeros(int(seconds * RATE), dtype=np.float32), speech=spans)


def kept_seconds(of: pieces.Piece) -> list[tuple[float, float]]:
    return [(span["start"] / RATE, span["end"] / RATE) for span in of.kept()]


def test_brief_silence_around_speech_is_kept() -> None:
    assert kept_seconds(piece(10, (1, 9))) == [(0, 10)]


def test_long_silence_is_cut_to_a_little_on_each_side() -> None:
    assert kept_seconds(piece(31, (5, 8), (20, 22))) == [(4.6, 8.4), (19.6, 22.4)]


def test_what_is_heard_at_once_is_left_as_it_is() -> None:
    assert kept_seconds(piece(30, (5, 8), (20, 22))) == [(0, 30)]
    assert kept_seconds(piece(30)) == []


@pytest.mark.parametrize(
    ("span", "is_spoken"),
    [((5.5, 7), True), ((8.2, 9), True), ((12.9, 14), True), ((9, 11), False), ((16, 18), False)],
    ids=["in speech", "just after", "just before", "between", "at the end"],
)
def test_what_is_told_of_silence_is_known(span: tuple[float, float], is_spoken: bool) -> None:
    assert piece(18, (5, 8), (13.2, 15)).is_spoken(span) is is_spoken


def test_pieces_make_up_the_whole_recording() -> None:
    noise = np.random.default_rng(0).normal(scale=0.1, size=30 * RATE).astype(np.float32)

    cut = list(pieces.pieces(noise, 4))

    assert len(cut) == 4
    assert max(len(part.samples) for part in cut) <= 1.5 * 30 / 4 * RATE
    assert np.array_equal(np.concatenate([part.samples for part in cut]), noise)
    assert [part.start for part in cut] == list(np.cumsum([0, *(len(part.samples) for part in cut[:-1])]))


def test_speech_is_placed_where_it_is_after_silence_was_left_out() -> None:
    assert np.allclose(piece(31, (5, 8), (20, 22)).spoken(), [(0.4, 3.4), (4.2, 6.2)])


def test_samples_are_mapped_as_they_are(tmp_path: Path) -> None:
    pcm = tmp_path / "pcm"
    pcm.write_bytes(b"\x00\x40\x00\xc0\x01")

    assert pieces.open_samples(pcm).tolist() == [16384, -16384]


def test_an_empty_file_has_no_pieces(tmp_path: Path) -> None:
    (tmp_path / "pcm").touch()

    assert list(pieces.pieces(pieces.open_samples(tmp_path / "pcm"))) == []
