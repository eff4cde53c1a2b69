"""The SDK, its command, its README and the examples against the service as `make run` starts it."""

import asyncio
import base64
import contextlib
import io
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

import transcribe_client
from bench.running import ROOT, Api
from speech.engines.weights import is_packaged
from tests.sdks.python.test_webhooks import headers, message
from tests.sdks.running import SAMPLE, SPOKEN, Running
from tests.storage.seaweed import BUCKET, running_seaweed
from transcribe_client import AsyncClient, Client, NotFoundError, Progress, SegmentsEvent, StatusEvent

pytestmark = [
    pytest.mark.whole,
    pytest.mark.xdist_group("one service for the packages"),
    pytest.mark.engine,
    pytest.mark.skipif(not is_packaged(), reason="the packaged weights are not installed"),
]

SOURCES = ROOT / "sdks" / "python" / "src"
README = ROOT / "sdks" / "python" / "README.md"


def env_of(running: Running) -> dict[str, str]:
    """Of a command that uses the service."""
    return {**os.environ, **running.env, "PYTHONPATH": str(SOURCES)}


def rows(running: Running, title: str) -> list[dict[str, Any]]:
    """The transcriptions of this title."""
    found = Api(running.base, running.key).call("GET", f"/transcriptions?q={title}")["data"]
    return [dict(row) for row in found]


def run(running: Running, *arguments: str, cwd: Path) -> tuple[int, list[Any]]:
    """The exit code of the command, and the JSON it printed."""
    command = [sys.executable, "-m", "transcribe_client", *arguments]
    ran = subprocess.run(command, cwd=cwd, env=env_of(running), capture_output=True, text=True, timeout=180)
    return ran.returncode, [json.loads(line) for line in ran.stdout.splitlines()]


def test_a_file_from_end_to_end_with_the_client_that_blocks(running: Running) -> None:
    shown: list[Progress] = []
    with Client(running.key, base_url=running.base) as client:
        result = client.transcribe(SAMPLE, on_progress=shown.append, metadata={"of": "sync"})
        assert SPOKEN in result.text
        assert {"uploading", "completed"} <= {each.stage for each in shown}

        (made,) = client.transcriptions.list(metadata={"of": "sync"})
        assert (made.id, made.title, str(made.cost.charged_usd)) == (result.id, "jfk.flac", "0.000917")
        assert client.transcriptions.export(made.id, format="srt").filename == "jfk.srt"
        assert client.transcriptions.search(made.id, q="country").data[0].transcription_id == made.id
        edit = client.transcriptions.edit(
            made.id, revision=0, edits=[{"op": "set_text", "segment_id": "seg_0", "text": "Ask."}]
        )
        assert client.transcriptions.undo(made.id, revision=edit.revision).revision == 2
        client.transcriptions.delete(made.id)
        with pytest.raises(NotFoundError):
            client.transcriptions.get(made.id)


def test_a_url_from_end_to_end_with_the_client_that_is_awaited(running: Running) -> None:
    async def transcribe() -> None:
        async with AsyncClient(running.key, base_url=running.base) as client:
            made = await client.transcriptions.create(source="external_url", url=running.recording, title="async")
            seen = [event async for event in client.transcriptions.events(made.id)]
            assert any(isinstance(event, SegmentsEvent) for event in seen)
            assert isinstance(seen[-1], StatusEvent)
            assert SPOKEN in (await client.transcriptions.result(made.id)).text
            assert (await client.transcribe(SAMPLE.read_bytes(), filename="bytes.flac")).duration_seconds == 11.0
            assert [each.title async for each in client.transcriptions.list(q="bytes")] == ["bytes.flac"]

    asyncio.run(transcribe())


def test_a_large_file_goes_in_parts(running: Running, tmp_path: Path) -> None:
    large = tmp_path / "large.wav"
    large.write_bytes(os.urandom(9 * 1024**2))  # What is uploaded need not be transcribed.
    with Client(running.key, base_url=running.base) as client:
        upload = client.uploads.send(large)
        assert (upload.status, upload.parts_received) == ("complete", [1, 2])
        client.uploads.delete(upload.id)


def test_a_file_from_end_to_end_with_the_command(running: Running, tmp_path: Path) -> None:
    recording = tmp_path / "command.flac"
    recording.write_bytes(SAMPLE.read_bytes())
    code, (told,) = run(running, "run", "command.flac", "--format", "srt", "--budget-usd", "1", cwd=tmp_path)
    assert (code, told["files"], told["transcription"]["title"]) == (0, ["command.srt"], "command.flac")
    assert SPOKEN in (tmp_path / "command.srt").read_text().replace("\n", " ")
    assert run(running, "run", "command.flac", "--max-cost-usd", "0.0001", cwd=tmp_path)[0] == 6
    assert len(rows(running, "command.flac")) == 1


def test_the_watcher_transcribes_each_recording_once(running: Running, tmp_path: Path) -> None:
    recording = tmp_path / "watched.flac"
    recording.write_bytes(SAMPLE.read_bytes())
    os.utime(recording, (0, 0))
    codes = [run(running, "watch", str(tmp_path), "--once", cwd=tmp_path)[0] for _ in range(2)]
    assert codes == [0, 0]
    assert SPOKEN in (tmp_path / "watched.txt").read_text()
    assert len(rows(running, "watched.flac")) == 1


def test_the_examples_folder_watcher_does_too(running: Running, tmp_path: Path) -> None:
    recording = tmp_path / "example.flac"
    recording.write_bytes(SAMPLE.read_bytes())
    os.utime(recording, (0, 0))
    for _ in range(2):
        command = [sys.executable, str(ROOT / "examples" / "watch_folder.py"), "--once", str(tmp_path)]
        subprocess.run(command, env=env_of(running), check=True, timeout=120, capture_output=True)
    assert SPOKEN in (tmp_path / "example.flac.txt").read_text()
    assert len(rows(running, "example.flac")) == 1


