"""What only a bucket does: many pages of keys, many parts of a file, and all the ways of not answering."""

import json
import logging
import os
import re
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import requests

import runtime
from config import Bucket, from_env
from storage import PresignedPut, StoreUnavailable
from storage.s3 import S3Store
from tests.storage.seaweed import BUCKET, Seaweed

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import CORSRuleTypeDef

NOWHERE = "http://127.0.0.1:9"
OTHERS_RULE: "CORSRuleTypeDef" = {"AllowedOrigins": ["https://others.example"], "AllowedMethods": ["GET"]}
GUIDE = Path(__file__).parents[2] / "docs" / "configuration.md"


def file_of(scratch: Path, size_bytes: int = 5) -> Path:
    path = scratch / "file"
    with path.open("wb") as file:
        file.truncate(size_bytes)
    return path


def give_up() -> None:
    raise InterruptedError


def test_more_keys_than_are_listed_at_once_are_all_listed(bucket: S3Store, seaweed: Seaweed, folder: str) -> None:
    expected = [f"{folder}{number:04}" for number in range(1_005)]
    with closing(HTTPConnection(urlsplit(seaweed.endpoint_url).netloc, timeout=10)) as connection:
        for key in expected:
            ticket = bucket.presigned_put(key, size_bytes=0, content_type="a/b", sha256=None, expires_seconds=60)
            connection.request("PUT", ticket.url, b"", ticket.headers)
            assert connection.getresponse().read() == b""

    assert list(bucket.keys(folder)) == expected


def test_a_large_file_that_is_given_up_leaves_no_parts(bucket: S3Store, folder: str, scratch: Path) -> None:
    path = file_of(scratch, 64 * 1024**2)
    with pytest.raises(InterruptedError):
        bucket.put_file(f"{folder}large", path, on_tick=give_up)
    assert path.exists()
    assert bucket.size_bytes(f"{folder}large") is None
    uploads = bucket._client.list_multipart_uploads(Bucket=BUCKET, Prefix=folder)
    assert uploads.get("Uploads", []) == []


def test_a_copy_that_is_given_up_leaves_nothing(bucket: S3Store, folder: str, scratch: Path) -> None:
    bucket.put_file(f"{folder}one", file_of(scratch))
    with pytest.raises(InterruptedError), bucket.local_copy(f"{folder}one", scratch=scratch, on_tick=give_up):
        pass
    assert list(scratch.iterdir()) == []


def test_only_the_bytes_that_are_wanted_are_fetched(bucket: S3Store, folder: str, scratch: Path) -> None:
    (scratch / "file").write_bytes(b"none of this, but that")
    bucket.put_file(f"{folder}one", scratch / "file")

    with bucket.local_copy(f"{folder}one", only=(18, 20), scratch=scratch) as copy:
        assert copy.read_bytes() == bytes(18) + b"th"


