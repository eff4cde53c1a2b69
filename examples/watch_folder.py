#!/usr/bin/env python3
"""Transcribe every recording that appears in a folder: `watch_folder.py FOLDER`. Python alone, nothing to install.

Each recording gets its transcript beside it, as `talk.mp3.txt` and `talk.mp3.json`; a recording that has one is left
alone. Interrupted at any moment and started again, it goes on where it was: the Idempotency-Key is made from the file's
bytes, so the same recording is never transcribed, or paid for, twice in a day.

    export TRANSCRIBE_API_KEY=tsk_live_…
    export TRANSCRIBE_URL=http://127.0.0.1:8000
    python3 watch_folder.py ~/Recordings
"""

import hashlib
import json
import mimetypes
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, BinaryIO

API = os.environ.get("TRANSCRIBE_URL", "http://127.0.0.1:8000").rstrip("/") + "/api/v1"
KINDS = {".mp3", ".m4a", ".mp4", ".mov", ".wav", ".flac", ".ogg", ".opus", ".webm", ".aac", ".amr", ".wma", ".aiff"}
LOOK_EVERY_SECONDS = 5
AGAIN = {429, 500, 502, 503, 504}


class Refused(SystemExit):
    """An answer that asking again will not change."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(f"{error['code']}: {error['message']}")
        self.code_of_error = error["code"]


def call(method: str, path: str, body: dict[str, Any] | None = None, key: str | None = None) -> dict[str, Any]:
    """One request of the API; busy and broken servers are asked again, refusals end with their message."""
    headers = {"Authorization": f"Bearer {os.environ['TRANSCRIBE_API_KEY']}"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    if key is not None:
        headers["Idempotency-Key"] = key
    data = None if body is None else json.dumps(body).encode()
    for attempt in range(8):
        request = urllib.request.Request(API + path, data, headers, method=method)  # noqa: S310 (the owner's own URL)
        try:
            with urllib.request.urlopen(request, timeout=90) as response:  # noqa: S310
                return dict(json.load(response))
        except urllib.error.HTTPError as error:
            answer = json.load(error)["error"]
            if error.code not in AGAIN and answer["code"] != "idempotency_key_in_use":
                raise Refused(answer) from None
            time.sleep(float(error.headers.get("Retry-After") or 2**attempt))
        except OSError as error:
            print(f"  no answer ({error}), trying again", file=sys.stderr)
            time.sleep(2**attempt)
    raise SystemExit("The service does not answer.")


def begun(recording: Path, digest: str, noted: Path) -> dict[str, Any]:
    """The upload that is noted beside the recording, or a new one, noted before a byte is sent."""
    if noted.exists():
        try:
            return call("GET", f"/uploads/{noted.read_text()}")
        except Refused as refused:
            if refused.code_of_error != "upload_not_found":  # Unused ones are deleted after a day.
                raise
    kind = mimetypes.guess_type(recording.name)[0] or "application/octet-stream"
    size = recording.stat().st_size
    wanted = {"filename": recording.name, "content_type": kind, "size_bytes": size, "sha256": digest, "multipart": True}
    made = call("POST", "/uploads", wanted)
    noted.write_text(made["id"])
    return made


def send_part(file: BinaryIO, upload: dict[str, Any], number: int) -> None:
    """One part to the store, sent again when the connection breaks."""
    for attempt in range(8):
        (part,) = call("POST", f"/uploads/{upload['id']}/parts", {"part_numbers": [number]})["data"]
        file.seek((number - 1) * upload["part_size_bytes"])
        request = urllib.request.Request(  # noqa: S310
            part["url"], file.read(part["size_bytes"]), part["headers"], method=part["method"]
        )
        try:
            urllib.request.urlopen(request, timeout=300).close()  # noqa: S310
            return
        except OSError as error:
            print(f"  part {number} broke off ({error}), trying again", file=sys.stderr)
            time.sleep(2**attempt)
    raise SystemExit("The store does not take the recording.")


def upload(recording: Path, digest: str, noted: Path) -> str:
    """The id of an upload that holds the recording; one that was interrupted goes on with the missing parts."""
    started = begun(recording, digest, noted)
    if started["status"] == "pending":
        with recording.open("rb") as file:
            for number in sorted({*range(1, started["parts_count"] + 1)} - {*started["parts_received"]}):
                send_part(file, started, number)
        call("POST", f"/uploads/{started['id']}/complete")
    return str(started["id"])


def transcribe(recording: Path) -> None:
    """Send one recording, wait for it, and write its transcript beside it."""
    with recording.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    noted = recording.with_name(recording.name + ".sending")
    body = {"source": "upload", "upload_id": upload(recording, digest, noted), "title": recording.name}
    transcription = call("POST", "/transcriptions", body, key=f"watch-folder-{digest}")
    while transcription["status"] == "processing":
        print(f"  {recording.name}: {transcription['stage']} {transcription['progress']:.0%}", file=sys.stderr)
        transcription = call("GET", f"/transcriptions/{transcription['id']}/wait?timeout=20")
    if transcription["status"] == "failed":
        recording.with_name(recording.name + ".failed").write_text(json.dumps(transcription["error"], indent=2))
        print(f"  {recording.name}: {transcription['error']['message']}", file=sys.stderr)
    else:
        result = call("GET", f"/transcriptions/{transcription['id']}/result")
        recording.with_name(recording.name + ".txt").write_text(result["text"] + "\n")
        recording.with_name(recording.name + ".json").write_text(json.dumps(result, ensure_ascii=False, indent=1))
        print(recording.name)
    noted.unlink()


def waiting(folder: Path) -> list[Path]:
    """Recordings without an outcome beside them that nobody is writing to any more."""
    quiet = time.time() - LOOK_EVERY_SECONDS
    return [
        path
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in KINDS
        and path.stat().st_mtime < quiet
        and not any(path.with_name(path.name + ending).exists() for ending in (".json", ".failed"))
    ]


def main() -> None:
    once, folders = "--once" in sys.argv, [argument for argument in sys.argv[1:] if argument != "--once"]
    if len(folders) != 1 or "TRANSCRIBE_API_KEY" not in os.environ:
        raise SystemExit(__doc__)
    while True:
        for recording in waiting(Path(folders[0])):
            transcribe(recording)
        if once:
            return
        time.sleep(LOOK_EVERY_SECONDS)


if __name__ == "__main__":
    main()
