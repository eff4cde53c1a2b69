#!/usr/bin/env python3
"""Transcribe every recording that appears in a folder: `watch_folder.py FOLDER [--once]`.

A short script to begin your own with; `transcribe watch FOLDER` takes more care, of large files and of money. Each
recording gets its transcript beside it, as `talk.mp3.txt`, and is left alone then. Ended at any moment and started
again, it pays for nothing twice: a transcription carries the recording's SHA-256, and is looked for before one is made.
Python 3.11 or newer.

    pip install ./sdks/python
    export TRANSCRIBE_API_KEY=tsk_live_… TRANSCRIBE_BASE_URL=http://127.0.0.1:8000
    python3 watch_folder.py ~/Recordings
"""

import hashlib
import sys
import time
from pathlib import Path

from transcribe_client import Client, Transcription

KINDS = {".mp3", ".m4a", ".mp4", ".mov", ".wav", ".flac", ".ogg", ".opus", ".webm", ".aac", ".amr", ".wma", ".aiff"}
LOOK_EVERY_SECONDS = 5


def begun(client: Client, recording: Path) -> Transcription:
    """The transcription of these bytes: the one that there is, or a new one."""
    with recording.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    for known in client.transcriptions.list(metadata={"sha256": digest}):
        return known
    upload = client.uploads.send(recording)
    return client.transcriptions.create(source="upload", upload_id=upload.id, metadata={"sha256": digest})


def transcribe(client: Client, recording: Path) -> None:
    """Wait for one recording, and write its transcript beside it, or why there is none."""
    done = client.transcriptions.wait(begun(client, recording).id)
    if done.error is None:
        client.transcriptions.export(done.id, format="txt").save(beside(recording, ".txt"))
    else:
        beside(recording, ".failed").write_text(done.error.message + "\n")
    print(f"{recording.name}: {done.status}")


def waiting(folder: Path) -> list[Path]:
    """Recordings without an outcome that nobody is writing to any more."""
    quiet = time.time() - LOOK_EVERY_SECONDS
    return [
        path
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in KINDS and path.stat().st_mtime < quiet
        if not any(beside(path, ending).exists() for ending in (".txt", ".failed"))
    ]


def beside(recording: Path, ending: str) -> Path:
    return recording.with_name(recording.name + ending)


def main() -> None:
    once, folders = "--once" in sys.argv, [argument for argument in sys.argv[1:] if argument != "--once"]
    if len(folders) != 1:
        raise SystemExit(__doc__)
    with Client() as client:
        while True:
            for recording in waiting(Path(folders[0])):
                transcribe(client, recording)
            if once:
                return
            time.sleep(LOOK_EVERY_SECONDS)


if __name__ == "__main__":
    main()
