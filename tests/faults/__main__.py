"""Run the whole service through a plan of faults, and prove that nothing was lost and nothing happened twice.

    python -m tests.faults [--seed N] [--transcriptions 200] [--minutes 4] [--store disk|bucket]

The seed is printed first; the same seed with the same other arguments places the same orders and plans the same faults.
Exit status 1 where something does not hold.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

import db
import runtime
from bench.running import Api
from config import from_env
from db import transaction
from handlers.accounts import create_account
from handlers.api_keys import create_api_key
from tests.faults import disks, logs, sums
from tests.faults.clients import Clients
from tests.faults.havoc import DISKS, Havoc, make_room, move_clock
from tests.faults.plan import CUSTOMERS, Plan, plan
from tests.faults.running import Service
from tests.faults.town import Town, town

CREDIT_MICROUSD = 50_000_000
DRAINED_WITHIN_SECONDS = 480.0
STATES = """
    SELECT (SELECT count(*) FROM transcriptions WHERE status = 'processing' OR to_understand)
        + (SELECT count(*) FROM webhook_deliveries WHERE state = 'pending')
        + (SELECT count(*) FROM webhook_endpoints WHERE lease_until > clock_timestamp())
"""
OUTCOMES = """
    SELECT coalesce(error_code, status) AS outcome, count(*) AS how_many FROM transcriptions
    WHERE title LIKE 'order-%' GROUP BY 1
"""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    mounting = disks.own_mounts() if not options.mounts else None
    if mounting:
        again = [sys.executable, "-m", "tests.faults", "--mounts", *_as_arguments(options)]
        os.execv(mounting[0], [*mounting, *again])
    made = plan(
        options.seed,
        transcriptions=options.transcriptions,
        seconds=options.minutes * 60,
        every_seconds=options.every,
        in_bucket=None if options.store is None else options.store == "bucket",
        can_fill=options.mounts,
    )
    print(
        f"SEED={made.seed}: {len(made.orders)} transcriptions, {len(made.faults)} faults in {made.seconds:.0f} s, "
        f"recordings {'in a bucket' if made.in_bucket else 'on disk'}",
        flush=True,
    )
    if not options.mounts:
        print("No disk is filled: nothing may be mounted here.", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    folder.chmod(0o711)
    wrong = []
    try:
        wrong = _run(made, folder, options)
    finally:
        if wrong or sys.exc_info()[0]:
            kept = Path(tempfile.gettempdir()) / f"faults-{made.seed}.log"
            shutil.copy(folder / "log", kept)
            print(f"The service's log is kept in {kept}", flush=True)
        if options.mounts:
            for name in DISKS:
                disks.unmount_disk(folder / "data" / name)
        shutil.rmtree(folder, ignore_errors=True)
    for line in wrong:
        print(f"WRONG: {line}", flush=True)
    print(f"SEED={made.seed}: {'everything holds' if not wrong else f'{len(wrong)} things do not hold'}", flush=True)
    return 1 if wrong else 0


def _run(made: Plan, folder: Path, options: argparse.Namespace) -> list[str]:
    data_dir = folder / "data"
    data_dir.mkdir(mode=0o711)
    if options.mounts:
        for name in DISKS:
            disks.mount_disk(data_dir / name)
    (folder / "log").touch()
    report = print if options.verbose else lambda line: None
    with town(folder, seed=made.seed, in_bucket=made.in_bucket) as outside:
        service = Service(data_dir, folder / "log", outside.settings)
        service.start()
        try:
            with _known(service, outside) as customers:
                return _live(made, service, outside, customers, report)
        finally:
            service.stop()


def _live(made: Plan, service: Service, outside: Town, customers: "Customers", report: Any) -> list[str]:
    began = time.monotonic()
    clients = Clients(made, outside, service.url, customers.keys)
    clients.start()
    havoc = Havoc(made, service, outside, report)
    try:
        havoc.wreak()
        clients.wait()
    except BaseException:
        clients.give_up()
        raise
    havoc_ended = time.monotonic()
    make_room(service.data_dir)
    drained = _drain()
    ended = time.monotonic()
    secrets = {
        **customers.secrets,
        **{f"/own/{placed.order.number}": placed.webhook_secret for placed in clients.known.placed},
    }
    wrong = [] if drained else [f"not all was over {DRAINED_WITHIN_SECONDS:.0f} s after the last fault"]
    wrong += sums.all_that_is_wrong(service, clients.known, outside.receiver.arrivals, secrets)
    swept = sums.sweep()
    wrong += sums.orphans(service.data_dir)
    with transaction() as session:
        outcomes = Counter({row.outcome: row.how_many for row in session.execute(text(OUTCOMES))})
    arrivals = outside.receiver.arrivals
    print(f"faults           {_counted(havoc.done)}")
    print(f"transcriptions   {_counted(outcomes)}")
    print(f"clients met      {_counted(clients.known.met)}")
    print(f"webhooks         {len(arrivals)} arrived, of {len({(each.path, each.event_id) for each in arrivals})}")
    print(f"orphans swept    {swept}")
    for what, count in logs.exceptions(service.log).most_common():
        print(f"logged           {count} x {what}")
    print(f"seconds          {havoc_ended - began:.0f} of faults, then {ended - havoc_ended:.0f} until all was over")
    return wrong


@dataclass(frozen=True)
class Customers:
    """Their API keys, and the secrets of their accounts' endpoints by path."""

    keys: list[str]
    secrets: dict[str, str]


