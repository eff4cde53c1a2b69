import os
import stat
from pathlib import Path

import pytest

from processes.addresses import CannotStart, addresses, places, prepare, private_directory

LONGEST_SOCKET_PATH = 107


def test_sockets_lie_in_a_data_dir_with_a_short_path(place: Path) -> None:
    assert addresses(place).redis_url == f"unix://{place}/valkey/socket/valkey.sock"


@pytest.mark.parametrize("name", ["x" * 120, "with, a comma and a space"])
def test_other_data_dirs_get_a_short_plain_directory_for_sockets(place: Path, name: str) -> None:
    at = places(place / name)
    assert len(str(at.postgres_socket_dir / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH
    assert "," not in str(at.sockets)


def test_addresses_are_the_same_whether_the_data_dir_exists_yet_or_not(place: Path) -> None:
    data_dir = place / ("x" * 120)
    before = addresses(data_dir)
    data_dir.mkdir()
    assert addresses(data_dir) == before


def test_two_data_dirs_never_share_a_directory_for_sockets(place: Path) -> None:
    assert places(place / ("x" * 120)).sockets != places(place / ("y" * 120)).sockets


def test_the_run_dir_is_readable_by_its_owner_alone(place: Path) -> None:
    prepare(places(place / "data"))
    assert stat.S_IMODE(addresses(place / "data").run_dir.stat().st_mode) == 0o700


def test_a_directory_that_is_a_link_to_elsewhere_is_refused(place: Path) -> None:
    (place / "elsewhere").mkdir()
    (place / "run").symlink_to(place / "elsewhere")
    with pytest.raises(CannotStart, match="is not a directory of uid"):
        private_directory(place / "run", owner=(os.geteuid(), os.getegid()))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_a_directory_that_another_user_made_first_is_refused(place: Path) -> None:
    (place / "run").mkdir()
    os.chown(place / "run", 12345, 12345)
    with pytest.raises(CannotStart, match="is not a directory of uid"):
        private_directory(place / "run", owner=(os.geteuid(), os.getegid()))


def test_a_data_dir_that_is_a_file_is_refused_by_name(place: Path) -> None:
    (place / "data").touch()
    with pytest.raises(CannotStart, match=r"DATA_DIR .*/data cannot be used"):
        prepare(places(place / "data"))
