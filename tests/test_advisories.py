"""`make audit` never takes silence for good news."""

import json

import pytest

from checks.advisories import FOUND, NOT_ASKED, Report, of_npm, of_pip_audit, verdict

GOOD = {"name": "flask", "version": "3.1.3", "vulns": []}
BAD = {"name": "old", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
SKIPPED = {"name": "own", "skip_reason": "Dependency not found on PyPI and could not be audited: own (1)"}


def pip_audit(*packages: object) -> Report:
    return of_pip_audit("runtime", json.dumps({"dependencies": packages, "fixes": []}))


def npm(vulnerabilities: dict[str, object]) -> Report:
    return of_npm("sdk", json.dumps({"vulnerabilities": vulnerabilities, "metadata": {"dependencies": {"total": 9}}}))


@pytest.mark.parametrize(
    ("report", "status", "said"),
    [
        (pip_audit(GOOD), 0, "1 packages looked up, 0 known holes"),
        (pip_audit(GOOD, BAD), FOUND, "old 1.0: PYSEC-1, mended in 1.1"),
        (pip_audit(GOOD, SKIPPED), NOT_ASKED, "not looked up: own"),
        (pip_audit(BAD, SKIPPED), FOUND, "PYSEC-1"),
        (pip_audit(SKIPPED, SKIPPED), NOT_ASKED, "NOT LOOKED UP"),
        (of_pip_audit("runtime", ""), NOT_ASKED, "NOT LOOKED UP"),
        (of_pip_audit("runtime", "[]"), NOT_ASKED, "NOT LOOKED UP"),
        (npm({}), 0, "9 packages looked up"),
        (npm({"x": {"name": "x", "range": "<2", "severity": "high"}}), FOUND, "x <2: high"),
        (of_npm("sdk", json.dumps({"message": "405 Method Not Allowed", "statusCode": 405})), NOT_ASKED, "NOT LOOKED"),
        (of_npm("sdk", "npm: command not found"), NOT_ASKED, "NOT LOOKED UP"),
    ],
)
def test_what_was_not_looked_up_is_not_called_good(report: Report, status: int, said: str) -> None:
    lines: list[str] = []
    assert verdict([report], lines.append) == status
    assert said in "\n".join(lines)


def test_a_hole_weighs_more_than_silence() -> None:
    assert verdict([Report("a", 0, [], []), pip_audit(BAD), Report("b", 0, [], [])], lambda _: None) == FOUND