@contextmanager
def _known(service: Service, outside: Town) -> Iterator[Customers]:
    """The customers' accounts, made in this process, which stays wired to the service's database and store."""
    os.environ.update(outside.settings)  # Where boto3 looks for credentials.
    runtime.wire(from_env(service.settings), pool_size=2)
    customers = Customers([], {})
    for number in range(CUSTOMERS):
        with transaction() as session:
            account = create_account(
                session,
                email=f"customer-{number}@example.com",
                password=None,
                email_confirmed=True,
                top_up_microusd=CREDIT_MICROUSD,
            )
            _, key = create_api_key(session, account, name="faults")
        customers.keys.append(key)
        for mood in ("steady", "moody"):
            path = f"/{mood}/{number}"
            url = outside.cables.url("hooks") + path
            made = Api(service.url, key).call("POST", "/webhook_endpoints", {"url": url})
            customers.secrets[path] = made["secret"]
    try:
        yield customers
    finally:
        db.engine().dispose()


def _drain() -> bool:
    """Whether all came to its end in time. What waits for its next try gets it at once."""
    deadline = time.monotonic() + DRAINED_WITHIN_SECONDS
    while time.monotonic() < deadline:
        try:
            with transaction() as session:
                left = session.scalar(text(STATES))
        except SQLAlchemyError:
            left = None
        if left == 0:
            return True
        move_clock("deliveries", 0.0)
        move_clock("transcriptions", 0.0)
        time.sleep(1)
    return False


def _counted(counts: "Counter[str]") -> str:
    return ", ".join(f"{count} {what}" for what, count in counts.most_common())


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(1_000_000))
    parser.add_argument("--transcriptions", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=4.0, help="for which faults go on")
    parser.add_argument("--every", type=float, default=2.0, help="seconds between two faults, on average")
    parser.add_argument("--store", choices=("disk", "bucket"), help="where recordings lie; by default the seed says")
    parser.add_argument("--verbose", action="store_true", help="say what befalls whom when")
    parser.add_argument("--mounts", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _as_arguments(options: argparse.Namespace) -> list[str]:
    given = {name: value for name, value in vars(options).items() if name not in ("verbose", "mounts", "store")}
    arguments = [part for name, value in given.items() for part in (f"--{name}", str(value))]
    arguments += ["--store", options.store] if options.store else []
    return [*arguments, *(["--verbose"] if options.verbose else [])]


if __name__ == "__main__":
    sys.exit(main())
