#!/usr/bin/env python3
"""Transcribe every recording that appears in an S3 bucket: `ingest.py BUCKET [PREFIX] [--once]`.

`calls/a.mp3` gets its transcript beside it, as `calls/a.mp3.txt` and `calls/a.mp3.json`. The service fetches the
recording from a presigned address; no bytes pass through here. Nothing is kept here either, so it may be ended at any
moment, started again elsewhere, or run several times at once:

- What is to be sent is written beside the recording first (`a.mp3.transcribing`), only if nobody else did. Whoever
  comes later sends the very same request with the same idempotency key, which is answered with the same transcription.
- Transcriptions are labelled with the object and its ETag, and looked for before one is made.
- The transcript carries the recording's ETag, so a recording that is replaced is transcribed anew.
"""

import hashlib
import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from transcribe_client import Client, IdempotencyError, Transcription

RECORDINGS = {
    ".mp3",
    ".m4a",
    ".mp4",
    ".mov",
    ".wav",
    ".flac",
    ".ogg",
    ".opus",
    ".webm",
    ".aac",
    ".amr",
    ".wma",
    ".aiff",
}
LABEL = "s3_object"
ADDRESS_LASTS = timedelta(hours=12)
LOOK_EVERY_SECONDS = 15
SIGNED = Config(signature_version="s3v4")  # Some regions know no older one.


class Ingester:
    """One bucket. `look` does what can be done now, and never waits."""

    def __init__(self, s3: Any, client: Client, bucket: str, prefix: str = "") -> None:
        self.s3 = s3
        self.client = client
        self.bucket = bucket
        self.prefix = prefix

    def look(self) -> int:
        """How many recordings are still being transcribed."""
        return sum(self.advance(key, etag) for key, etag in self.recordings())

    def recordings(self) -> Iterator[tuple[str, str]]:
        """Key and ETag of each recording."""
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix):
            for found in page.get("Contents", ()):
                if PurePosixPath(found["Key"]).suffix.lower() in RECORDINGS:
                    yield found["Key"], found["ETag"].strip('"')

    def advance(self, key: str, etag: str) -> bool:
        """Take one recording a step further; whether there is more to do."""
        if self.is_done(key, etag):
            return False
        label = hashlib.sha256(f"{self.bucket}/{key}/{etag}".encode()).hexdigest()
        try:
            transcription = self.transcription(key, label)
        except (IdempotencyError, self.s3.exceptions.NoSuchKey):
            return True  # Somebody else is at it at this moment.
        if transcription.status == "processing":
            return True
        if transcription.status == "completed":
            result = self.client.transcriptions.result(transcription.id)
            self.write(key, ".txt", result.text + "\n", etag)
            self.write(key, ".json", result.model_dump_json(indent=1), etag)
        else:
            self.write(
                key, ".json", json.dumps({"error": transcription.error and transcription.error.model_dump()}), etag
            )
        self.s3.delete_object(Bucket=self.bucket, Key=f"{key}.transcribing")
        print(f"{key}: {transcription.status}")
        return False

    def is_done(self, key: str, etag: str) -> bool:
        try:
            head = self.s3.head_object(Bucket=self.bucket, Key=f"{key}.json")
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                return False
            raise
        return bool(head["Metadata"].get("of-etag") == etag)

    def transcription(self, key: str, label: str) -> Transcription:
        """The one transcription of this recording, begun unless it was."""
        for known in self.client.transcriptions.list(metadata={LABEL: label}, limit=1):
            return known
        body = self.claimed(key, label)
        return self.client.transcriptions.create(**body, idempotency_key=f"s3-{label}")

    def claimed(self, key: str, label: str) -> Any:
        """The request for this recording, the same for everybody who asks."""
        claim = {"Bucket": self.bucket, "Key": f"{key}.transcribing"}
        url = self.s3.generate_presigned_url(
            "get_object", Params={"Bucket": self.bucket, "Key": key}, ExpiresIn=int(ADDRESS_LASTS.total_seconds())
        )
        body = {"source": "external_url", "url": url, "title": PurePosixPath(key).name, "metadata": {LABEL: label}}
        try:
            self.s3.put_object(**claim, Body=json.dumps(body).encode(), IfNoneMatch="*")
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] not in (409, 412):
                raise
        claimed = self.s3.get_object(**claim)
        wanted = json.load(claimed["Body"])
        is_old = datetime.now(UTC) - claimed["LastModified"] > ADDRESS_LASTS
        # Its address is of no use any more, or it is that of a recording that was replaced.
        if is_old or wanted["metadata"] != body["metadata"]:
            self.s3.delete_object(**claim)
            return self.claimed(key, label)
        return wanted

    def write(self, key: str, ending: str, text: str, etag: str) -> None:
        kind = "application/json" if ending == ".json" else "text/plain; charset=utf-8"
        metadata = {"of-etag": etag}
        self.s3.put_object(
            Bucket=self.bucket, Key=key + ending, Body=text.encode(), ContentType=kind, Metadata=metadata
        )


def main() -> None:
    once, given = "--once" in sys.argv, [argument for argument in sys.argv[1:] if argument != "--once"]
    if not 1 <= len(given) <= 2:
        raise SystemExit(__doc__)
    with Client() as client:
        ingester = Ingester(boto3.client("s3", config=SIGNED), client, *given)
        while (at_work := ingester.look()) or not once:
            time.sleep(1 if once and at_work else LOOK_EVERY_SECONDS)


if __name__ == "__main__":
    main()
