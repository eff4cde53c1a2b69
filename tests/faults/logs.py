"""What the service's log says that it should not: exceptions that nobody foresaw."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# A program that meets a server which is away may say so and start again.
EXPECTED = ("OperationalError", "ConnectionError", "RedisError", "BusyLoadingError", "ResponseError", "TimeoutError")


def exceptions(log: Path) -> Counter[str]:
    """The exceptions that the programs logged, by what they were about, and how often."""
    found: Counter[str] = Counter()
    for line in _lines(log):
        if "exc_info" in line:
            last = str(line["exc_info"]).strip().splitlines()[-1][:160]
            found[f"{line.get('message', '')[:80]}: {last}"] += 1
    return found


def _lines(log: Path) -> Iterator[dict[str, Any]]:
    for line in log.read_text(errors="replace").splitlines():
        if line.startswith("{"):
            try:
                yield dict(json.loads(line))
            except ValueError:
                continue  # Its writer was killed in the middle.
