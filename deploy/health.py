"""Whether this container does its work: the web process answers, or (--workers) the engine does. Exit 1 if not."""

import os
import sys
import urllib.error
import urllib.request
from pathlib import Path

SECONDS = 4.0


def web_answers() -> bool:
    # An opener of its own, because the default one would obey http_proxy.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{os.environ.get('PORT') or 8000}/healthz", timeout=SECONDS) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.HTTPError):
        return False


def engine_answers() -> bool:
    """The engine of this machine, which the workers wait for; it opens its socket before it has its model."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from processes.addresses import addresses
    from speech.engines import client

    socket = addresses(Path(os.environ.get("DATA_DIR") or "data")).run_dir / "engine.sock"
    try:
        client.ping(socket, timeout_seconds=SECONDS)
    except client.EngineUnavailable:
        return False
    return True


if __name__ == "__main__":
    sys.exit(not (engine_answers() if "--workers" in sys.argv[1:] else web_answers()))
