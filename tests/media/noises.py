"""Sounds in which nobody speaks, made on the spot and the same each time: float32 −1..1, 16 kHz mono."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

RATE = 16_000
Sound = npt.NDArray[np.float32]


def silence(seconds: float) -> Sound:
    return np.zeros(round(seconds * RATE), np.float32)


def coloured_noise(seconds: float, *, slope: float, level_db: float, seed: int = 0) -> Sound:
    """Noise whose power falls as frequency to the `slope`: 0 white, 1 pink, 2 brown."""
    count = round(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=count))
    frequencies = np.fft.rfftfreq(count, 1 / RATE).clip(20.0)
    return at_level(np.fft.irfft(spectrum / frequencies ** (slope / 2), count), level_db)


def hum(seconds: float, *, level_db: float) -> Sound:
    """Mains hum: 50 Hz with its harmonics, the odd ones louder."""
    at = _times(seconds)
    parts = [np.sin(2 * np.pi * 50 * n * at) / n * (1.0 if n % 2 else 0.4) for n in range(1, 20)]
    return at_level(np.sum(parts, axis=0), level_db)


def tone(seconds: float, *, hertz: float, level_db: float) -> Sound:
    return at_level(np.sin(2 * np.pi * hertz * _times(seconds)), level_db)


def melody(seconds: float, *, level_db: float, note_seconds: float = 0.4, seed: int = 0) -> Sound:
    """Plucked notes of a major scale over a bass, each with its harmonics, dying away."""
    choose = np.random.default_rng(seed)
    scale = 220 * 2 ** (np.array([0, 2, 4, 5, 7, 9, 11, 12]) / 12)
    at = _times(note_seconds)
    notes = []
    for number in range(round(seconds / note_seconds)):
        pitches = (choose.choice(scale), scale[0] / 2 if number % 4 < 2 else scale[4] / 4)
        voices = [np.sin(2 * np.pi * pitch * n * at) / n**1.5 for pitch in pitches for n in range(1, 8)]
        notes.append(np.sum(voices, axis=0) * np.exp(-4 * at) * np.minimum(1, at / 0.01))
    return at_level(np.concatenate(notes), level_db)


def clicks(seconds: float, *, per_second: float, seed: int = 0) -> Sound:
    choose = np.random.default_rng(seed)
    sound = silence(seconds)
    for place in choose.integers(0, len(sound) - 64, round(seconds * per_second)):
        sound[place : place + 64] += (choose.normal(size=64) * np.exp(-np.arange(64) / 8) * 0.5).astype(np.float32)
    return sound.clip(-1, 1)


def siren(seconds: float, *, level_db: float) -> Sound:
    """A sweep between 500 and 1,500 Hz, up and down every four seconds."""
    at = _times(seconds)
    pitch = 1000 + 500 * np.sin(2 * np.pi * at / 4)
    return at_level(np.sin(2 * np.pi * np.cumsum(pitch) / RATE), level_db)


def bursts(seconds: float, *, per_second: float, level_db: float, seed: int = 0) -> Sound:
    """Pink noise in the rhythm of syllables, as of steps, applause or a machine."""
    at = _times(seconds)
    gate = np.maximum(0, np.sin(2 * np.pi * per_second * at)) ** 2
    return at_level(coloured_noise(seconds, slope=1, level_db=0, seed=seed) * gate, level_db)


def beeps(seconds: float, *, hertz: tuple[float, ...], on: float, off: float, level_db: float) -> Sound:
    """Signals of a telephone: tones together, on and off."""
    at = _times(seconds)
    gate = (at % (on + off)) < on
    return at_level(np.sum([np.sin(2 * np.pi * each * at) for each in hertz], axis=0) * gate, level_db)


def at_level(sound: npt.NDArray[np.floating], level_db: float) -> Sound:
    """The sound with this mean power, in decibels below full scale, without overflow."""
    loudness = np.sqrt(np.mean(np.square(sound))) or 1.0
    return (sound / loudness * 10 ** (level_db / 20)).clip(-1, 1).astype(np.float32)


def pcm(sound: Sound) -> bytes:
    """As the engine reads it."""
    return (sound * 32_767).astype("<i2").tobytes()


def _times(seconds: float) -> npt.NDArray[np.float64]:
    return np.arange(round(seconds * RATE)) / RATE


NOISES: dict[str, Callable[[], Sound]] = {
    "digital silence": lambda: silence(40),
    "the faintest noise": lambda: coloured_noise(20, slope=0, level_db=-85),
    **{
        f"{colour} noise at {level} dB": lambda slope=slope, level=level: coloured_noise(  # type: ignore[misc]
            12, slope=slope, level_db=level
        )
        for colour, slope in (("white", 0), ("pink", 1), ("brown", 2))
        for level in (-50, -30, -12)
    },
    "a hum": lambda: hum(20, level_db=-35),
    "a loud hum": lambda: hum(20, level_db=-12),
    "a tone": lambda: tone(15, hertz=440, level_db=-20),
    "a whistle": lambda: tone(10, hertz=2_000, level_db=-10),
    "a melody": lambda: melody(30, level_db=-20),
    "a fast, loud melody": lambda: melody(15, level_db=-10, note_seconds=0.15, seed=1),
    "clicks": lambda: clicks(20, per_second=3),
    "a crackle": lambda: clicks(12, per_second=60),
    "a siren": lambda: siren(20, level_db=-15),
    "bursts of noise": lambda: bursts(20, per_second=4, level_db=-20),
    "slow bursts of noise": lambda: bursts(15, per_second=1, level_db=-12),
    "a busy line": lambda: beeps(15, hertz=(425,), on=0.5, off=0.5, level_db=-15),
    "dialling": lambda: beeps(10, hertz=(770, 1336), on=0.1, off=0.1, level_db=-12),
}
