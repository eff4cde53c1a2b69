import os
import shutil
import stat
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from processes import postgres_server, valkey_server
from processes.addresses import Addresses, CannotStart, addresses, places
from processes.embedded import ensure_postgres, ensure_redis, running
from tests.waiting import until

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="about running as root")


@pytest.fixture(scope="module")
def data_dir(shared_place: Path) -> Path:
    return shared_place / "data"


@pytest.fixture(scope="module")
def servers(data_dir: Path) -> Iterator[Addresses]:
    with running(data_dir) as reachable:
        yield reachable


@pytest.fixture(scope="module")
def second_data_dir(shared_place: Path) -> Iterator[Path]:
    """One with a long path, used by the tests that start and stop servers themselves, one after the other."""
    data_dir = shared_place / ("long" * 30)
    yield data_dir
    shutil.rmtree(places(data_dir).sockets)


def sql(at: Addresses, statement: str) -> object:
    with psycopg.connect(at.database_url.replace("+psycopg", "")) as connection:
        row = connection.execute(statement).fetchone()
    return row and row[0]


def postmaster(data_dir: Path) -> int:
    return int((places(data_dir).cluster / "postmaster.pid").read_text().split()[0])


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("listen_addresses", ""),
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("data_checksums", "on"),
        ("server_encoding", "UTF8"),
        ("TimeZone", "UTC"),
    ],
)
def test_postgresql_is_private_and_durable(servers: Addresses, setting: str, value: str) -> None:
    assert sql(servers, f"SELECT current_setting('{setting}')") == value


@pytest.mark.parametrize(("memory_mb", "buffers_mb"), [(512, 128), (4_096, 512), (65_536, 1_024)])
def test_postgresql_keeps_a_part_of_the_memory_for_pages(memory_mb: int, buffers_mb: int) -> None:
    assert postgres_server.shared_buffers_mb(memory_mb) == buffers_mb


def test_the_database_orders_text_by_code_point_in_unicode(servers: Addresses) -> None:
    assert sql(servers, "SELECT datlocale FROM pg_database WHERE datname = 'transcribe'") == "C.UTF-8"


def test_the_vector_extension_can_be_created(servers: Addresses) -> None:
    assert sql(servers, "SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'") == 1


@pytest.mark.parametrize(
    ("setting", "value"), [("port", "0"), ("appendonly", "yes"), ("maxmemory-policy", "noeviction")]
)
def test_valkey_is_private_and_durable(servers: Addresses, setting: str, value: str) -> None:
    with redis.Redis.from_url(servers.redis_url, decode_responses=True) as client:
        assert client.config_get(setting) == {setting: value}


def test_nobody_else_can_look_into_the_directories_of_the_servers(servers: Addresses, data_dir: Path) -> None:
    at = places(data_dir)
    directories = [at.postgres, at.cluster, at.postgres_socket_dir, at.valkey, at.valkey_socket.parent, at.run_dir]
    assert {stat.S_IMODE(directory.stat().st_mode) for directory in directories} == {0o700}


@as_root
def test_as_root_the_servers_run_as_somebody_else(servers: Addresses, data_dir: Path) -> None:
    uids = Path(f"/proc/{postmaster(data_dir)}/status").read_text().partition("Uid:")[2].split()[:4]
    assert "0" not in uids


def test_a_command_uses_the_server_that_runs_and_leaves_it_running(servers: Addresses, data_dir: Path) -> None:
    before = postmaster(data_dir)
    with ensure_postgres(data_dir) as found, ensure_redis(data_dir):
        assert found == servers
    assert postmaster(data_dir) == before
    assert valkey_server.answers(places(data_dir))


def test_a_command_starts_a_server_for_itself_and_stops_it(place: Path) -> None:
    with ensure_redis(place / "data"):
        assert valkey_server.answers(places(place / "data"))
    assert not valkey_server.answers(places(place / "data"))


def test_a_command_that_borrows_the_server_of_another_may_finish_first(place: Path) -> None:
    owner_leaves, at = threading.Event(), places(place / "data")

    def own() -> None:
        with ensure_redis(place / "data"):
            owner_leaves.wait(10)

    owner = threading.Thread(target=own)
    owner.start()
    until(lambda: valkey_server.answers(at))
    with ensure_redis(place / "data"):
        owner_leaves.set()
        owner.join(0.3)
        assert valkey_server.answers(at)
    owner.join(5)
    assert not valkey_server.answers(at)


def test_what_was_stored_is_there_at_the_next_start(place: Path) -> None:
    with ensure_redis(place / "data") as at, redis.Redis.from_url(at.redis_url) as client:
        client.set("kept", "yes")
    with ensure_redis(place / "data") as at, redis.Redis.from_url(at.redis_url) as client:
        assert client.get("kept") == b"yes"


def test_servers_run_for_a_data_dir_with_a_long_path(second_data_dir: Path) -> None:
    with running(second_data_dir) as at:
        assert sql(at, "SELECT 1") == 1
        assert stat.S_IMODE(places(second_data_dir).postgres_socket_dir.stat().st_mode) == 0o700


@as_root
def test_as_root_where_nobody_else_may_pass_the_servers_still_run(place: Path) -> None:
    if subprocess.run(["unshare", "--user", "true"], check=False, capture_output=True).returncode != 0:
        pytest.skip("this kernel gives no user namespaces")
    place.chmod(0o700)
    with ensure_postgres(place / "data") as at:
        assert sql(at, "SELECT 1") == 1
        assert (place / "data" / "postgres").stat().st_uid == 0


@as_root
def test_as_root_a_command_on_the_data_dir_of_a_user_leaves_everything_to_that_user(place: Path) -> None:
    os.chown(place, 12345, 12345)
    with ensure_redis(place):
        assert valkey_server.answers(places(place))
    assert {path.stat().st_uid for path in place.rglob("*")} == {12345}


def test_a_lock_left_by_a_killed_server_is_no_obstacle_when_its_process_id_is_taken(second_data_dir: Path) -> None:
    lock = places(second_data_dir).cluster / "postmaster.pid"
    with ensure_postgres(second_data_dir):
        left = lock.read_text().splitlines(keepends=True)
    with subprocess.Popen(["sleep", "60"]) as bystander:
        lock.write_text(f"{bystander.pid}\n{''.join(left[1:])}")
        os.chown(lock, lock.parent.stat().st_uid, -1)
        with ensure_postgres(second_data_dir) as reachable:
            assert sql(reachable, "SELECT 1") == 1
        bystander.kill()


def test_a_data_directory_cut_off_while_it_was_made_is_made_anew(place: Path) -> None:
    at = places(place / "data")
    (at.postgres / "cluster.unfinished").mkdir(parents=True)
    (at.postgres / "cluster.unfinished" / "PG_VERSION").write_text("18")
    postgres_server.prepare(at)
    assert (at.cluster / "global" / "pg_control").exists()


def test_a_data_directory_of_another_version_is_refused_and_left_alone(place: Path) -> None:
    at = places(place / "data")
    at.cluster.mkdir(parents=True)
    (at.cluster / "PG_VERSION").write_text("15\n")
    with pytest.raises(CannotStart, match="made by PostgreSQL 15"):
        postgres_server.prepare(at)
    assert (at.cluster / "PG_VERSION").read_text() == "15\n"


def test_addresses_need_no_server(place: Path) -> None:
    assert addresses(place / "data").database_url.startswith("postgresql+psycopg://transcribe@/transcribe?host=/")
    assert not (place / "data").exists()
