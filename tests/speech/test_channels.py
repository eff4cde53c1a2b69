"""Which stereo recordings have a voice on each channel, who speaks when in them, and what is mixed of the others."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from speech import audio, channels
from speech.diarization import SpeakerTurn
from tests.media.making import CLIP

RATE = audio.SAMPLE_RATE
Sound = npt.NDArray[np.float64]
Turns = tuple[SpeakerTurn, ...] | None


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    """Eleven seconds of speech, −1..1."""
    pcm = tmp_path_factory.mktemp("voice") / "pcm"
    audio.decode(CLIP, pcm, max_seconds=60, deadline_seconds=60, on_tick=lambda: None)
    return np.frombuffer(pcm.read_bytes(), "<i2") / 32768


@pytest.fixture
def mixed(tmp_path: Path) -> Callable[[Sound], tuple[Turns, Sound]]:
    """`mixed(both)` gives the turns of a stereo recording of shape (samples, 2), and its mono mix."""

    def mix(both: Sound) -> tuple[Turns, Sound]:
        stereo, mono = tmp_path / "stereo", tmp_path / "mono"
        stereo.write_bytes((np.clip(both, -1, 0.9999) * 32768).astype("<i2").tobytes())
        turns = channels.mix_down(stereo, mono, on_tick=lambda: None)
        return turns, np.frombuffer(mono.read_bytes(), "<i2") / 32768

    return mix


def call(voice: Sound, *, overlap: float = 0.0, echo: float = 0.0, noise: float = 0.0, right: float = 1.0) -> Sound:
    """Left and right speak in turn, twice, each begins `overlap` seconds early; each is heard on the other's channel
    `echo` times as loud, a tenth of a second late."""
    length = len(voice)
    step = length - round(overlap * RATE)
    both = np.zeros((3 * step + length, 2))
    for number in range(4):
        side = number % 2
        both[number * step : number * step + length, side] += voice * (right if side else 1.0)
    late = RATE // 10
    heard = both.copy()
    heard[late:] += echo * both[:-late, ::-1]
    return heard + np.random.default_rng(1).normal(scale=noise, size=heard.shape) if noise else heard


def shares(turns: Turns, side: str, first: int, length: int) -> float:
    """The share of a side's turns that lies in the stretches it has in `call`, the first being stretch `first`."""
    own = [turn for turn in turns or () if turn.speaker == side]
    inside = 0.0
    for start in (first * length / RATE, (first + 2) * length / RATE):
        inside += sum(max(0.0, min(turn.end, start + length / RATE) - max(turn.start, start)) for turn in own)
    return inside / sum(turn.end - turn.start for turn in own)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"noise": 0.003},
        {"echo": 0.18, "noise": 0.001},
        {"echo": 0.1, "right": 0.2, "noise": 0.0005},
        {"right": 0.1},
    ],
    ids=["clean", "noisy", "with an echo", "one quiet, with an echo", "one very quiet"],
)
def test_in_a_call_each_channel_speaks_in_its_turns(
    voice: Sound, mixed: Callable[[Sound], tuple[Turns, Sound]], options: dict[str, float]
) -> None:
    turns, _ = mixed(call(voice, **options))

    assert turns is not None
    assert list(turns) == sorted(turns, key=lambda turn: (turn.start, turn.end))
    assert shares(turns, "left", 0, len(voice)) > 0.97
    assert shares(turns, "right", 1, len(voice)) > 0.97


def test_who_talks_over_somebody_has_a_turn_too(voice: Sound, mixed: Callable[[Sound], tuple[Turns, Sound]]) -> None:
    turns, _ = mixed(call(voice, overlap=3.0))

    assert turns is not None
    together = [
        (one, other) for one in turns for other in turns if one.speaker < other.speaker and other.start < one.end
    ]
    assert any(min(one.end, other.end) - max(one.start, other.start) > 1.0 for one, other in together)


