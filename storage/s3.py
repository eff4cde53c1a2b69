"""Objects in an S3 bucket: of AWS, or of any service that speaks its protocol.

Credentials and region come from where boto3 always looks for them, the environment first.
"""

import logging
import os
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from boto3.s3.transfer import TransferConfig, create_transfer_manager
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from s3transfer.exceptions import RetriesExceededError

from storage import ArrivedPart, KeysInOrder, PresignedPut, StoreUnavailable

if TYPE_CHECKING:
    from s3transfer.futures import TransferFuture
    from s3transfer.manager import TransferManager
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import CORSRuleTypeDef, LifecycleRuleTypeDef

log = logging.getLogger(__name__)

TICK_SECONDS = 0.02
BLOCK_BYTES = 256 * 1024
TRANSFER = TransferConfig(max_concurrency=4)
PATIENCE = Config(
    # A request asks about its upload inside a transaction, and the database ends those that idle for a minute.
    connect_timeout=3,
    read_timeout=15,
    retries={"mode": "standard", "total_max_attempts": 3},
    signature_version="s3v4",
    # Services other than AWS do not all know the checksums that boto3 would add of its own accord.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
RULE_ID = "transcribe-uploads"
SIGNED_HEADERS = ["content-type", "if-none-match", "content-md5", "x-amz-checksum-sha256"]
# The short address that boto3 would sign by default is redirected for any region but the first.
AT_AWS = Config(s3={"addressing_style": "virtual"})


class S3Store:
    """The objects of one bucket. `public_endpoint_url` is for signed addresses, where clients need another one."""

    is_public = True

    def __init__(self, bucket: str, *, endpoint_url: str | None = None, public_endpoint_url: str | None = None) -> None:
        self._bucket = bucket
        self._client = _client(endpoint_url)
        self._signer = _client(public_endpoint_url) if public_endpoint_url else self._client
        # Signed at once, so that missing credentials stop the process at its start.
        address = urlsplit(self._signer.generate_presigned_url("head_bucket", Params={"Bucket": bucket}))
        self.origin = f"{address.scheme}://{address.netloc}"
        # A connection belongs to one process: a fork must open its own.
        os.register_at_fork(after_in_child=self._client.close)

    def put_file(self, key: str, path: Path, *, on_tick: Callable[[], None] = lambda: None) -> None:
        with _in_our_words(key):
            self._transfer(lambda manager: manager.upload(str(path), self._bucket, key), on_tick)
        path.unlink()

    @contextmanager
    def local_copy(
        self,
        key: str,
        *,
        only: tuple[int, int] | None = None,
        scratch: Path | None = None,
        on_tick: Callable[[], None] = lambda: None,
    ) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="object.", dir=scratch) as directory:
            path = Path(directory) / "copy"
            with _in_our_words(key):
                if only is None:
                    self._transfer(lambda manager: manager.download(self._bucket, key, str(path)), on_tick)
                else:
                    self._fetch(key, path, *only, on_tick)
            yield path

    def _fetch(self, key: str, path: Path, first: int, after: int, on_tick: Callable[[], None]) -> None:
        """Write these bytes to their place in a file that is otherwise a hole."""
        answer = self._client.get_object(Bucket=self._bucket, Key=key, Range=f"bytes={first}-{after - 1}")
        with closing(answer["Body"]) as body, path.open("wb") as file:
            file.seek(first)
            for block in body.iter_chunks(BLOCK_BYTES):
                file.write(block)
                on_tick()

    def size_bytes(self, key: str) -> int | None:
        try:
            with _in_our_words(key):
                return self._client.head_object(Bucket=self._bucket, Key=key)["ContentLength"]
        except KeyError:
            return None

    def presigned_put(
        self, key: str, *, size_bytes: int, content_type: str, sha256: str | None, expires_seconds: int
    ) -> PresignedPut:
        params = {"ContentLength": size_bytes, "ContentType": content_type, "IfNoneMatch": "*"}
        headers = {"Content-Type": content_type, "If-None-Match": "*"}
        if sha256 is not None:
            checksum = b64encode(bytes.fromhex(sha256)).decode()
            params["ChecksumSHA256"] = headers["x-amz-checksum-sha256"] = checksum
        return PresignedPut(self._signed("put_object", key, params, expires_seconds), headers)

    def begin_multipart(self, key: str, *, content_type: str, part_size_bytes: int) -> str:
        with _in_our_words(key):
            begun = self._client.create_multipart_upload(Bucket=self._bucket, Key=key, ContentType=content_type)
            return begun["UploadId"]

    def presigned_part(
        self, key: str, multipart_id: str, *, number: int, size_bytes: int, md5: str | None, expires_seconds: int
    ) -> PresignedPut:
        params: dict[str, Any] = {"UploadId": multipart_id, "PartNumber": number, "ContentLength": size_bytes}
        headers = {}
        if md5 is not None:
            # Unlike S3's newer checksums this one need not be announced for all parts when the multipart begins.
            params["ContentMD5"] = headers["Content-MD5"] = b64encode(bytes.fromhex(md5)).decode()
        return PresignedPut(self._signed("upload_part", key, params, expires_seconds), headers)

    def arrived_parts(self, key: str, multipart_id: str) -> list[ArrivedPart]:
        pages = self._client.get_paginator("list_parts").paginate(Bucket=self._bucket, Key=key, UploadId=multipart_id)
        with _in_our_words(key):
            return [
                ArrivedPart(part["PartNumber"], part["Size"], part["ETag"])
                for page in pages
                for part in page.get("Parts", ())
            ]

    def complete_multipart(self, key: str, multipart_id: str, parts: list[ArrivedPart]) -> None:
        with _in_our_words(key):
            self._client.complete_multipart_upload(
                Bucket=self._bucket,
                Key=key,
                UploadId=multipart_id,
                MultipartUpload={"Parts": [{"PartNumber": part.number, "ETag": part.tag} for part in parts]},
            )

    def abort_multipart(self, key: str, multipart_id: str) -> None:
        try:
            with _in_our_words(key):
                self._client.abort_multipart_upload(Bucket=self._bucket, Key=key, UploadId=multipart_id)
        except KeyError:
            pass

    def drop_unfinished(self, older_than_seconds: float) -> int:
        latest, dropped = _latest(older_than_seconds), 0
        with _in_our_words(""):
            for page in self._client.get_paginator("list_multipart_uploads").paginate(Bucket=self._bucket):
                for begun in page.get("Uploads", ()):
                    if latest is None or begun["Initiated"] <= latest:
                        self.abort_multipart(begun["Key"], begun["UploadId"])
                        dropped += 1
        return dropped

    def prepare(self, page_origin: str) -> dict[str, str]:
        """Let pages of this origin upload, and parts that are left over expire: `set`, or why not, for each of the two.

        Rules that others made stay as they are.
        """
        return {
            "cors": self._set_up(lambda: self._allow(page_origin)),
            "lifecycle": self._set_up(self._expire_parts),
        }

    def _allow(self, page_origin: str) -> None:
        try:
            others = self._client.get_bucket_cors(Bucket=self._bucket)["CORSRules"]
        except self._client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchCORSConfiguration":
                raise
            others = []
        ours: CORSRuleTypeDef = {
            "ID": RULE_ID,
            "AllowedOrigins": [page_origin],
            "AllowedMethods": ["PUT", "GET", "HEAD"],
            "AllowedHeaders": SIGNED_HEADERS,
            "ExposeHeaders": ["ETag"],
            "MaxAgeSeconds": 3600,
        }
        # Not every service keeps the ids of rules.
        kept = [rule for rule in others if rule.get("ID") != RULE_ID and rule["AllowedOrigins"] != [page_origin]]
        self._client.put_bucket_cors(Bucket=self._bucket, CORSConfiguration={"CORSRules": [*kept, ours]})

    def _expire_parts(self) -> None:
        try:
            others = self._client.get_bucket_lifecycle_configuration(Bucket=self._bucket)["Rules"]
        except self._client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchLifecycleConfiguration":
                raise
            others = []
        ours: LifecycleRuleTypeDef = {
            "ID": RULE_ID,
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 2},
        }
        kept = [rule for rule in others if rule.get("ID") != RULE_ID]
        self._client.put_bucket_lifecycle_configuration(
            Bucket=self._bucket, LifecycleConfiguration={"Rules": [*kept, ours]}
        )

    def _set_up(self, act: Callable[[], None]) -> str:
        try:
            act()
        except ClientError as error:
            return f"refused: {error.response['Error']['Code']}"
        except BotoCoreError as error:
            return f"failed: {type(error).__name__}"
        return "set"

    def presigned_get(self, key: str, *, content_type: str, expires_seconds: int) -> str:
        params = {"ResponseContentType": content_type, "ResponseContentDisposition": "attachment"}
        return self._signed("get_object", key, params, expires_seconds)

    def delete(self, key: str) -> None:
        with _in_our_words(key):
            self._client.delete_object(Bucket=self._bucket, Key=key)

    def keys(self, prefix: str, older_than_seconds: float = 0) -> Iterator[str]:
        latest = _latest(older_than_seconds)
        with _in_our_words(prefix):
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
                for item in page.get("Contents", ()):
                    if latest is None or item["LastModified"] <= latest:
                        yield item["Key"]

    def keys_in_order(self, *, after: str, most: int, older_than_seconds: float = 0) -> KeysInOrder:
        latest, seen = _latest(older_than_seconds), list[tuple[str, datetime]]()
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, StartAfter=after, PaginationConfig={"MaxItems": most}
        )
        with _in_our_words(after):
            for page in pages:
                seen += [(item["Key"], item["LastModified"]) for item in page.get("Contents", ())]
        old = [key for key, written_at in seen if latest is None or written_at <= latest]
        return KeysInOrder(old, seen[-1][0] if len(seen) == most else None)

    def _signed(self, operation: str, key: str, params: dict[str, Any], expires_seconds: int) -> str:
        with _in_our_words(key):
            return self._signer.generate_presigned_url(
                operation, Params={"Bucket": self._bucket, "Key": key, **params}, ExpiresIn=expires_seconds
            )

    def _transfer(self, start: "Callable[[TransferManager], TransferFuture]", on_tick: Callable[[], None]) -> None:
        """Move a file in parts, from threads; when `on_tick` raises, no part of it stays behind."""
        with create_transfer_manager(self._client, TRANSFER) as manager:
            future = start(manager)
            while not future.done():
                on_tick()
                time.sleep(TICK_SECONDS)
            future.result()


def _client(endpoint_url: str | None) -> "S3Client":
    config = PATIENCE if endpoint_url else PATIENCE.merge(AT_AWS)
    return boto3.Session().client("s3", endpoint_url=endpoint_url, config=config)


def _latest(older_than_seconds: float) -> datetime | None:
    """Before when what is so old was written. The bucket has a clock of its own, so "any age" is no comparison."""
    return datetime.now(UTC) - timedelta(seconds=older_than_seconds) if older_than_seconds else None


@contextmanager
def _in_our_words(key: str) -> Iterator[None]:
    """KeyError where there is no such object, multipart or part; else StoreUnavailable, and its reason in the log."""
    try:
        yield
    except ClientError as error:
        reason = error.response["Error"]["Code"]
        if reason in ("404", "NoSuchKey", "NoSuchUpload", "InvalidPart"):
            raise KeyError(key) from None
    except (BotoCoreError, RetriesExceededError) as error:
        reason = type(error).__name__
    else:
        return
    # Their own messages hold addresses and keys, so nothing but the reason may reach a log.
    log.error("the bucket did not do what was asked", extra={"reason": reason})
    raise StoreUnavailable() from None
