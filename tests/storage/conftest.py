"""Both stores, as something that speaks HTTP: a bucket of a real S3 service, and files behind our own addresses."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from secrets import token_hex

import pytest
from flask import Flask

import runtime
from blueprints import error_responses, local_store
from config import from_env
from storage import ObjectStore
from storage.local import LocalStore
from storage.s3 import S3Store
from tests.serving import served
from tests.storage.seaweed import BUCKET, Seaweed, running_seaweed


@pytest.fixture(scope="session")
def seaweed() -> Iterator[Seaweed]:
    with ExitStack() as until_the_end:
        # Not pytest's tmp_path, which stays after the tests, and is too long a path for a socket.
        directory = Path(until_the_end.enter_context(tempfile.TemporaryDirectory(prefix="seaweed-")))
        seaweed = until_the_end.enter_context(running_seaweed(directory))
        environment = until_the_end.enter_context(pytest.MonkeyPatch.context())
        for name, value in {**seaweed.credentials, "AWS_CONFIG_FILE": "/dev/null"}.items():
            environment.setenv(name, value)
        yield seaweed


@pytest.fixture(scope="session")
def bucket(seaweed: Seaweed) -> S3Store:
    return S3Store(BUCKET, endpoint_url=seaweed.endpoint_url)


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalStore]:
    """Files in a directory of their own, and our web server in front of them."""
    web = Flask("tests")
    web.register_blueprint(local_store.blueprint)
    error_responses.register(web)
    monkeypatch.setattr(runtime, "_config", from_env({"DATA_DIR": str(tmp_path), "SECRET_KEY": "secret"}))
    with served(web) as address:
        store = LocalStore(tmp_path / "objects", secret_key="secret", base_url=address)
        monkeypatch.setattr(runtime, "_store", store)
        yield store


@pytest.fixture(params=["local", "bucket"])
def store(request: pytest.FixtureRequest) -> ObjectStore:
    """Each store in turn."""
    store: ObjectStore = request.getfixturevalue(request.param)
    return store


@pytest.fixture
def folder() -> str:
    """A prefix under which no other test has keys."""
    return f"tests/{token_hex(6)}/"


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    directory = tmp_path / "scratch"
    directory.mkdir()
    return directory
