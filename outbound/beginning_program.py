"""The program that fetches the beginning of one file, started by `outbound.beginning` as a child process.

    python -I beginning_program.py PARENT_PID

Reads what to fetch as JSON from standard input, because every user of the machine can read a command line and a URL or
header may carry a key, and writes how it went to standard output.
"""

import json
import logging
import sys
from pathlib import Path


def main(parent_pid: int) -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from processes.confinement import die_with_parent

    die_with_parent(parent_pid)
    from outbound.fetching import Order, Patience, fetch_beginning
    from outbound.reports import told

    # Standard error is the service's log, and the libraries below name URLs in theirs.
    logging.disable()
    wanted = json.load(sys.stdin)
    fields = wanted["order"]
    order = Order(
        **{**fields, "allowed_hosts": frozenset(fields["allowed_hosts"]), "patience": Patience(**fields["patience"])}
    )
    report = told(Path(wanted["destination"]), lambda file: fetch_beginning(order, file, wanted["enough_bytes"]))
    sys.stdout.buffer.write(report)


if __name__ == "__main__":
    main(int(sys.argv[1]))
