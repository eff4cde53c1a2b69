"""What `typing` has since Python 3.11, from wherever this Python has it."""

import sys

if sys.version_info >= (3, 11):
    from typing import NotRequired, Self, TypedDict, Unpack, assert_never
else:
    from typing_extensions import NotRequired, Self, TypedDict, Unpack, assert_never

__all__ = ["NotRequired", "Self", "TypedDict", "Unpack", "assert_never"]
