"""How a page is looked at: on which screen, in which colours, with scripts or without.

A test that says nothing looks at a light desktop. `@both_sizes` and the others below have it look in several ways.
"""

from dataclasses import dataclass
from typing import Literal, TypedDict

import pytest
from playwright.sync_api import ViewportSize

Size = Literal["desktop", "phone"]
Scheme = Literal["light", "dark"]


class Options(TypedDict):
    """What a browser's context is opened with."""

    viewport: ViewportSize
    device_scale_factor: float
    is_mobile: bool
    has_touch: bool
    color_scheme: Scheme
    java_script_enabled: bool
    reduced_motion: Literal["reduce"]
    locale: str
    timezone_id: str


@dataclass(frozen=True, slots=True)
class Look:
    size: Size
    scheme: Scheme
    scripted: bool = True

    def __str__(self) -> str:
        return f"{self.size}-{self.scheme}{'' if self.scripted else '-noscript'}"

    @property
    def is_phone(self) -> bool:
        return self.size == "phone"

    @property
    def options(self) -> Options:
        return {
            "viewport": {"width": 390, "height": 844} if self.is_phone else {"width": 1280, "height": 800},
            "device_scale_factor": 1,
            "is_mobile": self.is_phone,
            "has_touch": self.is_phone,
            "color_scheme": self.scheme,
            "java_script_enabled": self.scripted,
            "reduced_motion": "reduce",  # Nothing to wait for; a test of motion asks for it.
            "locale": "en-GB",
            "timezone_id": "UTC",
        }


DESKTOP = Look("desktop", "light")
PHONE = Look("phone", "dark")
EVERY_LOOK = (DESKTOP, Look("desktop", "dark"), Look("phone", "light"), PHONE)
WITHOUT_SCRIPT = (Look("desktop", "light", scripted=False), Look("phone", "dark", scripted=False))


def _in(*looks: Look) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("look", looks, ids=str)


# Between them both sizes and both schemes, at half the price of every combination.
both_sizes = _in(DESKTOP, PHONE)
every_look = _in(*EVERY_LOOK)
on_a_phone = _in(PHONE)
without_script = _in(*WITHOUT_SCRIPT)
with_and_without_script = _in(DESKTOP, PHONE, *WITHOUT_SCRIPT)
