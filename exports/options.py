"""What a person may choose of an export, and what each preset of captions stands for."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Preset(StrEnum):
    BROADCAST = "broadcast"
    SOCIAL = "social"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Limits:
    """What no caption may exceed, and what it should not fall short of. Widths are columns, times seconds."""

    max_chars_per_line: int
    max_lines: int
    max_seconds: float
    max_chars_per_second: float
    min_seconds: float
    gap_seconds: float

    @property
    def max_chars(self) -> int:
        return self.max_chars_per_line * self.max_lines


PRESETS: Mapping[Preset, Limits] = {
    # Netflix, Timed Text Style Guide: General Requirements (5/6 to 7 seconds, two frames apart, two lines) and English
    # (42 characters a line, 20 a second). The BBC's guidelines ask for the same two lines, a little narrower.
    Preset.BROADCAST: Limits(42, 2, 7.0, 20.0, 5 / 6, 2 / 24),
    # No guide rules here: one short line, as it is read off an upright screen held in a hand.
    Preset.SOCIAL: Limits(24, 1, 3.0, 25.0, 0.4, 0.0),
    # Few and large captions, for reading along and for programs.
    Preset.PLAIN: Limits(80, 2, 12.0, 30.0, 0.5, 0.0),
}


@dataclass(frozen=True, slots=True)
class Options:
    """How a document is to be written. `speakers` None leaves it to the format: all name them but SRT."""

    limits: Limits = PRESETS[Preset.BROADCAST]
    speakers: bool | None = None
    timestamps: bool = True

    def names_speakers(self, unless_told: bool = True) -> bool:
        return unless_told if self.speakers is None else self.speakers


def limits_of(
    preset: Preset,
    *,
    max_chars_per_line: int | None = None,
    max_lines: int | None = None,
    max_seconds: float | None = None,
    max_chars_per_second: float | None = None,
) -> Limits:
    """The limits of a preset, with what is given in their place."""
    usual = PRESETS[preset]
    longest = max_seconds or usual.max_seconds
    return Limits(
        max_chars_per_line or usual.max_chars_per_line,
        max_lines or usual.max_lines,
        longest,
        max_chars_per_second or usual.max_chars_per_second,
        min(usual.min_seconds, longest),
        usual.gap_seconds,
    )
