"""Models that are fetched: once, whole, checked, and with a word for whoever set WHISPER_MODEL where that fails."""

import errno
import logging
import os
import shutil
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

pytest.importorskip("faster_whisper")

from huggingface_hub import constants

from speech.engines import downloads, snapshots, weights
from speech.engines.hub import ModelUnavailable
from speech.engines.snapshots import Progress
from tests.speech.hub_standin import Hub, Repository, hub

SMALL = "Systran/faster-whisper-small"
MODEL = os.urandom(300_000)
FILES = {
    "model.bin": MODEL,
    "config.json": b"{}",
    "tokenizer.json": b'{"a": 1}',
    "vocabulary.txt": b"a\nb\n",
    "README.md": b"of no use here",
}
WANTED = {"model.bin", "config.json", "tokenizer.json", "vocabulary.txt"}
Usage = namedtuple("Usage", ["total", "used", "free"])


@pytest.fixture
def standin(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """The hub that is asked, with one model."""
    with hub() as standin:
        standin.repositories[SMALL] = Repository(FILES)
        use(standin.url, monkeypatch)
        yield standin


def use(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # The library reads HF_ENDPOINT when it is imported.
    monkeypatch.setattr(constants, "ENDPOINT", url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", url + "/{repo_id}/resolve/{revision}/{filename}")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name in FILES}


def refused(name: str, cache_dir: Path) -> str:
    with pytest.raises(ModelUnavailable) as refusal:
        weights.resolve_model(name, cache_dir)
    assert "\n" not in str(refusal.value)
    assert f"WHISPER_MODEL={name}" in str(refusal.value)
    return str(refusal.value)


@pytest.mark.parametrize("name", ["small", SMALL])
def test_a_model_is_fetched_by_its_short_name_and_by_its_repository(
    name: str, standin: Hub, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        folder = weights.resolve_model(name, tmp_path)

    assert files(folder) == {name: content for name, content in FILES.items() if name in WANTED}
    assert f"downloading {SMALL}: 0 of 0 MB (0 %)" in caplog.messages
    assert f"downloaded and checked {SMALL}" in caplog.messages


def test_what_is_here_is_used_without_asking(standin: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = weights.resolve_model("small", tmp_path)
    standin.asked.clear()
    monkeypatch.setattr("speech.engines.checking._digest", lambda path, like: pytest.fail(f"read {path}"))

    assert weights.resolve_model("small", tmp_path) == folder
    assert standin.asked == []


def test_a_lost_connection_is_taken_up_again(standin: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 10_000)
    standin.cut_at = 100_000

    folder = weights.resolve_model("small", tmp_path)

    assert files(folder)["model.bin"] == MODEL
    assert standin.ranges() == [None, "bytes=100000-"]


def test_what_a_killed_process_has_left_is_gone_on_with(standin: Hub, tmp_path: Path) -> None:
    left = snapshots.Places(tmp_path, SMALL).arriving
    left.mkdir()
    snapshots.keep(left, standin.repositories[SMALL].snapshot(SMALL))
    (left / "config.json").write_bytes(b"{}")
    (left / "model.bin.part").write_bytes(MODEL[:250_000])

    folder = weights.resolve_model("small", tmp_path)

    assert files(folder)["model.bin"] == MODEL
    assert standin.ranges() == ["bytes=250000-"]
    assert not [path for path, _ in standin.asked if path.endswith("config.json")]
    assert not left.exists()


def test_parts_of_a_file_that_was_replaced_meanwhile_are_not_gone_on_with(standin: Hub, tmp_path: Path) -> None:
    left = snapshots.Places(tmp_path, SMALL).arriving
    left.mkdir()
    earlier = Repository({**FILES, "model.bin": b"an older model" * 10_000}, commit="0" * 40)
    snapshots.keep(left, earlier.snapshot(SMALL))
    (left / "model.bin.part").write_bytes(b"an older model")

    assert files(weights.resolve_model("small", tmp_path))["model.bin"] == MODEL
    assert standin.ranges() == [None]


def test_a_file_that_arrives_damaged_is_fetched_again(standin: Hub, tmp_path: Path) -> None:
    standin.damage = 1

    assert files(weights.resolve_model("small", tmp_path))["model.bin"] == MODEL
    assert standin.ranges() == [None, None]


def test_one_that_arrives_damaged_twice_is_never_used(standin: Hub, tmp_path: Path) -> None:
    standin.damage = 2

    message = refused("small", tmp_path)

    assert "model.bin from 127.0.0.1" in message
    assert "HF_ENDPOINT" in message
    assert not snapshots.Places(tmp_path, SMALL).folder.exists()
    assert list(tmp_path.rglob("model.bin*")) == []


def test_a_model_that_changed_here_is_mended(standin: Hub, tmp_path: Path) -> None:
    folder = weights.resolve_model("small", tmp_path)
    (folder / "model.bin").write_bytes(b"something else")
    standin.asked.clear()

    assert files(weights.resolve_model("small", tmp_path))["model.bin"] == MODEL
    assert standin.ranges() == [None]
    assert not [path for path, _ in standin.asked if path.endswith("tokenizer.json")]


def test_a_folder_that_does_not_say_what_it_holds_is_fetched_anew(standin: Hub, tmp_path: Path) -> None:
    folder = weights.resolve_model("small", tmp_path)
    (folder / snapshots.LISTING).write_text("{")

    assert set(files(weights.resolve_model("small", tmp_path))) == WANTED
    assert standin.ranges() == [None, None]


def test_two_processes_fetch_it_once(standin: Hub, tmp_path: Path) -> None:
    both = [Thread(target=weights.resolve_model, args=("small", tmp_path)) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert standin.ranges() == [None]
    assert set(files(snapshots.Places(tmp_path, SMALL).folder)) == WANTED


def test_others_see_how_far_it_is_while_it_lasts(standin: Hub, tmp_path: Path) -> None:
    seen: list[Progress | None] = []
    standin.before_block = lambda position: seen.append(snapshots.under_way(tmp_path))

    weights.resolve_model("small", tmp_path)

    last = seen[-1]
    assert last is not None
    assert (last.repository, last.total_bytes) == (SMALL, sum(len(FILES[name]) for name in WANTED))
    assert snapshots.under_way(tmp_path) is None


def test_what_an_interrupted_download_left_is_none_that_is_under_way(standin: Hub, tmp_path: Path) -> None:
    left = snapshots.Places(tmp_path, SMALL).arriving
    left.mkdir()
    snapshots.keep(left, standin.repositories[SMALL].snapshot(SMALL))

    assert snapshots.under_way(tmp_path) is None


def test_it_is_told_in_steps_and_never_silent_for_long(caplog: pytest.LogCaptureFixture) -> None:
    seconds_and_megabytes = iter(
        [(0.0, 0), (0.5, 60), (1.1, 80), (5.0, 90), (30.0, 91), (32.0, 92), (61.1, 93), (63.0, 500)]
    )
    at = next(seconds_and_megabytes)
    with caplog.at_level(logging.INFO):
        telling = downloads.Telling(lambda: Progress("a/b", at[1] * 10**6, 10**9), clock=lambda: at[0])
        for at in seconds_and_megabytes:  # noqa: B007 (the lambdas see it)
            telling.more()

    assert [message.rpartition(": ")[2] for message in caplog.messages] == [
        "0 of 1,000 MB (0 %)",
        "80 of 1,000 MB (8 %)",
        "92 of 1,000 MB (9 %)",
        "500 of 1,000 MB (50 %)",
    ]


@pytest.mark.parametrize("name", ["enormous", "/no/such/folder", "../no-such-folder", "https://example.com/a/b"])
def test_a_name_that_is_none_is_refused(name: str, standin: Hub, tmp_path: Path) -> None:
    assert "large-v3" in refused(name, tmp_path)
    assert standin.asked == []


def test_an_unknown_repository_is_said_to_be_one(standin: Hub, tmp_path: Path) -> None:
    assert "has no ada/whisper, or it is private and HF_TOKEN" in refused("ada/whisper", tmp_path)


def test_a_repository_of_something_else_is_refused(standin: Hub, tmp_path: Path) -> None:
    standin.repositories["openai/whisper-small"] = Repository({"model.safetensors": b"1", "config.json": b"{}"})

    assert "holds no model.bin" in refused("openai/whisper-small", tmp_path)


def test_a_gated_model_takes_a_token(standin: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    standin.repositories[SMALL] = Repository(FILES, gated=True)
    assert f"accept the terms of {standin.url}/{SMALL} and set HF_TOKEN" in refused("small", tmp_path)

    monkeypatch.setenv("HF_TOKEN", standin.token)
    assert set(files(weights.resolve_model("small", tmp_path))) == WANTED


def test_without_a_network_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with hub() as gone:
        use(gone.url, monkeypatch)

    assert "cannot be reached (ConnectError)" in refused("small", tmp_path)


def test_offline_it_says_which_setting_forbids_it(
    standin: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)

    assert "HF_HUB_OFFLINE forbids" in refused("small", tmp_path)


def test_too_small_a_disk_is_noticed_before(standin: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**6, 10**6, 1000))

    assert "set DATA_DIR to another disk" in refused("small", tmp_path)
    assert standin.ranges() == []


def test_a_disk_that_fills_meanwhile_is_told_of(standin: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(*arguments: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("speech.engines.hub.http_get", fill)

    assert "the disk is full" in refused("small", tmp_path)
