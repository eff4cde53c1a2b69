"""The process that holds the embedding model: `python -m insights.host [--model NAME] [--threads N]`."""

import argparse
import logging
import os
import signal
import time
from collections.abc import Sequence
from types import FrameType

from redis import Redis
from redis.exceptions import RedisError

from insights.embeddings import PACKAGED_MODEL, load
from insights.exchange import LISTEN_SECONDS, serve
from logs import configure_logging

PAUSE_SECONDS = 1.0

log = logging.getLogger("insights.host")


def main(arguments: Sequence[str] | None = None) -> None:
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    parser = argparse.ArgumentParser(prog="python -m insights.host")
    parser.add_argument("--model", default=PACKAGED_MODEL)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)
    configure_logging(os.environ.get("LOG_FORMAT") or "json")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    embedder = load(options.model, threads=options.threads)
    log.info("ready: %s, %d dimensions", options.model, embedder.dimensions)
    # The address holds a password, so it does not come by the command line, which everybody can read.
    redis = Redis.from_url(os.environ["REDIS_URL"], socket_connect_timeout=2, socket_timeout=LISTEN_SECONDS + 5)
    while True:
        try:
            serve(redis, embedder)
        except RedisError:
            log.warning("Redis does not answer")
            time.sleep(PAUSE_SECONDS)


def _end(number: int, frame: FrameType | None) -> None:
    # Whoever waits is told by their own time-out; encoding runs in native code that cannot be interrupted.
    os._exit(0)


if __name__ == "__main__":
    main()
