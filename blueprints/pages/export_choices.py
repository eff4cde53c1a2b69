"""What the export boxes offer, from the registry of formats."""

from collections.abc import Sequence

from exports import FORMATS
from exports.options import PRESETS, Preset

WORDS = {Preset.BROADCAST: "Broadcast", Preset.SOCIAL: "Social media", Preset.PLAIN: "Plain"}


class ExportChoices:
    """The choices of the form; `(value, label)` as its selects take them."""

    @property
    def formats(self) -> Sequence[tuple[str, str]]:
        return [(each.code, each.label) for each in FORMATS.values()]

    @property
    def presets(self) -> Sequence[tuple[str, str]]:
        return [
            (
                preset.value,
                f"{WORDS[preset]}: {limits.max_lines} line{'s' if limits.max_lines > 1 else ''} of "
                f"{limits.max_chars_per_line}, {limits.max_seconds:g} s",
            )
            for preset, limits in PRESETS.items()
        ]
