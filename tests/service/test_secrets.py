"""What was secret while the service ran is nowhere afterwards: not in its log, not in Redis, not on the disk, and in
the database as a hash or sealed (P39, P50). Redis holds ids and nothing else."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis import Redis
from sqlalchemy import create_engine, text

from processes.embedded import addresses
from tests.outbound.loopback_server import LoopbackServer, loopback_server
from tests.service.running import Running
from tests.service.test_webhooks import SRT

pytestmark = [pytest.mark.whole, pytest.mark.xdist_group("one service")]

PASSWORD = "an-unusual-password-of-the-test"
EMAIL = "grace@example.com"
HEADER = "Bearer of-the-source-alone"
QUERY = "signed-address-of-the-source"
SAID = "unrepeatable words of the transcript"


@dataclass(frozen=True)
class Run:
    """A service that was used for a while, what must not be found of it, and where to look."""

    data_dir: Path
    log: str
    secrets: dict[str, str]


@pytest.fixture(scope="module")
def run(running: Running) -> Iterator[Run]:
    with loopback_server() as outside:
        secrets = used(running, outside)
        yield Run(running.data_dir, running.log.read_text(), secrets)
        running.forget_endpoints()


def used(running: Running, outside: LoopbackServer) -> dict[str, str]:
    """Sign up, wrongly and rightly in, make a key, a webhook and a share, fetch from a private source, fail."""
    api = running.api
    outside.routes["/hook"] = lambda request: request.reply()
    endpoint = api.call("POST", "/webhook_endpoints", {"url": outside.url("/hook?token=of-the-receiver")})
    imported = {"source": "transcript", "transcript": {"format": "srt", "content": SRT.replace("Ask", SAID)}}
    done = api.call("POST", "/transcriptions", {**imported, "webhook_url": outside.url("/hook")})
    private = {"url": outside.url(f"/gone.mp3?signature={QUERY}"), "url_headers": {"Authorization": HEADER}}
    failed = api.call("POST", "/transcriptions", {"source": "external_url", **private})
    assert [api.final(each)["status"] for each in (done, failed)] == ["completed", "failed"]
    share = api.call("POST", f"/transcriptions/{done['id']}/shares", {"password": PASSWORD})
    made = on_the_pages(running.base)
    return {
        "the key": running.key,
        "a key made on the pages": made["key"],
        "the password": PASSWORD,
        "the session's token": made["cookie"],
        "the endpoint's secret": endpoint["secret"].removeprefix("whsec_"),
        "the secret of one transcription": done["webhook_secret"].removeprefix("whsec_"),
        "the receiver's address": "of-the-receiver",
        "the source's header": HEADER,
        "the source's address": QUERY,
        "the share's address": share["url"].rpartition("/")[2],
        "the app's secret": made["app"],
        "the service's own key": (running.data_dir / "secret_key").read_text(),
    }


def on_the_pages(base: str) -> dict[str, str]:
    with httpx.Client(base_url=base, headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=True) as browser:
        browser.post("/login", data={"email": EMAIL, "password": f"{PASSWORD}, but wrong"})
        browser.post("/signup", data={"email": EMAIL, "password": PASSWORD})
        page = browser.post("/settings/api-keys", data={"name": "made here"}).text
        key = re.findall(r"tsk_live_\w{36}", page)[0]
        browser.get(f"/transcriptions?api_key={key}")
        page = browser.post("/settings/account/two-factor/begin", data={"current_password": PASSWORD}).text
        app = re.findall(r'id="two-factor-secret">([A-Z2-7]{32})<', page)[0]
        browser.post("/settings/account/two-factor/confirm", data={"code": "424242"})
        cookie = browser.cookies["session"]
    return {"key": key, "cookie": cookie, "app": app}


def found(secrets: dict[str, str], where: bytes) -> list[str]:
    return [name for name, secret in secrets.items() if secret.encode() in where]


def test_P50_no_secret_and_nothing_that_was_said_is_in_the_log(run: Run) -> None:
    assert len(run.log) > 1000
    assert found({**run.secrets, "what was said": SAID}, run.log.encode()) == []
    assert "Traceback" not in run.log


def test_P50_redis_holds_ids_and_nothing_else(run: Run) -> None:
    with Redis.from_url(addresses(run.data_dir).redis_url) as redis:
        dumped = b"\n".join(part for key in redis.scan_iter() for part in (key, *values_of(redis, key)))
    assert found({**run.secrets, "what was said": SAID, "an e-mail address": EMAIL}, dumped) == []
    assert b"http://" not in dumped


def values_of(redis: Any, key: bytes) -> list[bytes]:
    """Everything in a key, whatever it is."""
    kind = redis.type(key).decode()
    if kind == "hash":
        return [part for pair in redis.hgetall(key).items() for part in pair]
    if kind == "stream":
        return [repr(entry).encode() for entry in redis.xrange(key)]
    if kind == "string":
        return [redis.get(key)]
    if kind == "list":
        return list(redis.lrange(key, 0, -1))
    return list(redis.smembers(key) if kind == "set" else redis.zrange(key, 0, -1))


def test_P39_the_database_holds_secrets_as_hashes_or_sealed(run: Run) -> None:
    """What a retry has to ask with again stays: of a failed fetch, for a day, and the address of a receiver."""
    kept = {"the receiver's address", "the source's address", "the source's header"}
    engine = create_engine(addresses(run.data_dir).database_url)
    with engine.connect() as connection:
        tables = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        rows = [row for table in tables for row in connection.scalars(text(f'SELECT t::text FROM "{table}" AS t'))]
    engine.dispose()
    assert len(rows) > 50
    in_the_open = "\n".join(rows).encode()
    as_bytes = {name: secret.encode().hex() for name, secret in run.secrets.items()}
    assert set(found(run.secrets, in_the_open)) - kept == set()
    assert found(as_bytes, in_the_open) == []


def test_P39_no_file_of_the_service_but_its_own_key_holds_a_secret(run: Run) -> None:
    """PostgreSQL's files and Redis's are looked at by asking them."""
    own = {name: secret for name, secret in run.secrets.items() if name != "the service's own key"}
    servers = {"postgres", "valkey", "redis"}
    for path in run.data_dir.rglob("*"):
        if path.is_file() and not servers & set(path.relative_to(run.data_dir).parts):
            assert found(own, path.read_bytes()) == [], path
    assert (run.data_dir / "secret_key").stat().st_mode & 0o077 == 0


def test_no_secret_is_on_a_command_line(run: Run) -> None:
    lines = subprocess.run(["ps", "-eo", "args"], capture_output=True, check=True, text=True).stdout
    assert "processes.local" in lines
    assert found(run.secrets, lines.encode()) == []
