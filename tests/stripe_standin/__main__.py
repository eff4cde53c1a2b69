"""The stand-in for a developer's browser: `python -m tests.stripe_standin --webhook http://127.0.0.1:8000/…`."""

import argparse
import threading
from contextlib import suppress

from tests.stripe_standin.server import SECRET_KEY, WEBHOOK_SECRET, StripeStandin


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.stripe_standin", description="Stripe's stand-in.")
    parser.add_argument("--port", type=int, default=12111)
    parser.add_argument("--webhook", metavar="URL", help="where to post events")
    parser.add_argument("--secret", default=WEBHOOK_SECRET, help="what events are signed with")
    parser.add_argument("--key", default=SECRET_KEY, help="the secret key that the API takes")
    parser.add_argument("--shuffle", type=int, metavar="SEED", help="repeat and reorder the events")
    given = parser.parse_args()
    standin = StripeStandin(port=given.port, secret_key=given.key, webhook_secret=given.secret)
    if given.webhook:
        standin.start_deliveries(given.webhook, shuffle_seed=given.shuffle)
    print(f"API and dashboard: {standin.url}\nSecret key: {given.key}\nWebhook secret: {given.secret}", flush=True)
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
    standin.close()


if __name__ == "__main__":
    main()