def test_bytes_that_are_given_up_leave_nothing(bucket: S3Store, folder: str, scratch: Path) -> None:
    bucket.put_file(f"{folder}one", file_of(scratch))
    copy = bucket.local_copy(f"{folder}one", only=(1, 3), scratch=scratch, on_tick=give_up)
    with pytest.raises(InterruptedError), copy:
        pass
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("trouble", ["nobody listens", "no such bucket", "wrong secret"])
def test_a_bucket_that_fails_us_is_a_trouble_that_may_pass_and_tells_no_secret(
    seaweed: Seaweed, scratch: Path, trouble: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    if trouble == "wrong secret":
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    name = "no-such-bucket" if trouble == "no such bucket" else BUCKET
    store = S3Store(name, endpoint_url=NOWHERE if trouble == "nobody listens" else seaweed.endpoint_url)

    with caplog.at_level(logging.DEBUG, "storage"), pytest.raises(StoreUnavailable) as failure:
        store.put_file("media/hidden", file_of(scratch))

    assert (failure.value.status, failure.value.transient) == (503, True)
    told = [
        str(failure.value),
        *(
            f"{record.getMessage()} {record.__dict__['reason']}"
            for record in caplog.records
            if record.name == "storage.s3"
        ),
    ]
    assert len(told) == 2
    assert not re.search(r"127\.0\.0\.1|hidden|hush|tests", " ".join(told))


def test_every_operation_fails_alike(scratch: Path, seaweed: Seaweed) -> None:
    store = S3Store("no-such-bucket", endpoint_url=seaweed.endpoint_url)
    for act in (lambda: list(store.keys("")), lambda: store.delete("a"), lambda: store.put_file("a", file_of(scratch))):
        with pytest.raises(StoreUnavailable):
            act()


def test_missing_credentials_stop_the_process_at_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(Exception, match="Unable to locate credentials"):
        S3Store(BUCKET, endpoint_url=NOWHERE)


def test_signed_addresses_have_the_public_endpoint(seaweed: Seaweed, folder: str, scratch: Path) -> None:
    public = seaweed.endpoint_url.replace("127.0.0.1", "localhost")
    store = S3Store(BUCKET, endpoint_url=NOWHERE, public_endpoint_url=public)
    ticket = store.presigned_put(f"{folder}one", size_bytes=5, content_type="a/b", sha256=None, expires_seconds=60)
    assert store.origin == public
    assert ticket.url.startswith(f"{public}/{BUCKET}/")
    assert requests.put(ticket.url, b"sound", headers=ticket.headers, timeout=10).status_code == 200


def test_addresses_at_aws_name_the_region(seaweed: Seaweed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    assert S3Store(BUCKET).origin == f"https://{BUCKET}.s3.eu-central-1.amazonaws.com"


def test_a_fork_opens_connections_of_its_own(bucket: S3Store, folder: str, scratch: Path) -> None:
    for name, size in (("one", 1), ("two", 2)):
        bucket.put_file(f"{folder}{name}", file_of(scratch, size))
    child = os.fork()
    key, size = (f"{folder}two", 2) if child else (f"{folder}one", 1)
    try:
        are_right = all(bucket.size_bytes(key) == size for _ in range(50))
    finally:
        if not child:
            os._exit(0 if are_right else 1)
    assert are_right
    assert os.waitpid(child, 0)[1] == 0


def may_put(ticket: PresignedPut, origin: str) -> bool:
    """Whether the bucket lets a page of the origin send this."""
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": ",".join(sorted(name.lower() for name in ticket.headers)),
    }
    answer = requests.options(ticket.url, headers=asked, timeout=10)
    return answer.status_code == 200 and answer.headers.get("Access-Control-Allow-Origin") == origin


def test_the_guides_rules_let_a_page_upload(bucket: S3Store, folder: str) -> None:
    blocks = re.findall(r"```json\n(.*?)```", GUIDE.read_text(), re.S)
    (rules,) = (json.loads(block) for block in blocks if "CORSRules" in block)
    origin = rules["CORSRules"][0]["AllowedOrigins"][0]
    bucket._client.put_bucket_cors(Bucket=BUCKET, CORSConfiguration=rules)
    ticket = bucket.presigned_put(
        f"{folder}one", size_bytes=5, content_type="audio/wav", sha256="0" * 64, expires_seconds=60
    )

    assert may_put(ticket, origin)
    assert not may_put(ticket, "https://stranger.example")


def test_a_prepared_bucket_lets_our_page_upload_in_parts(bucket: S3Store, folder: str) -> None:
    bucket._client.put_bucket_cors(Bucket=BUCKET, CORSConfiguration={"CORSRules": [OTHERS_RULE]})
    ticket = bucket.presigned_part(f"{folder}one", "id", number=1, size_bytes=5, md5="0" * 32, expires_seconds=60)

    for _ in range(2):
        assert bucket.prepare("https://ours.example") == {"cors": "set", "lifecycle": "set"}

    assert may_put(ticket, "https://ours.example")
    assert not may_put(ticket, "https://stranger.example")
    rules = bucket._client.get_bucket_cors(Bucket=BUCKET)["CORSRules"]
    assert [rule["AllowedOrigins"] for rule in rules] == [OTHERS_RULE["AllowedOrigins"], ["https://ours.example"]]
    (lifecycle,) = bucket._client.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    assert lifecycle["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] == 2


def test_what_cannot_be_prepared_is_said() -> None:
    outcome = S3Store(BUCKET, endpoint_url=NOWHERE).prepare("https://ours.example")
    assert set(outcome.values()) == {"failed: EndpointConnectionError"}


def test_a_service_with_a_bucket_keeps_its_recordings_there(seaweed: Seaweed, tmp_path: Path) -> None:
    settings = {"S3_BUCKET": BUCKET, "S3_ENDPOINT_URL": seaweed.endpoint_url}
    config = from_env({"DATA_DIR": str(tmp_path), "SECRET_KEY": "tests", **settings})
    assert config.bucket == Bucket(BUCKET, seaweed.endpoint_url, None)
    store = runtime._open_store(config)
    assert (type(store), store.is_public) == (S3Store, True)
