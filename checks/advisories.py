"""Whether anything that is locked has a known hole: `python -m checks.advisories`, which is `make audit`.

Asks the advisory databases of PyPI and of npm, by pip-audit and npm. pip-audit ends well where it could look nothing
up, so it is read what is said of each package. Exit 0: all were looked up, and none is known to be bad. 1: one is.
3: a database could not be asked, or does not know a package, which is no good news.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PIP_AUDIT = "pip-audit==2.10.1"
REQUIREMENTS = ("requirements/runtime.txt", "requirements/dev.txt", "requirements/models.txt", "requirements/torch.txt")
SDK = ROOT / "sdks" / "typescript"
SECONDS = 300

FOUND, NOT_ASKED = 1, 3


@dataclass(frozen=True, slots=True)
class Report:
    """Of one list of packages: how many were looked up, what is known of them, and what was not looked up."""

    name: str
    looked_up: int
    holes: Sequence[str]
    unknown: Sequence[str]


def of_pip_audit(name: str, output: str) -> Report:
    """What `pip-audit --format json` said."""
    packages = _json(output).get("dependencies", [])
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    holes = [
        f"{package['name']} {package['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'none'}"
        for package in packages
        for hole in package.get("vulns", [])
    ]
    return Report(name, len(packages) - len(skipped), holes, skipped)


def of_npm(name: str, output: str) -> Report:
    """What `npm audit --json` said."""
    said = _json(output)
    if "vulnerabilities" not in said:
        return Report(name, 0, [], [])
    holes = [f"{each['name']} {each['range']}: {each['severity']}" for each in said["vulnerabilities"].values()]
    return Report(name, said["metadata"]["dependencies"]["total"], holes, [])


def verdict(reports: Sequence[Report], say: Callable[[str], object] = print) -> int:
    """Say what was found, and return the exit status."""
    status = 0
    for report in reports:
        if not report.looked_up:
            say(f"{report.name}: NOT LOOKED UP. The advisory database cannot be reached from here, or knows nothing.")
            status = status or NOT_ASKED
            continue
        say(f"{report.name}: {report.looked_up} packages looked up, {len(report.holes)} known holes.")
        for hole in report.holes:
            say(f"  {hole}")
            status = FOUND
        if report.unknown:
            say(f"  not looked up: {', '.join(report.unknown)}")
            status = status or NOT_ASKED
    return status


def main() -> int:
    uv = Path(sys.executable).with_name("uv")
    audit = [str(uv), "tool", "run", "--quiet", "--from", PIP_AUDIT, "pip-audit", "--disable-pip", "--no-deps"]
    audit += ["--progress-spinner", "off", "--format", "json", "--requirement"]
    reports = [of_pip_audit(each, _output([*audit, each], ROOT)) for each in REQUIREMENTS]
    reports.append(of_npm("sdks/typescript", _output(["npm", "audit", "--json", "--package-lock-only"], SDK)))
    return verdict(reports)


def _output(command: Sequence[str], folder: Path) -> str:
    """What it wrote, nothing where it cannot be started or takes too long."""
    try:
        ended = subprocess.run(  # noqa: S603 (commands of ours)
            command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ended.stdout


def _json(output: str) -> dict[str, Any]:
    try:
        said = json.loads(output)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


if __name__ == "__main__":
    sys.exit(main())
