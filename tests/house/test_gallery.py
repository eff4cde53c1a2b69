"""The pictures of the repository: those that README shows are there, and all of them are small."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
GALLERY = ROOT / "docs" / "screenshots"
MOST_BYTES = 3_000_000


def test_the_pictures_of_readme_are_there() -> None:
    shown = re.findall(r"docs/screenshots/[\w.-]+", (ROOT / "README.md").read_text())
    assert shown
    assert [path for path in shown if not (ROOT / path).exists()] == []


def test_the_gallery_is_small() -> None:
    assert sum(path.stat().st_size for path in GALLERY.iterdir()) < MOST_BYTES
