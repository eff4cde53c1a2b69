"""`flask check`, and what a program refuses to start with."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy.orm import Session

import checks.outside
import checks.servers
import checks.settings
import runtime
from bench.running import free_port
from checks import Finding, Level
from config import EX_CONFIG, Config, ConfigError, StripeKeys, from_env
from jobs import queues
from outbound.mail import MailServer

PROJECT = Path(__file__).parents[1]
GOOD_KEY = "pMvKq3r8ZxT1nWbY6cLdH0sJfUaE4gRo5iQt7uXw"
PUBLIC = {"BASE_URL": "https://speech.example.com", "SECRET_KEY": GOOD_KEY}
SHARED = {"DATABASE_URL": "postgresql://app:W8vt3pLq@db.internal/transcribe"}


def configured(tmp_path: Path, **settings: str) -> Config:
    return from_env({"DATA_DIR": str(tmp_path), **settings})


def of(findings: list[Finding], subject: str) -> list[Level]:
    return [finding.level for finding in findings if finding.subject == subject]


def said_of(tmp_path: Path, subject: str, **settings: str) -> list[Level]:
    return of(checks.settings.examine(configured(tmp_path, **settings), settings), subject)


@pytest.mark.parametrize(
    "key",
    ["tests", "changeme", "x" * 64, "my-secret-key-that-is-long-enough-0123456789", GOOD_KEY[:31], "change_me" * 5],
)
def test_production_refuses_a_secret_that_is_none(tmp_path: Path, key: str) -> None:
    with pytest.raises(ConfigError, match=r"^SECRET_KEY ") as refused:
        configured(tmp_path, BASE_URL="https://speech.example.com", SECRET_KEY=key)
    assert key not in str(refused.value)


@pytest.mark.parametrize("settings", [{}, {"BASE_URL": "http://127.0.0.1:8000"}])
def test_elsewhere_any_secret_will_do(tmp_path: Path, settings: dict[str, str]) -> None:
    assert not configured(tmp_path, SECRET_KEY="tests", **settings).is_production


def test_production_takes_a_real_secret(tmp_path: Path) -> None:
    assert configured(tmp_path, **PUBLIC).is_production


def test_several_machines_must_be_given_one_secret(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^SECRET_KEY must be set.*DATA_DIR/secret_key"):
        configured(tmp_path, BASE_URL="https://speech.example.com", **SHARED)
    assert len(configured(tmp_path, BASE_URL="https://speech.example.com").secret_key) == 64


def test_a_platform_without_a_disk_wants_secret_and_bucket(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^S3_BUCKET"):
        configured(tmp_path, DYNO="web.1", SECRET_KEY=GOOD_KEY, **SHARED)
    with pytest.raises(ConfigError, match=r"^SECRET_KEY"):
        configured(tmp_path, DYNO="web.1", S3_BUCKET="recordings", **SHARED)
    assert configured(tmp_path, DYNO="web.1", S3_BUCKET="recordings", SECRET_KEY=GOOD_KEY, **SHARED).is_production


@pytest.mark.parametrize(
    "program",
    [
        ["-m", "jobs.scheduler"],
        ["-m", "jobs.worker", "fetch"],
        ["-m", "jobs.crew", "fetch-1", "deliver-1"],
        ["-m", "flask", "check"],
    ],
)
def test_a_program_says_in_one_line_why_it_does_not_start(program: list[str], tmp_path: Path) -> None:
    env = {"DATA_DIR": str(tmp_path), "PATH": os.environ["PATH"], "FLASK_APP": "app", **PUBLIC, "SECRET_KEY": "hush"}
    run = subprocess.run(
        [sys.executable, *program], cwd=PROJECT, env=env, capture_output=True, text=True, timeout=60, check=False
    )

    assert run.returncode == EX_CONFIG
    assert run.stderr.startswith("Cannot start: SECRET_KEY has 4 characters")
    assert len(run.stderr.splitlines()) == 1


def test_gunicorn_does_not_start_either(tmp_path: Path) -> None:
    env = {"DATA_DIR": str(tmp_path), "PATH": os.environ["PATH"], "PORT": "1", **PUBLIC, "SECRET_KEY": "hush"}
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "--bind", "127.0.0.1:0", "app:create_app()"]
    run = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, timeout=60, check=False)

    assert run.returncode == EX_CONFIG
    assert "Cannot start: SECRET_KEY has 4 characters" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    ("subject", "settings", "level"),
    [
        ("BASE_URL", {"BASE_URL": "http://speech.example.com"}, Level.WARNING),
        ("BASE_URL", {}, Level.NOTE),
        ("WORKERS", {"WORKERS": "fetch=2"}, Level.NOTE),
        ("BASE_URL", PUBLIC, Level.OK),
        ("TRUSTED_PROXIES", PUBLIC, Level.WARNING),
        ("HOST", {**PUBLIC, "TRUSTED_PROXIES": "1", "HOST": "0.0.0.0"}, Level.WARNING),
        ("FETCH_ALLOWED_HOSTS", {**PUBLIC, "FETCH_ALLOWED_HOSTS": "127.0.0.1, files.example.com"}, Level.WARNING),
        (
            "STRIPE_SECRET_KEY",
            {**PUBLIC, "STRIPE_SECRET_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRET": "w"},
            Level.WARNING,
        ),
        ("STRIPE_SECRET_KEY", {**PUBLIC, "STRIPE_SECRET_KEY": "sk_live_1", "STRIPE_WEBHOOK_SECRET": "w"}, Level.OK),
        ("STRIPE_SECRET_KEY", {"STRIPE_SECRET_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRET": "w"}, Level.NOTE),
        ("DATABASE_URL", {"DATABASE_URL": "postgresql://postgres:postgres@db.internal/app"}, Level.WARNING),
        ("REDIS_URL", {"REDIS_URL": "redis://cache.internal:6379"}, Level.WARNING),
        ("REDIS_URL", {"REDIS_URL": "redis://:W8vt3pLq@cache.example.com:6379"}, Level.WARNING),
        ("REDIS_TLS_VERIFY", {"REDIS_URL": "rediss://:p@cache.example.com", "REDIS_TLS_VERIFY": "no"}, Level.NOTE),
        ("LLM_BASE_URL", {"LLM_BASE_URL": "http://llm.example.com/v1", "LLM_MODEL": "m"}, Level.WARNING),
        ("WISPER_MODEL", {"WISPER_MODEL": "large-v3"}, Level.WARNING),
        ("SMTP_URL", {}, Level.NOTE),
    ],
)
def test_what_settings_say(tmp_path: Path, subject: str, settings: dict[str, str], level: Level) -> None:
    assert said_of(tmp_path, subject, **settings) == [level]


@pytest.mark.parametrize(
    ("subject", "settings"),
    [
        ("TRUSTED_PROXIES", {**PUBLIC, "TRUSTED_PROXIES": "1"}),
        ("HOST", {**PUBLIC, "TRUSTED_PROXIES": "1"}),
        ("FETCH_ALLOWED_HOSTS", {**PUBLIC, "FETCH_ALLOWED_HOSTS": "files.example.com"}),
        ("FETCH_ALLOWED_HOSTS", {"FETCH_ALLOWED_HOSTS": "127.0.0.1"}),
        ("DATABASE_URL", SHARED),
        ("DATABASE_URL", {"DATABASE_URL": "postgresql://transcribe@127.0.0.1/transcribe"}),
        ("REDIS_URL", {"REDIS_URL": "redis://127.0.0.1:6379"}),
        ("REDIS_URL", {"REDIS_URL": "rediss://:W8vt3pLq@cache.example.com:6379"}),
        ("WHISPER_MODEL", {"WHISPER_MODEL": "large-v3"}),
        ("AWS_REGION", {"AWS_REGION": "eu-central-1"}),
    ],
)
def test_what_is_as_it_should_be_is_not_mentioned(tmp_path: Path, subject: str, settings: dict[str, str]) -> None:
    assert said_of(tmp_path, subject, **settings) == []


def test_no_password_is_shown(tmp_path: Path) -> None:
    hush = {
        "DATABASE_URL": "postgresql://u:hush@db.example.com/d",
        "REDIS_URL": "redis://:hush@cache.example.com",
        "STRIPE_SECRET_KEY": "sk_test_hush",
        "STRIPE_WEBHOOK_SECRET": "whsec_hush",
        "LLM_BASE_URL": "http://llm.example.com/v1",
        "LLM_MODEL": "m",
        "LLM_API_KEY": "hush",
    }
    settings = {**PUBLIC, **hush, "SECRET_KEY": f"hush{GOOD_KEY}"}
    assert "hush" not in str(checks.settings.examine(configured(tmp_path, **settings), settings))


def test_a_program_that_starts_writes_its_warnings_to_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="checks.settings"):
        checks.settings.warn(configured(tmp_path, **PUBLIC), PUBLIC)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert caplog.records[0].getMessage().startswith("TRUSTED_PROXIES: is 0")


def answer(app: Flask, *options: str) -> tuple[int, dict[str, Any]]:
    result = app.test_cli_runner().invoke(args=["check", "--json", *options])
    return result.exit_code, json.loads(result.stdout)


def test_all_is_well_where_all_servers_answer(app: Flask, session: Session) -> None:
    code, said = answer(app)

    assert (code, said["ok"], said["production"]) == (0, True, False)
    subjects = {found["subject"]: found["level"] for found in said["findings"]}
    for each in ("DATABASE_URL", "pgvector", "schema", "REDIS_URL", "DATA_DIR", "recordings"):
        assert subjects[each] == "ok"
    assert subjects["workers"] == "note"
    assert not list((runtime.config().data_dir / "objects" / "check").iterdir())


def test_without_json_each_finding_is_a_line(app: Flask, session: Session) -> None:
    lines = app.test_cli_runner().invoke(args=["check"]).stdout.splitlines()
    assert any(line.startswith("ok       pgvector: 0.") for line in lines)


def test_settings_alone_ask_nobody(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks.servers, "examine", lambda: pytest.fail("asked"))
    code, said = answer(app, "--settings")
    assert code == 0
    assert "schema" not in [found["subject"] for found in said["findings"]]


def test_servers_that_do_not_answer_are_errors(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = "postgresql+psycopg://u:hush@127.0.0.1:1/d"
    monkeypatch.setattr(runtime, "_config", replace(runtime.config(), direct_database_url=nobody))
    monkeypatch.setattr(queues, "_connection", Redis.from_url("redis://127.0.0.1:1", retry=Retry(NoBackoff(), 0)))
    findings = checks.servers.examine()

    assert of(findings, "DATABASE_DIRECT_URL") == [Level.ERROR]
    assert of(findings, "REDIS_URL") == [Level.ERROR]
    assert "hush" not in str(findings)


def test_an_old_schema_is_an_error(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migrations.newest", lambda: "9999")
    code, said = answer(app)
    assert code == 1
    assert [found["level"] for found in said["findings"] if found["subject"] == "schema"] == ["error"]


def test_a_store_that_takes_nothing_is_an_error(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(runtime.store()), "put_file", full)
    assert of(checks.outside.examine(), "recordings") == [Level.ERROR]


class Deaf:
    """A mail server that greets and takes nothing."""


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    port = free_port()
    controller = Controller(Deaf(), hostname="127.0.0.1", port=port)
    controller.start()
    yield MailServer("127.0.0.1", port, "hello@example.com")
    controller.stop()


def test_a_mail_server_is_greeted(app: Flask, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "_config", replace(runtime.config(), mail=mail_server))
    assert of(checks.outside.examine(), "SMTP_URL") == [Level.OK]
    nobody = replace(mail_server, port=1)
    monkeypatch.setattr(runtime, "_config", replace(runtime.config(), mail=nobody))
    assert of(checks.outside.examine(), "SMTP_URL") == [Level.ERROR]


def test_a_key_that_stripe_does_not_take_is_an_error(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = StripeKeys("sk_test_1", "whsec_1", "http://127.0.0.1:1")
    runtime.wire(replace(runtime.config(), stripe=keys))
    try:
        assert of(checks.outside.examine(), "STRIPE_SECRET_KEY") == [Level.ERROR]
    finally:
        runtime.wire(replace(runtime.config(), stripe=None))
