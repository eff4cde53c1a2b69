"""The part of the service that transcribes, in memory: uploads with their store, transcriptions, quotes, exports.

Its shapes are the examples of the API's document. The tests marked `whole` do the same against the real one.
"""

import hashlib
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from blueprints.api_v1.documents import examples
from tests.sdks.python.loopback import Incoming, Loopback, Reply, error, loopback

PART_BYTES = 64 * 1024


@dataclass
class Service:
    """What it holds, and what may go wrong in it."""

    loopback: Loopback | None = None
    uploads: dict[str, dict[str, Any]] = field(default_factory=dict)
    bytes_of: dict[str, dict[int, bytes]] = field(default_factory=dict)
    transcriptions: dict[str, dict[str, Any]] = field(default_factory=dict)
    replayed: dict[str, dict[str, Any]] = field(default_factory=dict)
    begun: dict[str, Reply] = field(default_factory=dict)
    price_usd: str | None = "0.100000"
    failure: dict[str, str] | None = None
    refusal: Reply | None = None
    """What every request of the API is answered with."""
    store_refuses: int = 0
    """So many PUTs are answered with 503."""
    endless: bool = False
    """Nothing gets ready."""
    hangs: tuple[str, str] | None = None
    """What does its work and answers late: a method, and what stands in the path."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        assert self.loopback is not None
        return self.loopback.url

    def requests(self, method: str, path: str = "") -> list[Incoming]:
        assert self.loopback is not None
        return [each for each in self.loopback.requests if each.method == method and path in each.path]

    def content(self, upload_id: str) -> bytes:
        return b"".join(part for _, part in sorted(self.bytes_of[upload_id].items()))

    def answer(self, incoming: Incoming) -> Reply:
        is_late = self.hangs is not None and incoming.method == self.hangs[0] and self.hangs[1] in incoming.path
        with self.lock:
            reply = self._answer(incoming)
        return replace(reply, after_seconds=1.0) if is_late else reply

    def _answer(self, incoming: Incoming) -> Reply:
        if incoming.path.startswith("/store/"):
            return self._store(incoming)
        if self.refusal is not None:
            return self.refusal
        return self._api(incoming, incoming.path.removeprefix("/api/v1/").split("/"))

    def _api(self, incoming: Incoming, at: list[str]) -> Reply:
        match incoming.method, at:
            case "POST", ["uploads"]:
                key = incoming.headers["idempotency-key"]
                if key not in self.begun:
                    self.begun[key] = self._new_upload(incoming.json)
                return self.begun[key]
            case "GET", ["uploads", upload_id] if upload_id in self.uploads:
                return Reply(body=self._upload(upload_id))
            case "DELETE", ["uploads", upload_id]:
                del self.uploads[upload_id]
                return Reply(204)
            case "POST", ["uploads", upload_id, "parts"]:
                return Reply(
                    body=examples.page([self._part(upload_id, number) for number in incoming.json["part_numbers"]])
                )
            case "POST", ["uploads", upload_id, "complete"]:
                self.uploads[upload_id]["status"] = "complete"
                return Reply(body=self._upload(upload_id))
            case "POST", ["quotes"]:
                affordable = {**examples.QUOTE, "total_usd": self.price_usd}
                return Reply(body=affordable)
            case "POST", ["transcriptions"]:
                return self._new_transcription(incoming)
            case "GET", ["transcriptions"]:
                wanted = incoming.query.get("metadata[watched_sha256]")
                rows = [
                    each for each in self.transcriptions.values() if each["metadata"].get("watched_sha256") == wanted
                ]
                return Reply(body=examples.page(rows))
            case "GET", ["transcriptions", transcription_id, "wait"]:
                if self.endless:
                    return Reply(body=self.transcriptions[transcription_id], after_seconds=0.05)
                return Reply(body=self._final(self.transcriptions[transcription_id]))
            case "GET", ["transcriptions", transcription_id, "result"]:
                return Reply(body={**examples.RESULT, "id": transcription_id})
            case "GET", ["transcriptions", transcription_id, "export"]:
                kind = {"Content-Disposition": 'attachment; filename="talk.srt"', "Content-Type": "text/plain"}
                return Reply(body=f"{incoming.query['format']} of {transcription_id}\n".encode(), headers=kind)
            case "GET", ["me"]:
                return Reply(body=examples.ME)
            case _:
                return error(404, "invalid_request_error", "not_found")

    def _new_upload(self, wanted: dict[str, Any]) -> Reply:
        upload_id = f"up_{len(self.bytes_of)}"
        parts = math.ceil(wanted["size_bytes"] / PART_BYTES) if wanted["multipart"] else None
        self.bytes_of[upload_id] = {}
        self.uploads[upload_id] = {
            **examples.PENDING_UPLOAD,
            "id": upload_id,
            "size_bytes": wanted["size_bytes"],
            "filename": wanted["filename"],
            "content_type": wanted["content_type"],
            "part_size_bytes": PART_BYTES if parts else None,
            "parts_count": parts,
        }
        return Reply(201, self._upload(upload_id))

    def _upload(self, upload_id: str) -> dict[str, Any]:
        upload = self.uploads[upload_id]
        arrived = self.bytes_of[upload_id]
        if upload["parts_count"] is not None:
            return {**upload, "url": None, "headers": {}, "parts_received": sorted(arrived)}
        if arrived:
            upload["status"] = "complete"
        return {**upload, "url": f"{self.url}/store/{upload_id}/0", "headers": {"Content-Type": upload["content_type"]}}

    def _part(self, upload_id: str, number: int) -> dict[str, Any]:
        size = min(PART_BYTES, self.uploads[upload_id]["size_bytes"] - (number - 1) * PART_BYTES)
        url = f"{self.url}/store/{upload_id}/{number}?signature=s"
        return {
            **examples.UPLOAD_PART,
            "part_number": number,
            "url": url,
            "size_bytes": size,
            "headers": {"X-Part": "1"},
        }

    def _store(self, incoming: Incoming) -> Reply:
        assert "authorization" not in incoming.headers
        if self.store_refuses:
            self.store_refuses -= 1
            return Reply(503)
        _, _, upload_id, number = incoming.path.split("/")
        self.bytes_of[upload_id][int(number)] = incoming.body
        return Reply()

    def _new_transcription(self, incoming: Incoming) -> Reply:
        key = incoming.headers["idempotency-key"]
        if key not in self.replayed:
            body = incoming.json
            transcription_id = f"tr_{len(self.transcriptions)}"
            self.replayed[key] = self.transcriptions[transcription_id] = {
                **examples.QUEUED,
                "id": transcription_id,
                "metadata": body.get("metadata", {}),
            }
        return Reply(202, self.replayed[key])

    def _final(self, made: dict[str, Any]) -> dict[str, Any]:
        pattern = examples.COMPLETED if self.failure is None else {**examples.FAILED, "error": self.failure}
        made |= {**pattern, "id": made["id"], "metadata": made["metadata"]}
        return made


@contextmanager
def serving() -> Iterator[Service]:
    """The service for a block."""
    service = Service()
    with loopback(service.answer) as service.loopback:
        yield service


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
