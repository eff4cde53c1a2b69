"""What SECURITY.md promises names tests that there are."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_promise_names_tests_that_there_are() -> None:
    rows = re.findall(r"^\| (.+?) \| (`tests/.+`) \|$", (ROOT / "SECURITY.md").read_text(), re.M)
    assert len(rows) > 10
    named = {path for _, cell in rows for path in re.findall(r"`(tests/[\w./]+)`", cell)}
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
    held = [path for path in sorted(named) if "def test_" not in _text_of(ROOT / path)]
    assert held == []


def _text_of(path: Path) -> str:
    return "".join(each.read_text() for each in (path.rglob("*.py") if path.is_dir() else [path]))