def wandering(voice: Sound) -> Sound:
    """One voice that moves between the loudspeakers."""
    place = 0.5 + 0.25 * np.sin(2 * np.pi * np.arange(len(voice)) / RATE / 4)
    return np.stack([voice * place, voice * (1 - place)], axis=1)


def room(voice: Sound) -> Sound:
    """Two microphones in a room: the same voice, half a millisecond apart and each with noise of its own."""
    later = np.roll(voice, 8) * 0.8
    return np.stack([voice, later], axis=1) + np.random.default_rng(2).normal(scale=0.002, size=(len(voice), 2))


ORDINARY: dict[str, Callable[[Sound], Sound]] = {
    "one voice in both": lambda voice: np.stack([voice, voice], axis=1),
    "one voice to the left of the middle": lambda voice: np.stack([voice, voice * 0.4], axis=1),
    "one voice that wanders": wandering,
    "a room": room,
    "one dead channel": lambda voice: np.stack([voice, voice * 0], axis=1),
    "a voice and hiss": lambda voice: np.stack(
        [voice, np.random.default_rng(3).normal(scale=0.02, size=len(voice))], axis=1
    ),
    "a voice and a click": lambda voice: np.stack([voice, np.where(np.arange(len(voice)) == 80_000, 0.9, 0)], axis=1),
    "noise": lambda voice: np.random.default_rng(4).normal(scale=0.1, size=(len(voice), 2)),
    "silence": lambda voice: np.zeros((len(voice), 2)),
    "nearly nothing": lambda voice: np.stack([voice, voice[::-1]], axis=1)[:8000],
    "nothing": lambda voice: np.zeros((0, 2)),
}


@pytest.mark.parametrize("kind", ORDINARY)
def test_nothing_is_concluded_from_other_recordings(
    voice: Sound, mixed: Callable[[Sound], tuple[Turns, Sound]], kind: str
) -> None:
    turns, mono = mixed(ORDINARY[kind](voice))

    assert turns is None
    assert len(mono) == len(ORDINARY[kind](voice))


def loudness(sound: Sound) -> float:
    return float(np.sqrt((sound**2).mean()))


@pytest.mark.parametrize(
    ("left", "right"),
    [(1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (1.0, 0.001), (1.0, -1.0)],
    ids=["both", "left alone", "right alone", "a trace", "upside down"],
)
def test_a_voice_keeps_its_level_whatever_channel_it_is_on(
    voice: Sound, mixed: Callable[[Sound], tuple[Turns, Sound]], left: float, right: float
) -> None:
    _, mono = mixed(np.stack([voice * left, voice * right], axis=1))

    assert loudness(mono) == pytest.approx(loudness(voice), rel=0.01)


def test_two_loud_channels_do_not_overflow(mixed: Callable[[Sound], tuple[Turns, Sound]]) -> None:
    loud = np.stack([np.ones(RATE), np.ones(RATE)], axis=1)

    _, mono = mixed(np.concatenate([loud, -loud]))

    assert (mono.min(), mono.max()) == (-1.0, pytest.approx(0.9999, abs=1e-4))


def test_the_channels_are_kept_apart(voice: Sound, tmp_path: Path) -> None:
    """Where only one speaks the other's channel is silent; where both do, nothing is taken."""
    stereo = tmp_path / "stereo"
    stereo.write_bytes((call(voice, echo=0.18) * 32768).astype("<i2").tobytes())
    seconds = len(voice) / RATE
    turns = [SpeakerTurn(0.0, seconds, "left"), SpeakerTurn(seconds - 2.0, 2 * seconds, "right")]

    channels.keep_apart(stereo, turns, on_tick=lambda: None)

    kept = np.frombuffer(stereo.read_bytes(), "<i2").reshape(-1, 2)[:, 1] / 32768
    told = call(voice, echo=0.18)[:, 1]
    assert loudness(kept[: round((seconds - 3) * RATE)]) == 0
    both = slice(round((seconds - 2) * RATE), len(voice))
    assert np.array_equal(np.round(kept[both] * 32768), np.trunc(told[both] * 32768))
