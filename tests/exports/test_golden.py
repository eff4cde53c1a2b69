"""The files of one meeting, to the byte: a change of any of them is seen in review.

`python -m tests.exports.test_golden` writes them anew.
"""

from pathlib import Path

import pytest

from exports import FORMATS
from exports.options import Options
from tests.exports.documents import meeting

GOLDEN = Path(__file__).parent / "golden"
TEXTS = [code for code, kind in FORMATS.items() if kind.is_text and kind.render is not None]


def written(code: str) -> bytes:
    render = FORMATS[code].render
    assert render is not None
    return render(meeting(), Options(speakers=True))


@pytest.mark.parametrize("code", TEXTS)
def test_a_file_is_as_it_was(code: str) -> None:
    assert written(code) == (GOLDEN / f"meeting{FORMATS[code].extension}").read_bytes()


if __name__ == "__main__":
    for each in TEXTS:
        (GOLDEN / f"meeting{FORMATS[each].extension}").write_bytes(written(each))
