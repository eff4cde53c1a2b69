"""Somebody's web server that takes webhooks: `python -m bench.receiver`. It says at which port, and counts.

A POST to `/ok/…` is answered at once, one to `/hang/…` never; `GET /counts` tells what came.
"""

import asyncio
import json
import re
from collections import Counter

ANSWER = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}"
HEAD = re.compile(rb"^(\w+) (\S+) ")
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
EVENT = re.compile(rb"\r\nwebhook-id: *(\S+)", re.IGNORECASE)


class Receiver:
    """What came, by path: how many requests, and the ids of the events in them."""

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self.events: dict[str, set[bytes]] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                request, length = HEAD.match(head), LENGTH.search(head)
                assert request is not None
                await reader.readexactly(int(length[1]) if length else 0)
                path = request[2].decode()
                if request[1] == b"GET":
                    answer = json.dumps(self.counts())
                else:
                    self.note(path, head)
                    answer = ""
                if path.startswith("/hang/"):
                    await asyncio.sleep(3600)
                writer.write(ANSWER.format(len(answer), answer).encode())
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # A client that is done.
        finally:
            writer.close()

    def note(self, path: str, head: bytes) -> None:
        event = EVENT.search(head)
        assert event is not None
        self.requests[path] += 1
        self.events.setdefault(path, set()).add(event[1])

    def counts(self) -> dict[str, list[int]]:
        """By path the requests, and how many different events."""
        return {path: [count, len(self.events[path])] for path, count in self.requests.items()}


async def main() -> None:
    server = await asyncio.start_server(Receiver().serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
