"""What a killed worker leaves on disk is cleared by its successor."""

from pathlib import Path

import pytest
from flask import Flask

from jobs import lease
from jobs.scratch import clear_scratch, scratch_directory
from runtime import config


@pytest.fixture
def slot(app: Flask, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(lease, "_holder", "host.fetch-1")
    return "fetch-1"


def left_behind(holder: str) -> Path:
    """The directory of a job that was killed in the middle."""
    directory = config().scratch_dir / f"{holder}.tr_1.abcd"
    directory.mkdir(parents=True)
    (directory / "media").write_bytes(b"half of it")
    return directory


def test_a_directory_is_gone_after_its_job(slot: str) -> None:
    with scratch_directory("tr_1") as directory:
        (directory / "media").write_bytes(b"sound")
    assert not directory.exists()


def test_a_worker_clears_what_its_predecessor_left_and_nothing_else(monkeypatch: pytest.MonkeyPatch, slot: str) -> None:
    mine, others = left_behind("host.fetch-1"), left_behind("host.fetch-2")
    clear_scratch()
    assert (mine.exists(), others.exists()) == (False, True)
    monkeypatch.setattr(lease, "_holder", "host.fetch-2")
    clear_scratch()
    assert not others.exists()
