"""`transcribe watch`: each recording once, however often it is started and however it ends."""

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from blueprints.api_v1.documents import examples
from tests.sdks.python.loopback import error
from tests.sdks.python.service import PART_BYTES, Service
from tests.sdks.python.test_command import Run, command, started
from tests.waiting import until
from transcribe_client.resources import uploads as uploads_module

__all__ = ["command"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With two recordings that have been quiet for long, and something else."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    put(folder, "a.mp3", b"ID3 a")
    put(folder, "b.wav", b"RIFF b")
    put(folder, "notes.txt", b"no recording")
    return folder


def put(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    os.utime(folder / name, (0, 0))


def state(folder: Path) -> Any:
    return json.loads((folder / ".transcribe.json").read_text())


def test_each_is_transcribed_once_however_often_it_is_started(command: Run, service: Service, folder: Path) -> None:
    first, second = command("watch", str(folder), "--once"), command("watch", str(folder), "--once")
    assert (first.code, second.code, second.told) == (0, 0, [])
    assert [Path(each["source"]).name for each in first.told] == ["a.mp3", "b.wav"]
    assert (folder / "a.txt").read_text() == "txt of tr_0\n"
    assert (folder / "a.json").exists()
    assert len(service.transcriptions) == len(service.requests("POST", "/transcriptions")) == 2


def test_a_new_one_and_a_copy(command: Run, service: Service, folder: Path) -> None:
    command("watch", str(folder), "--once")
    put(folder, "c.ogg", b"OggS c")
    put(folder, "copy of a.mp3", b"ID3 a")
    command("watch", str(folder), "--once")
    assert len(service.transcriptions) == 3
    assert (folder / "copy of a.txt").read_text() == (folder / "a.txt").read_text()


def test_a_recording_that_was_replaced_is_transcribed_anew(command: Run, service: Service, folder: Path) -> None:
    command("watch", str(folder), "--once")
    put(folder, "a.mp3", b"ID3 another")
    command("watch", str(folder), "--once")
    assert (folder / "a.txt").read_text() == "txt of tr_2\n"
    assert not (folder / "a.mp3.txt").exists()


def test_what_the_store_does_not_take_is_tried_again_the_next_time(
    command: Run, service: Service, folder: Path
) -> None:
    service.store_refuses = 1
    assert command("watch", str(folder), "--once").code == 5
    assert ((folder / "a.txt").exists(), (folder / "b.txt").exists()) == (False, True)
    assert command("watch", str(folder), "--once").code == 0
    assert (folder / "a.txt").exists()


def test_what_is_still_being_written_is_left_alone(command: Run, service: Service, folder: Path) -> None:
    (folder / "growing.mp3").write_bytes(b"ID3 gro")
    command("watch", str(folder), "--once", "--settle", "60")
    assert not (folder / "growing.txt").exists()


def test_a_lost_state_file_makes_nothing_twice(command: Run, service: Service, folder: Path) -> None:
    command("watch", str(folder), "--once", "--metadata", "of=us")
    (folder / ".transcribe.json").unlink()
    assert command("watch", str(folder), "--once").code == 0
    assert len(service.transcriptions) == 2
    assert service.transcriptions["tr_0"]["metadata"]["of"] == "us"


def test_what_somebody_else_wrote_is_not_overwritten(command: Run, folder: Path) -> None:
    (folder / "a.txt").write_text("my notes")
    command("watch", str(folder), "--once", "--format", "txt")
    assert (folder / "a.txt").read_text() == "my notes"
    assert (folder / "a.mp3.txt").read_text() == "txt of tr_0\n"


@pytest.mark.parametrize("moment", ["upload", "create", "wait"])
def test_killed_amid_a_file_it_goes_on_with_it(
    service: Service, tmp_path: Path, command: Run, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    monkeypatch.setattr(uploads_module, "LARGEST_IN_ONE_PIECE_BYTES", PART_BYTES)
    folder = tmp_path / "one"
    folder.mkdir()
    put(folder, "long.wav", b"RIFF" * PART_BYTES)
    method, path = {"upload": ("PUT", ""), "create": ("POST", "/transcriptions"), "wait": ("GET", "/wait")}[moment]
    service.endless = True
    service.hangs = (method, path)
    with started(service, "watch", str(folder), "--once", cwd=tmp_path):
        until(lambda: bool(service.requests(method, path)))
    service.endless, service.hangs = False, None

    assert command("watch", str(folder), "--once").code == 0
    assert (len(service.uploads), len(service.transcriptions)) == (1, 1)
    assert (folder / "long.txt").read_text() == "txt of tr_0\n"


def test_failures_are_noted_and_tried_again_only_when_asked(command: Run, service: Service, folder: Path) -> None:
    service.failure = {"code": "media_undecodable", "message": "It is broken."}
    assert command("watch", str(folder), "--once").code == 1
    service.failure = None
    assert (command("watch", str(folder), "--once").told, len(service.transcriptions)) == ([], 2)
    assert {entry["error"]["code"] for entry in state(folder)["recordings"].values()} == {"media_undecodable"}
    assert command("watch", str(folder), "--once", "--retry-failed").code == 0
    assert (folder / "a.txt").exists()


def test_a_failure_for_want_of_money_is_none_of_the_recording(command: Run, service: Service, folder: Path) -> None:
    service.failure = {"code": "insufficient_funds", "message": "Add funds."}
    assert command("watch", str(folder)).code == 4
    service.failure = None
    assert command("watch", str(folder), "--once").code == 0
    assert (folder / "a.txt").exists()


def test_the_budget_is_for_all_that_the_folder_ever_cost(command: Run, service: Service, folder: Path) -> None:
    charged = Decimal(examples.COMPLETED["cost"]["charged_usd"] or 0)
    service.price_usd = f"{charged:f}"
    budget = ["--budget-usd", f"{charged * 3 / 2:f}"]
    assert command("watch", str(folder), "--once", *budget).code == 6
    assert command("watch", str(folder), "--once", *budget).code == 6
    assert len(service.transcriptions) == 1
    assert command("watch", str(folder), "--once", "--budget-usd", f"{charged * 2:f}").code == 0


def test_too_dear_ones_are_refused_and_noted(command: Run, service: Service, folder: Path) -> None:
    assert command("watch", str(folder), "--once", "--max-cost-usd", "0.01").code == 6
    assert service.transcriptions == {}
    assert {entry["outcome"] for entry in state(folder)["recordings"].values()} == {"refused"}


def test_without_a_key_or_money_it_ends(command: Run, service: Service, folder: Path) -> None:
    service.refusal = error(401, "authentication_error", "invalid_api_key")
    assert command("watch", str(folder)).code == 3
    service.refusal = error(402, "payment_required_error", "insufficient_funds")
    assert command("watch", str(folder)).code == 4
    service.refusal = None
    assert command("watch", str(folder), "--once").code == 0


def test_two_do_not_share_a_state_file(service: Service, folder: Path, command: Run, tmp_path: Path) -> None:
    service.endless = True
    with started(service, "watch", str(folder), cwd=tmp_path):
        until(lambda: bool(service.requests("GET", "/wait")))
        other = command("watch", str(folder), "--once")
    assert (other.code, "Another" in other.err) == (2, True)


def test_a_damaged_state_file_is_not_overwritten(command: Run, folder: Path) -> None:
    (folder / ".transcribe.json").write_text("{")
    assert command("watch", str(folder), "--once").code == 2
    assert (folder / ".transcribe.json").read_text() == "{"