def blocks(language: str) -> list[str]:
    """The README's code in this language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README.read_text(), re.M | re.S)


@pytest.fixture
def desk(tmp_path: Path, running: Running, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as the README's reader has it."""
    for name in ("interview.mp3", "talk.mp3", "recordings/talk.mp3"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(SAMPLE.read_bytes())
        os.utime(tmp_path / name, (0, 0))
    monkeypatch.chdir(tmp_path)
    for name in ("TRANSCRIBE_API_KEY", "TRANSCRIBE_BASE_URL"):
        monkeypatch.setenv(name, running.env[name])
    return tmp_path


def test_the_python_of_the_readme_runs(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "whsec_" + base64.b64encode(b"s" * 32).decode()
    monkeypatch.setenv("TRANSCRIBE_WEBHOOK_SECRET", secret)
    told: dict[str, Any] = {"__name__": "readme"}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for block in blocks("python"):
            exec(compile(block, README.name, "exec"), told)
        body = message()
        hook = told["app"].test_client()
        assert hook.post("/transcribed", data=body, headers=headers(body, secret)).status_code == 204
        assert hook.post("/transcribed", data=body + b" ", headers=headers(body, secret)).status_code == 400
    assert SPOKEN in printed.getvalue()
    assert (desk / "interview.srt").exists()
    for opened in ("client", "patient"):
        told[opened].close()


def test_the_commands_of_the_readme_run(desk: Path, running: Running) -> None:
    shim = desk / "bin" / "transcribe"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec {sys.executable} -m transcribe_client "$@"\n')
    shim.chmod(0o755)
    lines = [line for block in blocks("bash") for line in block.splitlines() if line.startswith("transcribe ")]
    env = {**env_of(running), "PATH": f"{shim.parent}:{os.environ['PATH']}"}
    assert len(lines) >= 8
    script = "\n".join(["set -e", *lines])
    subprocess.run(["bash", "-c", script], env=env, cwd=desk, check=True, timeout=240, capture_output=True)
    assert (desk / "talk.srt").read_text() == (desk / "transcripts" / "talk.srt").read_text()
    assert (desk / "recordings" / "talk.srt").exists()


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of a bucket that the ingester's own process finds too."""
    with tempfile.TemporaryDirectory(prefix="seaweed-") as folder, running_seaweed(Path(folder)) as seaweed:
        settings = {"AWS_ENDPOINT_URL": seaweed.endpoint_url, "AWS_DEFAULT_REGION": "us-east-1"}
        for name, value in {**seaweed.credentials, **settings, "AWS_CONFIG_FILE": "/dev/null"}.items():
            monkeypatch.setenv(name, value)
        yield boto3.client("s3", config=Config(signature_version="s3v4"))


def test_an_s3_bucket_transcribes_itself_once(running: Running, bucket: Any) -> None:
    script = ROOT / "examples" / "s3_ingester" / "ingest.py"

    def put(content: bytes) -> None:
        bucket.put_object(Bucket=BUCKET, Key="calls/bucket.flac", Body=content)

    def ingest() -> None:
        command = [sys.executable, str(script), BUCKET, "calls/", "--once"]
        subprocess.run(command, env=env_of(running), check=True, timeout=180, capture_output=True)

    put(SAMPLE.read_bytes())
    ingester = runpy.run_path(str(script))["Ingester"]
    with Client(running.key, base_url=running.base) as client:
        first, second = (ingester(bucket, client, BUCKET, "calls/") for _ in range(2))
        ((key, _),) = first.recordings()
        claimed = first.claimed(key, "label")  # It dies here, before it has sent anything.
        assert second.claimed(key, "label") == claimed
        bucket.delete_object(Bucket=BUCKET, Key=f"{key}.transcribing")
        assert (first.look(), second.look()) == (1, 1)  # One dies while it waits.
    ingest()
    assert SPOKEN in bucket.get_object(Bucket=BUCKET, Key=f"{key}.txt")["Body"].read().decode()
    assert sorted(each["Key"] for each in bucket.list_objects_v2(Bucket=BUCKET)["Contents"]) == [
        key,
        f"{key}.json",
        f"{key}.txt",
    ]
    ingest()
    assert len(rows(running, "bucket.flac")) == 1
    put(SAMPLE.read_bytes() + bytes(64))  # Another recording under the same name.
    ingest()
    assert len(rows(running, "bucket.flac")) == 2


def test_it_installs_from_its_wheel_with_all_it_needs(tmp_path: Path) -> None:
    pytest.importorskip("setuptools")
    source = tmp_path / "python"
    shutil.copytree(ROOT / "sdks" / "python", source)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]
    build = [*pip, "wheel", "--no-build-isolation", "--no-deps", "--wheel-dir", str(tmp_path), str(source)]
    subprocess.run(build, check=True, timeout=120, capture_output=True)
    (wheel,) = tmp_path.glob("transcribe_client-*-py3-none-any.whl")
    site = tmp_path / "site"
    install = [*pip, "install", "--no-deps", "--no-index", "--target", str(site), str(wheel)]
    subprocess.run(install, check=True, timeout=120, capture_output=True)
    assert (site / "transcribe_client" / "py.typed").exists()
    version = [str(site / "bin" / "transcribe"), "--version"]
    told = subprocess.run(version, env={**os.environ, "PYTHONPATH": str(site)}, capture_output=True, text=True)
    assert told.stdout == f"transcribe {transcribe_client.__version__}\n"
