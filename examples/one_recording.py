#!/usr/bin/env python3
"""One recording, from its address to its text, with nothing but HTTP: `one_recording.py URL [--told-at ADDRESS]`.

It asks until the transcription is final. With --told-at it is told instead: it listens at that address, which the
service must be able to reach (on one machine, name its host in FETCH_ALLOWED_HOSTS), and checks the signature of what
comes. Python 3.11 or newer.

    export TRANSCRIBE_API_KEY=tsk_live_… TRANSCRIBE_BASE_URL=http://127.0.0.1:8000
    python3 examples/one_recording.py https://example.com/interview.mp3
    python3 examples/one_recording.py https://example.com/interview.mp3 --told-at http://127.0.0.1:9000/
"""

import argparse
import base64
import hashlib
import hmac
import http.server
import json
import os
import sys
import time
import urllib.request
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

BASE_URL = os.environ.get("TRANSCRIBE_BASE_URL", "http://127.0.0.1:8000")
KEY = os.environ["TRANSCRIBE_API_KEY"]
TOLERANCE_SECONDS = 300


def call(method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """The JSON that the API answers."""
    request = urllib.request.Request(  # noqa: S310 (the address is ours)
        f"{BASE_URL}/api/v1{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=90) as answer:  # noqa: S310
        found: dict[str, Any] = json.load(answer)
        return found


def asked(made: dict[str, Any]) -> dict[str, Any]:
    """The transcription once it is final: asked for again and again, each time for as long as the service waits."""
    while made["status"] == "processing":
        made = call("GET", f"/transcriptions/{made['id']}/wait?timeout=45")
    return made


class Receiver(http.server.HTTPServer):
    """Waits for one event whose signature is right."""

    secret = b""
    event: dict[str, Any] | None = None

    def told(self) -> dict[str, Any]:
        while self.event is None:
            self.handle_request()
        data: dict[str, Any] = self.event["data"]
        return data


class Hook(http.server.BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        is_genuine = verified(self.headers, body, self.server.secret)
        self.send_response(204 if is_genuine else 400)
        self.end_headers()
        if is_genuine:
            self.server.event = json.loads(body)

    def log_message(self, *_: object) -> None:
        """Nobody asked."""


def verified(headers: Message, body: bytes, secret: bytes) -> bool:
    """Whether one of the signatures was made with the secret, and not long ago: somebody may repeat what they saw."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    right = "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
    is_fresh = abs(time.time() - int(headers["webhook-timestamp"])) <= TOLERANCE_SECONDS
    return is_fresh and any(hmac.compare_digest(right, each) for each in headers["webhook-signature"].split())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--told-at", metavar="ADDRESS")
    options = parser.parse_args()
    body = {"source": "external_url", "url": options.url}
    if options.told_at:
        place = urlsplit(options.told_at)
        with Receiver((place.hostname or "", place.port or 80), Hook) as receiver:
            made = call("POST", "/transcriptions", {**body, "webhook_url": options.told_at})
            receiver.secret = base64.b64decode(made["webhook_secret"].removeprefix("whsec_"))
            done = receiver.told()
    else:
        done = asked(call("POST", "/transcriptions", body))
    if done["status"] == "failed":
        print(done["error"]["message"], file=sys.stderr)
        return 1
    print(call("GET", f"/transcriptions/{done['id']}/result")["text"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
