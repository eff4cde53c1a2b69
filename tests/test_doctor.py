"""`flask doctor`: what this machine will do."""

import json
import shutil
from collections import namedtuple
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

import doctor
import runtime
from outbound.mail import MailServer
from speech.engines.snapshots import Places, RemoteFile, Snapshot, keep
from speech.engines.trial import Trial
from speech.engines.weights import is_packaged

Usage = namedtuple("Usage", ["total", "used", "free"])
TRIAL = Trial("base", "cpu", 2, 1.5, 11.0, 2.0)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that runs and is known."""
    monkeypatch.setattr(doctor, "_answers", lambda socket_path: True)
    monkeypatch.setattr(doctor, "try_engine", lambda *arguments, **options: TRIAL)


@pytest.mark.usefixtures("engine")
def test_it_says_how_fast_the_engine_is_and_what_is_not_set_up(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["doctor"])

    assert result.exit_code == 0
    assert "Whisper base on cpu, 2 threads, loaded in 1.5 s" in result.stdout
    assert "11 s of sound in 2.0 s: 5.5 times as fast as it is spoken" in result.stdout
    assert "not set  OPENAI_API_KEY: GPT-4o Transcribe Diarize" in result.stdout


def test_the_engine_gets_the_sample_where_it_looks_and_not_in_a_tmp_that_may_be_another(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Path] = []

    def try_it(socket: Path, sample: Path, scratch: Path, **options: float) -> Trial:
        given.append(scratch)
        return TRIAL

    monkeypatch.setattr(doctor, "_answers", lambda socket_path: True)
    monkeypatch.setattr(doctor, "try_engine", try_it)
    assert doctor.examine().trial == TRIAL
    assert [each.is_relative_to(runtime.config().data_dir) for each in given] == [True]
    assert given[0].is_dir()


@pytest.mark.usefixtures("engine")
def test_what_is_set_up_is_not_missing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = MailServer("mail.example.com", 587, "ada@example.com")
    monkeypatch.setattr(runtime, "_config", replace(runtime.config(), mail=mail))
    assert "SMTP_URL, MAIL_FROM" not in doctor.examine().missing


@pytest.mark.usefixtures("engine")
def test_a_full_disk_is_wrong(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**12, 10**12, 10**9))
    result = app.test_cli_runner().invoke(args=["doctor", "--json"])

    assert result.exit_code == 1
    answer = json.loads(result.stdout)
    assert answer["free_gb"] == 1
    assert answer["wrong"] == [f"Less than 5 GB are free in {runtime.config().data_dir}."]


@pytest.mark.whole
@pytest.mark.engine
@pytest.mark.skipif(not is_packaged(), reason="the packaged weights are not installed")
def test_an_engine_is_started_where_none_runs_and_ended_afterwards(app: Flask) -> None:
    # The service's, which has begun to listen meanwhile, keeps its own.
    runtime.config().engine_socket.parent.mkdir(parents=True, exist_ok=True)
    runtime.config().engine_socket.touch()
    found = doctor.examine()

    assert found.wrong == []
    assert found.trial is not None
    assert (found.trial.model, found.trial.device, found.trial.sound_seconds) == ("base", "cpu", 11.0)
    assert runtime.config().engine_socket.exists()
    assert [path.name for path in runtime.config().engine_socket.parent.glob("doctor.*")] == []
    runtime.config().engine_socket.unlink()


@pytest.mark.whole
def test_an_engine_that_does_not_start_says_why(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHISPER_DEVICE", "cuda")
    monkeypatch.setattr(runtime, "_config", replace(runtime.config(), whisper_device="cuda"))
    # Where there is a GPU none is seen.
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    found = doctor.examine()

    assert found.trial is None
    assert found.wrong[0].startswith("The engine (base on cuda) does not work: WHISPER_DEVICE=cuda does not work here")


@pytest.mark.whole
@pytest.mark.engine
def test_a_model_that_cannot_be_had_is_told_of_in_one_line(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHISPER_MODEL", "small")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr(runtime, "_config", replace(runtime.config(), whisper_model="small"))

    assert doctor.examine().wrong == [
        "The engine (small on cpu) does not work: WHISPER_MODEL=small cannot be had: it has to be downloaded, which "
        "HF_HUB_OFFLINE forbids."
    ]


def test_no_engine_is_started_beside_one_that_downloads_its_model(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    places = Places(runtime.config().models_dir, "Systran/faster-whisper-small")
    snapshot = Snapshot(places.repository, "1" * 40, (RemoteFile("model.bin", 480 * 10**6, "2" * 64),))
    monkeypatch.setattr(doctor, "spawn", lambda program: pytest.fail("started one"))
    with places.held():
        places.arriving.mkdir()
        keep(places.arriving, snapshot)
        with (places.arriving / "model.bin.part").open("wb") as part:
            part.truncate(120 * 10**6)
        try:
            wrong = doctor.examine().wrong
        finally:
            shutil.rmtree(places.arriving)

    assert wrong == [
        "The engine (base on cpu) does not work: it is still downloading Systran/faster-whisper-small: 120 of 480 MB "
        "(25 %)"
    ]
