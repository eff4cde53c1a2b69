"""What the service takes before anybody uses it: seconds until it is ready, CPU and memory of each kind of process.

    python -m bench.starting [--after 20]

Memory is the proportional share (PSS): what several processes have in common is divided among them. A provider's key
is set, so that there are workers for it.
"""

import argparse
import os
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path

import psutil

from bench.running import service
from jobs import queues
from processes.embedded import addresses
from processes.slots import slots

WHO = {
    "gunicorn": "web",
    "speech.engines.host": "engine",
    "insights.host": "embedder",
    "jobs.crew": "workers",
    "jobs.worker": "workers",
    "jobs.scheduler": "scheduler",
    "postgres": "PostgreSQL",
}
MIB = 2**20


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--after", type=float, default=20, help="seconds until it is looked at, once all work")
    options = parser.parse_args(arguments)
    settings = {"OPENAI_API_KEY": "unused", "OPENAI_BASE_URL": "http://127.0.0.1:9"}
    began, load = time.monotonic(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        data_dir = Path(name)
        data_dir.chmod(0o711)
        with service(data_dir, settings=settings) as (_, _, supervisor):
            print(f"ready after {time.monotonic() - began:.1f} s; load {load:.1f} before", flush=True)
            queues.connect(addresses(data_dir).redis_url)
            while queues.live_workers() < len(slots(settings)):
                time.sleep(0.1)
            print(f"all workers listen after {time.monotonic() - began:.1f} s", flush=True)
            time.sleep(options.after)
            report(supervisor)
            print(f"a killed worker's successor listens after {seconds_until_replaced():.2f} s")


def report(supervisor: int) -> None:
    """CPU seconds and MiB of all processes of each kind."""
    count, cpu, memory = Counter[str](), Counter[str](), Counter[str]()
    root = psutil.Process(supervisor)
    for process in [root, *root.children(recursive=True)]:
        try:
            command, times, size = " ".join(process.cmdline()), process.cpu_times(), process.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
        who = next((who for part, who in WHO.items() if part in command), "all else")
        count[who] += 1
        cpu[who] += round(1000 * (times.user + times.system))
        memory[who] += size
    print(f"{'':12}{'processes':>11}{'CPU':>8}{'PSS':>10}")
    for who in [*sorted(count), "together"]:
        row = [sum(each.values()) if who == "together" else each[who] for each in (count, cpu, memory)]
        print(f"{who:12}{row[0]:11}{row[1] / 1000:6.1f} s{row[2] / MIB:6.0f} MiB", flush=True)


def seconds_until_replaced() -> float:
    """From the death of a worker until another one listens to its queue."""
    before = {worker.process_id for worker in queues.workers()}
    killed = next(worker.process_id for worker in queues.workers() if worker.queue == queues.QueueName.FETCH)
    os.kill(killed, signal.SIGKILL)
    began = time.monotonic()
    while not any(worker.process_id not in before for worker in queues.workers()):
        time.sleep(0.01)
    return time.monotonic() - began


if __name__ == "__main__":
    main()
